import { randomBytes } from "node:crypto";
import type { AuditChanges } from "@/lib/audit/entry";
import { recordDone, type Who } from "@/lib/audit/repository";
import { sessionDigest } from "@/lib/auth/repository";
import { SESSION_MAX_AGE_SECONDS } from "@/lib/auth/session-cookie";
import type { Tx } from "@/lib/db";
import { newId } from "@/lib/ids";

/** A member's account as it was when the proof of who is signing in was judged. */
export type Account = {
  id: string;
  name: string;
  organization_id: string;
  password_hash: string | null;
  version: number;
};

/** Where a sign-in comes from, for the session's row and the audit log. */
export type SignInRequest = { ip: string | null; userAgent: string | null; requestId: string };

/**
 * A new session row, whose secret is returned once; or null if the account is no longer what the proof was judged
 * against: a change of password or of status that commits meanwhile wins. Both ways of signing in end here.
 */
export async function startSession(
  tx: Tx,
  account: Account,
  request: SignInRequest,
  how: AuditChanges = {},
): Promise<string | null> {
  const unchanged = await tx.$executeRaw`
    UPDATE members SET last_sign_in_at = now()
    WHERE id = ${account.id} AND password_hash IS NOT DISTINCT FROM ${account.password_hash}
      AND version = ${account.version} AND activated_at IS NOT NULL AND deactivated_at IS NULL`;
  if (unchanged !== 1) return null;
  const sessionSecret = randomBytes(32).toString("base64url");
  await tx.$executeRaw`
    INSERT INTO sessions (id, secret_digest, member_id, ip, user_agent, expires_at)
    VALUES (${newId("ses")}, ${sessionDigest(sessionSecret)}, ${account.id}, ${request.ip},
      ${request.userAgent?.slice(0, 300) ?? null}, now() + make_interval(secs => ${SESSION_MAX_AGE_SECONDS}::int))`;
  const target = { type: "member", id: account.id, name: account.name };
  await recordDone(tx, whoSignsIn(account, request), [{ action: "member.signed_in", target, changes: how }]);
  return sessionSecret;
}

/** The member who signs in, as the audit log names who did it. */
export function whoSignsIn(account: Account, { ip, requestId }: SignInRequest): Who {
  const principal = { type: "user" as const, id: account.id, name: account.name };
  return { organizationId: account.organization_id, principal, ip, requestId };
}
