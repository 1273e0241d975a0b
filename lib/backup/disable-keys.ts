import type pg from "pg";
import type { AuditEntry } from "@/lib/audit/entry";
import { recordDone } from "@/lib/audit/repository";
import { newId } from "@/lib/ids";
import { inTransaction } from "@/lib/transaction";

const AT_ONCE = 500;
const RESTORE = { type: "system" as const, id: "restore", name: "npm run restore" };

/** The keys that a restore disabled: how many, and the moment that each of them has as the time of it. */
export type DisabledKeys = { count: number; at: string };
type Disabled = { id: string; name: string; organization_id: string };

/**
 * Disables every key that works, in the transaction that is open: nobody ever sees the restored rows without it. No
 * instance serves from them yet, so what a region asks for its last active key does not count here. Only columns that
 * every migration has: the schema is the backup's.
 */
export async function disableKeys(client: pg.ClientBase): Promise<DisabledKeys> {
  const { rows } = await client.query<{ at: string }>("SELECT date_trunc('milliseconds', now())::text AS at");
  const at = rows[0]?.at ?? "";
  const { rowCount } = await client.query(
    `UPDATE public.api_keys SET disabled_at = $1, updated_at = $1, version = version + 1
      WHERE revoked_at IS NULL AND disabled_at IS NULL`,
    [at],
  );
  return { count: rowCount ?? 0, at };
}

/** Writes the audit event of each key that was disabled then. Afterwards: an event may need a later schema. */
export async function recordDisabledKeys({ at }: DisabledKeys): Promise<void> {
  const requestId = newId("req");
  for (let last = ""; ; ) {
    const rows = await inTransaction(async (tx) => {
      const disabled = await tx.$queryRaw<Disabled[]>`
        SELECT id, name, organization_id FROM api_keys
        WHERE disabled_at = ${at}::timestamptz AND id > ${last} ORDER BY id LIMIT ${AT_ONCE}`;
      for (const organizationId of new Set(disabled.map((row) => row.organization_id))) {
        const keys = disabled.filter((row) => row.organization_id === organizationId);
        await recordDone(tx, { organizationId, principal: RESTORE, ip: null, requestId }, keys.map(entryOf));
      }
      return disabled;
    });
    if (rows.length < AT_ONCE) return;
    last = rows.at(-1)?.id ?? "";
  }
}

const entryOf = ({ id, name }: Disabled): AuditEntry => ({
  action: "api_key.disabled",
  target: { type: "api_key", id, name },
  changes: { is_active: [true, false] },
});
