import type { AuditEntry } from "@/lib/audit/entry";
import { notFound } from "@/lib/errors";
import { mutation, query } from "@/lib/operation";
import type { MemberPrincipal, Principal } from "@/lib/principal";
import { endOtherSessions, endSession, selectSessions } from "@/lib/sessions/repository";
import { sessionParams } from "@/lib/sessions/schema";
import { toSession } from "@/lib/sessions/view";

/** Where the member is signed in now. Nobody sees another's sessions, whatever their role. */
export const listSessions = query({
  access: "member",
  input: {},
  run: async ({ principal }) => {
    const member = memberOf(principal);
    const rows = await selectSessions(member);
    return { data: rows.map((row) => toSession(row, member.session_id)), total: rows[0]?.total ?? 0 };
  },
});

/** Signs one of the member's own sessions out; its next request anywhere is refused. 404 for anyone else's. */
export const endOwnSession = mutation({
  access: "member",
  denied: { action: "session.ended", targetType: "session" },
  input: { params: sessionParams },
  run: async ({ tx, principal }, { params }) => {
    const member = memberOf(principal);
    if (!(await endSession(tx, member.id, params.id))) throw notFound("There is no session with this id.");
    const target = { type: "session", id: params.id, name: member.name };
    return { result: undefined, audit: { action: "session.ended", target, changes: {} } };
  },
});

/** Signs the member out everywhere but here. Of two that do it at once, one stays signed in. */
export const endOtherOwnSessions = mutation({
  access: "member",
  denied: { action: "session.ended", targetType: "member" },
  input: {},
  lock: (_tx, _input, principal) => ({ id: principal.id }),
  run: async ({ tx, principal }) => {
    const member = memberOf(principal);
    const ended = await endOtherSessions(tx, member.id, member.session_id);
    return { result: { ended }, audit: ended === 0 ? [] : sessionsEnded(member, ended) };
  },
});

/** The audit event of sessions that were ended together. */
export function sessionsEnded(member: MemberPrincipal, ended: number): AuditEntry {
  const target = { type: "member", id: member.id, name: member.name };
  return { action: "session.ended", target, changes: { sessions_ended: [null, ended] } };
}

/** `member` access lets nothing but a session pass. */
export function memberOf(principal: Principal): MemberPrincipal {
  if (principal.type !== "user") throw new Error("Only a member has sessions.");
  return principal;
}
