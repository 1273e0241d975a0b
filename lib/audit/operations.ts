import { selectEvents } from "@/lib/audit/repository-list";
import { type AuditEvent, type AuditQuery, auditQuerySchema } from "@/lib/audit/schema";
import { toAuditEvent } from "@/lib/audit/view";
import { openCursor, sealCursor } from "@/lib/cursors";
import { query } from "@/lib/operation";
import type { Principal } from "@/lib/principal";
import { checkRange, momentOf } from "@/lib/time-range";

export type AuditPage = { data: AuditEvent[]; next_cursor: string | null };

/**
 * A page of the audit log, newest first. A key as principal, and a member limited to subaccounts, see what was done to
 * keys that they can see or by them, and what they did themselves. Paged by key: events that are added meanwhile are
 * neither skipped nor shown twice.
 */
export const listAuditEvents = query({
  access: "account:audit:read",
  input: { query: auditQuerySchema },
  run: ({ principal }, { query: asked }) => readPage(principal, asked),
});

async function readPage(principal: Principal, asked: AuditQuery): Promise<AuditPage> {
  const { limit, cursor, api_key_id, action, from, to } = asked;
  checkRange(from, to);
  const scope = `audit_events:${principal.organization_id}`;
  const [at = "0", id = ""] = cursor === undefined ? [] : openCursor(scope, cursor);
  const after = cursor === undefined ? null : { at: Number(at), id };
  const filter = { api_key_id, action, from: momentOf(from), to: momentOf(to) };
  // One more than asked for tells whether there is a next page.
  const rows = await selectEvents(principal, filter, after, limit + 1);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    data: page.map(toAuditEvent),
    next_cursor: last && rows.length > limit ? sealCursor(scope, [String(last.at.getTime()), last.id]) : null,
  };
}
