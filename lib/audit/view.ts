import type { EventRow } from "@/lib/audit/repository-list";
import { type AuditEvent, auditEventSchema } from "@/lib/audit/schema";
import { toUnixSeconds } from "@/lib/clock";

const changesSchema = auditEventSchema.shape.changes;

/** The event as JSON. */
export function toAuditEvent(row: EventRow): AuditEvent {
  return {
    id: row.id,
    at: toUnixSeconds(row.at),
    action: row.action,
    outcome: row.outcome,
    principal: { type: row.principal_type, id: row.principal_id, name: row.principal_name },
    target: { type: row.target_type, id: row.target_id, name: row.target_name },
    ip: row.ip,
    request_id: row.request_id,
    changes: changesSchema.parse(row.changes),
  };
}
