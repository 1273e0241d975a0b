import { visibleTo } from "@/lib/api-keys/repository";
import type { AuditOutcome } from "@/lib/audit/actions";
import { getDb } from "@/lib/db";
import { Prisma } from "@/lib/generated/prisma/client";
import type { Principal } from "@/lib/principal";

export type EventFilter = {
  api_key_id?: string | undefined;
  action?: string | undefined;
  outcome?: AuditOutcome | undefined;
  principal_id?: string | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
};

export type EventRow = {
  id: string;
  at: Date;
  action: string;
  outcome: AuditOutcome;
  principal_type: "user" | "api_key" | "system";
  principal_id: string;
  principal_name: string;
  target_type: string;
  target_id: string;
  target_name: string;
  ip: string | null;
  request_id: string;
  changes: unknown;
};

/** Where a page ended: the time in milliseconds and the id of its last event. */
export type EventPlace = { at: number; id: string };

/** The newest events that the principal may see and that match, from after `after` on. */
export function selectEvents(
  principal: Principal,
  filter: EventFilter,
  after: EventPlace | null,
  limit: number,
): Promise<EventRow[]> {
  const conditions = [seenBy(principal), ...conditionsOf(filter)];
  if (after) conditions.push(Prisma.sql`(e.at, e.id) < (${new Date(after.at)}, ${after.id})`);
  return getDb().prisma.$queryRaw<EventRow[]>`
    SELECT e.id, e.at, e.action, e.outcome::text AS outcome, e.principal_type::text AS principal_type, e.principal_id,
      e.principal_name, e.target_type, e.target_id, e.target_name, e.ip, e.request_id, e.changes
    FROM audit_events e WHERE ${Prisma.join(conditions, " AND ")}
    ORDER BY e.at DESC, e.id DESC LIMIT ${limit}`;
}

/** Of the given ids, those of keys that the principal can see, revoked ones too. */
export async function selectKeysThere(principal: Principal, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await getDb().prisma.$queryRaw<{ id: string }[]>`
    SELECT k.id FROM api_keys k WHERE k.id = ANY(${ids}::text[]) AND ${visibleTo(principal)}`;
  return rows.map(({ id }) => id);
}

/** The organization's members by name; for who does not see the whole log, only themselves. */
export function selectMembersNamed(principal: Principal, limit: number): Promise<{ id: string; name: string }[]> {
  const seesAll = principal.type === "user" && principal.subaccounts === null;
  const whom = seesAll ? Prisma.empty : Prisma.sql`AND m.id = ${principal.id}`;
  return getDb().prisma.$queryRaw<{ id: string; name: string }[]>`
    SELECT m.id, coalesce(nullif(m.name, ''), m.email) AS name FROM members m
    WHERE m.organization_id = ${principal.organization_id} ${whom} ORDER BY lower(m.name), m.id LIMIT ${limit}`;
}

/**
 * A member whose subaccounts are not limited sees the whole log. Everyone else sees what was done to keys that they
 * can see or by them, and what they did themselves; a key that is gone can be seen by none of them.
 */
function seenBy(principal: Principal): Prisma.Sql {
  const ours = Prisma.sql`e.organization_id = ${principal.organization_id}`;
  if (principal.type === "user" && principal.subaccounts === null) return ours;
  const isVisible = (id: Prisma.Sql) =>
    Prisma.sql`EXISTS (SELECT 1 FROM api_keys k WHERE k.id = ${id} AND ${visibleTo(principal)})`;
  return Prisma.sql`${ours} AND (e.principal_id = ${principal.id}
    OR (e.target_type = 'api_key' AND ${isVisible(Prisma.sql`e.target_id`)})
    OR (e.principal_type = 'api_key' AND ${isVisible(Prisma.sql`e.principal_id`)}))`;
}

function conditionsOf({ api_key_id, action, outcome, principal_id, from, to }: EventFilter): Prisma.Sql[] {
  const conditions: Prisma.Sql[] = [];
  if (api_key_id) conditions.push(Prisma.sql`(e.target_id = ${api_key_id} OR e.principal_id = ${api_key_id})`);
  if (action?.endsWith(".*")) conditions.push(Prisma.sql`starts_with(e.action, ${action.slice(0, -1)})`);
  else if (action) conditions.push(Prisma.sql`e.action = ${action}`);
  // As text in the statement: the index of refusals is for this very condition.
  if (outcome)
    conditions.push(outcome === "denied" ? Prisma.sql`e.outcome = 'denied'` : Prisma.sql`e.outcome = 'done'`);
  if (principal_id) conditions.push(Prisma.sql`e.principal_id = ${principal_id}`);
  if (from) conditions.push(Prisma.sql`e.at >= ${from}`);
  if (to) conditions.push(Prisma.sql`e.at < ${to}`);
  return conditions;
}
