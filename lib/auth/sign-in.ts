import { randomBytes } from "node:crypto";
import { recordDenied, recordDone } from "@/lib/audit/repository";
import { verifyPassword } from "@/lib/auth/passwords";
import { sessionDigest } from "@/lib/auth/repository";
import { countAttempt, forgetAttempts } from "@/lib/auth/repository-throttle";
import { SESSION_MAX_AGE_SECONDS } from "@/lib/auth/session-cookie";
import { getDb } from "@/lib/db";
import { newId } from "@/lib/ids";
import { onceAMinute } from "@/lib/once-a-minute";
import { inTransaction } from "@/lib/operation";

export type SignInAttempt = { email: string; password: string; ip: string | null; userAgent: string | null };

/** `wrong` says the same, in the same time, for an unknown e-mail and for a wrong password. */
export type SignInResult =
  | { outcome: "signed_in"; memberId: string; name: string; email: string; sessionSecret: string }
  | { outcome: "wrong" }
  | { outcome: "throttled"; seconds: number };

type Account = {
  id: string;
  name: string;
  organization_id: string;
  password_hash: string | null;
  version: number;
  usable: boolean;
};

/** Signs a member in: a new session row, whose secret is returned once. Every refusal is audited. */
export async function signIn({ email, password, ip, userAgent }: SignInAttempt): Promise<SignInResult> {
  const seconds = await countAttempt(email, ip);
  const account = await findAccount(email);
  const requestId = newId("req");
  if (seconds > 0) {
    // Throttled attempts cost nothing and may come in floods: one a minute is written down.
    if (onceAMinute(`throttled:${email}:${ip}`)) await auditRefusedSignIn(account, email, ip, requestId, "throttled");
    return { outcome: "throttled", seconds };
  }
  const matches = await verifyPassword(password, account?.password_hash ?? null);
  if (!account || !matches || !account.usable) {
    await auditRefusedSignIn(
      account,
      email,
      ip,
      requestId,
      account && !account.usable && matches ? "deactivated" : "wrong_credentials",
    );
    return { outcome: "wrong" };
  }
  const sessionSecret = await startSession(account, { ip, userAgent, requestId });
  if (sessionSecret === null) return { outcome: "wrong" };
  await forgetAttempts(email, ip);
  return { outcome: "signed_in", memberId: account.id, name: account.name, email, sessionSecret };
}

type SessionStart = { ip: string | null; userAgent: string | null; requestId: string };

/**
 * A new session row, or null if the account is no longer what the password was checked against: a change of password
 * or of status that commits meanwhile wins.
 */
async function startSession(account: Account, { ip, userAgent, requestId }: SessionStart): Promise<string | null> {
  const sessionSecret = randomBytes(32).toString("base64url");
  return inTransaction(async (tx) => {
    const unchanged = await tx.$executeRaw`
      UPDATE members SET last_sign_in_at = now()
      WHERE id = ${account.id} AND password_hash = ${account.password_hash} AND version = ${account.version}
        AND activated_at IS NOT NULL AND deactivated_at IS NULL`;
    if (unchanged !== 1) return null;
    await tx.$executeRaw`
      INSERT INTO sessions (id, secret_digest, member_id, ip, user_agent, expires_at)
      VALUES (${newId("ses")}, ${sessionDigest(sessionSecret)}, ${account.id}, ${ip}, ${userAgent?.slice(0, 300) ?? null},
        now() + make_interval(secs => ${SESSION_MAX_AGE_SECONDS}::int))`;
    const who = { type: "user" as const, id: account.id, name: account.name };
    const target = { type: "member", id: account.id, name: account.name };
    const actor = { organizationId: account.organization_id, principal: who, ip, requestId };
    await recordDone(tx, actor, [{ action: "member.signed_in", target, changes: {} }]);
    return sessionSecret;
  });
}

/** Ends the session of this secret, if there is one. */
export async function signOut(sessionSecret: string, ip: string | null): Promise<void> {
  await inTransaction(async (tx) => {
    const [ended] = await tx.$queryRaw<{ id: string; name: string; organization_id: string }[]>`
      UPDATE sessions s SET ended_at = now() FROM members m
      WHERE m.id = s.member_id AND s.secret_digest = ${sessionDigest(sessionSecret)} AND s.ended_at IS NULL
      RETURNING m.id, m.name, m.organization_id`;
    if (!ended) return;
    const principal = { type: "user" as const, id: ended.id, name: ended.name };
    const actor = { organizationId: ended.organization_id, principal, ip, requestId: newId("req") };
    const target = { type: "member", id: ended.id, name: ended.name };
    await recordDone(tx, actor, [{ action: "member.signed_out", target, changes: {} }]);
  });
}

async function findAccount(email: string): Promise<Account | null> {
  const { rows } = await getDb().pool.query<Account>(
    `SELECT m.id, m.name, m.organization_id, m.password_hash, m.version,
       m.activated_at IS NOT NULL AND m.deactivated_at IS NULL AND o.disabled_at IS NULL AS usable
     FROM members m JOIN organizations o ON o.id = m.organization_id WHERE m.email = $1`,
    [email],
  );
  return rows[0] ?? null;
}

/** An unknown e-mail belongs to no organization: its refusals stand in the log of the instance's first one. */
async function auditRefusedSignIn(
  account: Account | null,
  email: string,
  ip: string | null,
  requestId: string,
  why: string,
): Promise<void> {
  const organizationId = account?.organization_id ?? (await firstOrganizationId());
  if (organizationId === null) return;
  const principal = { type: "system" as const, id: "anonymous", name: "Not signed in" };
  const target = { type: "member", id: account?.id ?? "", name: account?.name ?? "" };
  const changes: Record<string, [unknown, unknown]> = { refused: [null, why], email: [null, email] };
  await recordDenied({ organizationId, principal, ip, requestId }, { action: "member.signed_in", target, changes });
}

async function firstOrganizationId(): Promise<string | null> {
  const { rows } = await getDb().pool.query<{ id: string }>(
    "SELECT id FROM organizations ORDER BY created_at, id LIMIT 1",
  );
  return rows[0]?.id ?? null;
}
