import type { AuditEntry } from "@/lib/audit/entry";
import { recordDone } from "@/lib/audit/repository";
import { newId } from "@/lib/ids";
import { inTransaction } from "@/lib/transaction";

const AT_ONCE = 500;
const RESTORE = { type: "system" as const, id: "restore", name: "npm run restore" };

type Disabled = { id: string; name: string; organization_id: string };

/**
 * Disables every key that works, each with its audit event, and returns how many there were. For a database that was
 * just restored and that no instance serves from yet: what a region asks for its last active key does not count here.
 */
export async function disableAllKeys(): Promise<number> {
  const requestId = newId("req");
  for (let total = 0; ; ) {
    const disabled = await inTransaction(async (tx) => {
      const rows = await tx.$queryRaw<Disabled[]>`
        UPDATE api_keys SET disabled_at = now(), updated_at = now(), version = version + 1
        WHERE id IN (SELECT id FROM api_keys WHERE revoked_at IS NULL AND disabled_at IS NULL ORDER BY id LIMIT ${AT_ONCE})
        RETURNING id, name, organization_id`;
      for (const organizationId of new Set(rows.map((row) => row.organization_id))) {
        const keys = rows.filter((row) => row.organization_id === organizationId);
        await recordDone(tx, { organizationId, principal: RESTORE, ip: null, requestId }, keys.map(entryOf));
      }
      return rows.length;
    });
    total += disabled;
    if (disabled < AT_ONCE) return total;
  }
}

const entryOf = ({ id, name }: Disabled): AuditEntry => ({
  action: "api_key.disabled",
  target: { type: "api_key", id, name },
  changes: { is_active: [true, false] },
});
