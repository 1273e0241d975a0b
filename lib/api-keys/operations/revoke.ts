import { z } from "zod";
import { keyMutation, keyParamsSchema, lockTarget, targetOf } from "@/lib/api-keys/kernel";
import { refuseSelf, requireAnotherActiveKey, requireManageable } from "@/lib/api-keys/policy";
import { deleteKey, lockKey, lockRegionKeys, revokeKey } from "@/lib/api-keys/repository";
import { keyStatus } from "@/lib/api-keys/status";
import { notFound } from "@/lib/errors";
import { requireVersion } from "@/lib/versions";

const querySchema = z.strictObject({
  purge: z
    .enum(["true", "false"])
    .transform((text) => text === "true")
    .default(false)
    .meta({ description: "Deletes the key permanently: its record goes too. The audit log keeps its history." }),
});

/**
 * Ends a key for good: its tokens stop now, the record stays under the Revoked filter unless `purge` removes it too.
 * Allowed on a stronger key, because it takes power away.
 */
export const revokeApiKey = keyMutation({
  access: "account:apikeys:delete",
  denied: { action: "api_key.revoked", targetType: "api_key" },
  input: { params: keyParamsSchema, query: querySchema },
  lock: lockTarget,
  ends: true,
  run: async ({ tx, principal, now, context }, { params, query }) => {
    // A revoked key is gone from here, except for who comes to remove its record.
    const row = await lockKey(tx, principal, params.id, query.purge);
    if (!row) throw notFound();
    refuseSelf(principal, row.id, "revoke");
    requireManageable(principal, row);
    requireVersion(context.ifMatch, row.version);
    const status = keyStatus(row, row.now);
    if (status === "active") requireAnotherActiveKey(await lockRegionKeys(tx, row));

    if (query.purge) deleteKey(tx, row.id);
    else revokeKey(tx, row.id, now);
    const action = query.purge ? "api_key.deleted" : "api_key.revoked";
    const changes: Record<string, [unknown, unknown]> = { status: [status, query.purge ? null : "revoked"] };
    return { result: undefined, audit: { action, target: targetOf(row), changes } };
  },
});
