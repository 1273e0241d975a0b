import type { AuditEntry } from "@/lib/audit/entry";
import { getDb } from "@/lib/db";
import type { Prisma } from "@/lib/generated/prisma/client";
import { newId } from "@/lib/ids";

/** The part of a request that an audit event records. */
export type AuditActor = {
  organizationId: string;
  principal: { type: "user" | "api_key" | "system"; id: string; name: string };
  ip: string | null;
  requestId: string;
};

function eventRow(actor: AuditActor, entry: AuditEntry, outcome: "done" | "denied"): Prisma.AuditEventCreateManyInput {
  return {
    id: newId("evt"),
    organization_id: actor.organizationId,
    action: entry.action,
    outcome,
    principal_type: actor.principal.type,
    principal_id: actor.principal.id,
    principal_name: actor.principal.name,
    target_type: entry.target.type,
    target_id: entry.target.id,
    target_name: entry.target.name,
    ip: actor.ip,
    request_id: actor.requestId,
    changes: entry.changes as Prisma.InputJsonObject,
  };
}

/** Writes events of a change in the change's own transaction: both commit or neither does. */
export async function recordDone(
  tx: Prisma.TransactionClient,
  actor: AuditActor,
  entries: AuditEntry[],
): Promise<void> {
  if (entries.length > 0)
    await tx.auditEvent.createMany({ data: entries.map((entry) => eventRow(actor, entry, "done")) });
}

/** Writes a refusal; it has no change to share a transaction with. */
export async function recordDenied(actor: AuditActor, entry: AuditEntry): Promise<void> {
  await getDb().prisma.auditEvent.createMany({ data: [eventRow(actor, entry, "denied")] });
}
