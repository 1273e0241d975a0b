import { recordDone } from "@/lib/audit/repository";
import { verifyPassword } from "@/lib/auth/passwords";
import { auditRefusedSignIn } from "@/lib/auth/refused-sign-in";
import { sessionDigest } from "@/lib/auth/repository";
import { countAttempt, forgetAttempts } from "@/lib/auth/repository-throttle";
import { type Account, startSession } from "@/lib/auth/start-session";
import { getDb } from "@/lib/db";
import { newId } from "@/lib/ids";
import { atMostAMinute, onceAMinute } from "@/lib/once-a-minute";
import { inTransaction } from "@/lib/transaction";

export type SignInAttempt = { email: string; password: string; ip: string | null; userAgent: string | null };

/** `wrong` says the same, in the same time, for an unknown e-mail and for a wrong password. */
export type SignInResult =
  | { outcome: "signed_in"; memberId: string; name: string; email: string; sessionSecret: string }
  | { outcome: "wrong" }
  | { outcome: "throttled"; seconds: number };

/** Signs a member in: a new session row, whose secret is returned once. Every refusal is audited. */
export async function signIn({ email, password, ip, userAgent }: SignInAttempt): Promise<SignInResult> {
  const seconds = await countAttempt(email, ip);
  const account = await findAccount(email);
  const request = { ip, userAgent, requestId: newId("req") };
  if (seconds > 0) {
    // Throttled attempts cost nothing and may come in floods: one a minute is written down.
    if (onceAMinute(`throttled:${email}:${ip}`)) await auditRefusedSignIn(account, email, request, "throttled");
    return { outcome: "throttled", seconds };
  }
  const matches = await verifyPassword(password, account?.password_hash ?? null);
  if (!account || !matches || !account.usable) {
    const why = account && !account.usable && matches ? "deactivated" : "wrong_credentials";
    await auditRefusedSignIn(account, email, request, why);
    return { outcome: "wrong" };
  }
  const sessionSecret = await inTransaction((tx) => startSession(tx, account, request));
  if (sessionSecret === null) return { outcome: "wrong" };
  await forgetAttempts(email, ip);
  return { outcome: "signed_in", memberId: account.id, name: account.name, email, sessionSecret };
}

/** Writes down an attempt to sign in that no member could have meant: without a readable e-mail, or without a password. */
export async function refuseUnreadable(email: string | null, ip: string | null): Promise<void> {
  // It guesses nothing, so it is not slowed down; but the log cannot be shortened.
  if (!atMostAMinute(`unreadable:${ip}`, 10)) return;
  const account = email === null ? null : await findAccount(email);
  await auditRefusedSignIn(account, email, { ip, requestId: newId("req") }, "unreadable");
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
    const who = { organizationId: ended.organization_id, principal, ip, requestId: newId("req") };
    const target = { type: "member", id: ended.id, name: ended.name };
    await recordDone(tx, who, [{ action: "member.signed_out", target, changes: {} }]);
  });
}

async function findAccount(email: string): Promise<(Account & { usable: boolean }) | null> {
  const { rows } = await getDb().pool.query<Account & { usable: boolean }>(
    `SELECT m.id, m.name, m.organization_id, m.password_hash, m.version,
       m.activated_at IS NOT NULL AND m.deactivated_at IS NULL AND o.disabled_at IS NULL AS usable
     FROM members m JOIN organizations o ON o.id = m.organization_id WHERE m.email = $1`,
    [email],
  );
  return rows[0] ?? null;
}
