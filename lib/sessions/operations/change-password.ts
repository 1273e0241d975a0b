import { z } from "zod";
import type { AuditAction } from "@/lib/audit/actions";
import { recordDenied } from "@/lib/audit/repository";
import { whoAsks } from "@/lib/audit/who";
import { guessable } from "@/lib/auth/password-rules";
import { hashPassword, verifyPassword } from "@/lib/auth/passwords";
import { countAttempt, forgetAttempts } from "@/lib/auth/repository-throttle";
import type { RequestContext } from "@/lib/context";
import { AppError, validationFailed } from "@/lib/errors";
import { lockMember } from "@/lib/members/repository";
import { onceAMinute } from "@/lib/once-a-minute";
import { mutation, query } from "@/lib/operation";
import { memberOf, sessionsEnded } from "@/lib/sessions/operations/sessions";
import { endOtherSessions, findPasswordHash, replacePasswordHash } from "@/lib/sessions/repository";
import { changePasswordSchema } from "@/lib/sessions/schema";

const ACTION: AuditAction = "member.password_changed";

/**
 * Changes the member's own password and ends their other sessions. A guess at the current password counts like one at
 * the sign-in page, against the same limits: 429 when it is too soon, 422 at `/current_password` when it is wrong;
 * both are audited.
 */
export const changePassword = query({
  access: "member",
  input: { body: changePasswordSchema },
  run: async (context, { body }) => {
    const member = memberOf(context.principal);
    const reason = guessable(body.new_password, member.email);
    if (reason) throw fieldError("new_password", "password_too_common", reason);
    if (body.new_password === body.current_password) {
      throw fieldError("new_password", "unchanged", "This is your current password. Choose another one.");
    }
    const checked = await checkCurrentPassword(context, member.email, body.current_password);
    // Both hashes take their time on purpose: not while a transaction holds locks and a connection.
    const next = await hashPassword(body.new_password);
    await storePassword(context, { params: { id: member.id }, body: { checked, next } });
    await forgetAttempts(member.email, context.ip);
  },
});

/** Whether the member has a password here; who signs in through a provider alone has none to change. */
export const hasPassword = query({
  access: "member",
  input: {},
  run: async ({ principal }) => (await findPasswordHash(principal.id)) !== null,
});

/** Returns the hash that the password was checked against. */
async function checkCurrentPassword(context: RequestContext, email: string, password: string): Promise<string> {
  const seconds = await countAttempt(email, context.ip);
  if (seconds > 0) {
    // As at sign-in: refused attempts cost nothing and may come in floods.
    if (onceAMinute(`throttled:${email}:${context.ip}`)) await auditRefusal(context, "throttled");
    const detail = `Too many wrong passwords. Try again in ${seconds} s.`;
    throw new AppError("rate_limited", detail, { retryAfter: seconds });
  }
  const stored = await findPasswordHash(context.principal.id);
  if ((await verifyPassword(password, stored)) && stored !== null) return stored;
  await auditRefusal(context, "wrong_password");
  throw wrongPassword();
}

const storePassword = mutation({
  access: "member",
  denied: { action: ACTION, targetType: "member" },
  input: {
    params: z.strictObject({ id: z.string() }),
    body: z.strictObject({ checked: z.string(), next: z.string() }),
  },
  lock: (tx, { params }) => ({ id: params.id, take: () => lockMember(tx, params.id) }),
  run: async ({ tx, principal }, { body }) => {
    const member = memberOf(principal);
    if (!(await replacePasswordHash(tx, member.id, body.checked, body.next))) throw wrongPassword();
    const ended = await endOtherSessions(tx, member.id, member.session_id);
    const target = { type: "member", id: member.id, name: member.name };
    const audit = [{ action: ACTION, target, changes: {} }, ...(ended > 0 ? [sessionsEnded(member, ended)] : [])];
    return { result: undefined, audit };
  },
});

async function auditRefusal(context: RequestContext, why: string): Promise<void> {
  const { id, name } = context.principal;
  const entry = { action: ACTION, target: { type: "member", id, name }, changes: {} };
  await recordDenied(whoAsks(context), { ...entry, changes: { refused: [null, why] } });
}

const wrongPassword = () => fieldError("current_password", "wrong_password", "This is not your current password.");

const fieldError = (field: string, code: string, detail: string) =>
  validationFailed([{ pointer: `/${field}`, code, detail }]);
