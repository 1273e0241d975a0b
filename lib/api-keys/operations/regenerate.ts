import { auditedFields } from "@/lib/api-keys/audited-fields";
import { changesBetween } from "@/lib/api-keys/changes";
import { endOverlap, freshToken, insertDigest, retireDigests } from "@/lib/api-keys/digests";
import { reachOf } from "@/lib/api-keys/grants";
import { type IssuedKey, issuedKeyReplay } from "@/lib/api-keys/issued-key";
import { keyMutation, keyParamsSchema, lockTarget, targetOf } from "@/lib/api-keys/kernel";
import { judgedOf, refuseSelf, requireManageable, requireWithin } from "@/lib/api-keys/policy";
import { type ApiKeyRow, lockKey, updateKey } from "@/lib/api-keys/repository";
import { regenerateSchema } from "@/lib/api-keys/schema";
import { toApiKey } from "@/lib/api-keys/view";
import type { AuditEntry } from "@/lib/audit/entry";
import { toUnixSeconds } from "@/lib/clock";
import { notFound } from "@/lib/errors";
import { currentSigningKey } from "@/lib/organizations/signing-keys";
import { lockCatalogue } from "@/lib/products/repository";
import { requireVersion } from "@/lib/versions";

/**
 * A new token for the same key, returned once. The old one stops at once, or after the overlap that is asked for, and
 * never later than the key itself. The key must lie within the principal's reach: a new token of a stronger key would
 * be an escalation.
 */
export const regenerateApiKey = keyMutation({
  access: "account:apikeys:regenerate",
  denied: { action: "api_key.regenerated", targetType: "api_key" },
  input: { params: keyParamsSchema, body: regenerateSchema },
  lock: lockTarget,
  idempotency: issuedKeyReplay,
  run: async ({ tx, principal, now }, { params, body }) => {
    const [row, catalogue, signingKey] = await Promise.all([
      lockKey(tx, principal, params.id),
      lockCatalogue(tx, principal.organization_id),
      currentSigningKey(tx, principal.organization_id),
    ]);
    if (!row) throw notFound();
    refuseSelf(principal, row.id, "regenerate");
    requireManageable(principal, row);
    requireWithin(reachOf(principal, catalogue), judgedOf(row, catalogue), "This key can do more than you.");

    const made = freshToken(row.environment, signingKey);
    const until = overlapEnd(row, body.grace_period_seconds, now);
    const [, , updated] = await Promise.all([
      retireDigests(tx, row.id, until),
      insertDigest(tx, principal.organization_id, row.id, made),
      updateKey(tx, row.id, now, { token_preview: made.preview, regenerated_at: now }),
    ]);
    const [from, key] = [toApiKey(row), toApiKey(updated)];
    const overlap = changesBetween({ grace_period_ends_at: row.grace_period_ends_at }, { grace_period_ends_at: until });
    const changes = { ...changesBetween(auditedFields(from), auditedFields(key)), ...overlap };
    const result: IssuedKey = { key, version: updated.version, token: made.token, warnings: [], replayed: false };
    return { result, audit: { action: "api_key.regenerated", target: targetOf(key), changes } };
  },
});

/** Ends an overlap early: the old token stops now. Without one in progress it changes nothing. */
export const endGracePeriod = keyMutation({
  access: "account:apikeys:regenerate",
  denied: { action: "api_key.grace_period_ended", targetType: "api_key" },
  input: { params: keyParamsSchema },
  lock: lockTarget,
  run: async ({ tx, principal, now, context }, { params }) => {
    const row = await lockKey(tx, principal, params.id);
    if (!row) throw notFound();
    refuseSelf(principal, row.id, "end the overlap of");
    requireManageable(principal, row);
    requireVersion(context.ifMatch, row.version);
    if (row.grace_period_ends_at === null) {
      return { result: { key: toApiKey(row), version: row.version, warnings: [] }, audit: [] };
    }
    const [, updated] = await Promise.all([endOverlap(tx, row.id), updateKey(tx, row.id, now, {})]);
    const key = toApiKey(updated);
    const changes = { grace_period_ends_at: [toUnixSeconds(row.grace_period_ends_at), null] as [unknown, unknown] };
    const audit: AuditEntry = { action: "api_key.grace_period_ended", target: targetOf(key), changes };
    return { result: { key, version: updated.version, warnings: [] }, audit };
  },
});

/** When the old token stops: null = now. An overlap never outlives the key. */
function overlapEnd(row: ApiKeyRow, seconds: number, now: Date): Date | null {
  const asked = new Date(now.getTime() + seconds * 1000);
  const end = row.expires_at !== null && row.expires_at < asked ? row.expires_at : asked;
  return end > now ? end : null;
}
