import { storable } from "@/lib/audit/canonical";
import type { AuditEntry } from "@/lib/audit/entry";
import { type EventContent, mintEventId } from "@/lib/audit/event";
import { isRefusedStatement } from "@/lib/database-errors";
import { getDb, type Tx } from "@/lib/db";
import { AppError } from "@/lib/errors";
import { Prisma } from "@/lib/generated/prisma/client";

/** Who did something, and in which request: that part of an audit event. */
export type Who = {
  organizationId: string;
  principal: { type: "user" | "api_key" | "system"; id: string; name: string };
  ip: string | null;
  requestId: string;
};

/** What somebody did. */
export type Deed = { who: Who; entries: AuditEntry[] };

/**
 * Writes events of a change in the change's own transaction: both commit or neither does. Throws `unavailable` when
 * the log cannot be written: a change that cannot be audited does not happen.
 */
export async function recordDone(tx: Tx, who: Who, entries: AuditEntry[]): Promise<void> {
  await recordAllDone(tx, [{ who, entries }]);
}

/** As `recordDone`, for what several did. It travels with COMMIT and needs no await. */
export function recordAllDone(tx: Tx, deeds: Deed[]): Promise<number> | null {
  const contents = deeds.flatMap(({ who, entries }) => entries.map((entry) => contentOf(who, entry, "done")));
  return contents.length === 0 ? null : tx.withCommit(insertion(contents), unwritable);
}

/** Only what the server refused was certainly not changed: an answer that is lost may have been that of COMMIT. */
function unwritable(cause: unknown): unknown {
  if (!isRefusedStatement(cause)) return cause;
  const detail = "The audit log cannot be written, so nothing was changed.";
  return new AppError("unavailable", detail, { retryAfter: 5, cause });
}

/** Writes a refusal; it has no change to share a transaction with. */
export async function recordDenied(who: Who, entry: AuditEntry): Promise<void> {
  await getDb().prisma.$executeRaw(insertion([contentOf(who, entry, "denied")]));
}

function contentOf(who: Who, entry: AuditEntry, outcome: EventContent["outcome"]): EventContent {
  return storable({
    organization_id: who.organizationId,
    action: entry.action,
    outcome,
    principal_type: who.principal.type,
    principal_id: who.principal.id,
    principal_name: who.principal.name,
    target_type: entry.target.type,
    target_id: entry.target.id,
    target_name: entry.target.name,
    ip: who.ip,
    request_id: who.requestId,
    changes: entry.changes,
  });
}

/**
 * One statement, however many events. Their time is the database's at this moment rather than at the start of the
 * transaction: of two changes to one thing, the one that had to wait for the other is the later one.
 */
function insertion(contents: EventContent[]): Prisma.Sql {
  const rows = JSON.stringify(contents.map((content) => ({ id: mintEventId(content), ...content })));
  return Prisma.sql`
    INSERT INTO audit_events (id, organization_id, at, action, outcome, principal_type, principal_id, principal_name,
      target_type, target_id, target_name, ip, request_id, changes)
    SELECT id, organization_id, clock_timestamp(), action, outcome::"AuditOutcome", principal_type::"PrincipalType",
      principal_id, principal_name, target_type, target_id, target_name, ip, request_id, changes
    FROM jsonb_to_recordset(${rows}::jsonb) AS e (id text, organization_id text, action text, outcome text,
      principal_type text, principal_id text, principal_name text, target_type text, target_id text, target_name text,
      ip text, request_id text, changes jsonb)`;
}
