import { z } from "zod";
import { selectEvents, selectKeysThere, selectMembersNamed } from "@/lib/audit/repository-list";
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

/** Of the given keys, those whose record the principal can still see: the log also speaks of the others. */
export const keysThere = query({
  access: "account:audit:read",
  input: { body: z.strictObject({ ids: z.array(z.string()).max(200) }) },
  run: ({ principal }, { body }) => selectKeysThere(principal, body.ids),
});

/** The members whose deeds the principal can ask for, by name: those of today, at most 200. */
export const auditMembers = query({
  access: "account:audit:read",
  input: {},
  run: ({ principal }) => selectMembersNamed(principal, 200),
});

async function readPage(principal: Principal, asked: AuditQuery): Promise<AuditPage> {
  const { limit, cursor, from, to, ...named } = asked;
  checkRange(from, to);
  const scope = `audit_events:${principal.organization_id}`;
  const [at = "0", id = ""] = cursor === undefined ? [] : openCursor(scope, cursor);
  const after = cursor === undefined ? null : { at: Number(at), id };
  const filter = { ...named, from: momentOf(from), to: momentOf(to) };
  // One more than asked for tells whether there is a next page.
  const rows = await selectEvents(principal, filter, after, limit + 1);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    data: page.map(toAuditEvent),
    next_cursor: last && rows.length > limit ? sealCursor(scope, [String(last.at.getTime()), last.id]) : null,
  };
}
