import { moveOverlapEnd } from "@/lib/api-keys/digests";
import { reachOf } from "@/lib/api-keys/grants";
import { keyMutation, keyParamsSchema, lockTarget, targetOf } from "@/lib/api-keys/kernel";
import type { ChangedKey } from "@/lib/api-keys/operations/update";
import { judgedOf, refuseSelf, requireManageable, requireWithin } from "@/lib/api-keys/policy";
import { type ApiKeyRow, lockKey, updateKey } from "@/lib/api-keys/repository";
import { extendGracePeriodSchema } from "@/lib/api-keys/schema";
import { toApiKey } from "@/lib/api-keys/view";
import { toUnixSeconds } from "@/lib/clock";
import { notFound, validationFailed } from "@/lib/errors";
import { lockCatalogue } from "@/lib/products/repository";

/**
 * Lets the old token of an overlap work longer: until so many seconds after the regeneration, at most seven days in
 * all, and never past the key's own expiry. Asking again for the same end changes nothing. 422 when no overlap is in
 * progress, or when it would end earlier than it does. The key must lie within the principal's reach: keeping the token
 * of a stronger key alive is handing it out.
 */
export const extendGracePeriod = keyMutation({
  access: "account:apikeys:regenerate",
  denied: { action: "api_key.grace_period_extended", targetType: "api_key" },
  input: { params: keyParamsSchema, body: extendGracePeriodSchema },
  lock: lockTarget,
  run: async ({ tx, principal, now }, { params, body }) => {
    const [row, catalogue] = await Promise.all([
      lockKey(tx, principal, params.id),
      lockCatalogue(tx, principal.organization_id),
    ]);
    if (!row) throw notFound();
    refuseSelf(principal, row.id, "extend the overlap of");
    requireManageable(principal, row);
    requireWithin(reachOf(principal, catalogue), judgedOf(row, catalogue), "This key can do more than you.");

    const { from, until } = extension(row, body.grace_period_seconds);
    if (until.getTime() === from.getTime()) {
      const unchanged: ChangedKey = { key: toApiKey(row), version: row.version, warnings: [] };
      return { result: unchanged, audit: [] };
    }
    const [, updated] = await Promise.all([moveOverlapEnd(tx, row.id, now, until), updateKey(tx, row.id, now, {})]);
    const result: ChangedKey = { key: toApiKey(updated), version: updated.version, warnings: [] };
    const ends: [unknown, unknown] = [toUnixSeconds(from), toUnixSeconds(until)];
    const changes = { grace_period_ends_at: ends };
    return { result, audit: { action: "api_key.grace_period_extended", target: targetOf(row), changes } };
  },
});

/** The end of the overlap as it is and as it is asked for, cut to the key's expiry; refuses what is no extension. */
function extension({ regenerated_at, grace_period_ends_at: from, expires_at }: ApiKeyRow, seconds: number) {
  if (from === null || regenerated_at === null) {
    throw refused("no_overlap", "No overlap is in progress. Only one that has not ended can be extended.");
  }
  const asked = new Date(regenerated_at.getTime() + seconds * 1000);
  const until = expires_at !== null && expires_at < asked ? expires_at : asked;
  if (until < from) {
    const lasts = Math.round((from.getTime() - regenerated_at.getTime()) / 1000);
    throw refused(
      "not_longer",
      `The overlap lasts ${lasts} seconds from its start already. End it to stop it earlier.`,
    );
  }
  return { from, until };
}

const refused = (code: string, detail: string) =>
  validationFailed([{ pointer: "/grace_period_seconds", code, detail }]);
