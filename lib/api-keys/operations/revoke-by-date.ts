import { keyQuery } from "@/lib/api-keys/kernel";
import { revokeApiKey } from "@/lib/api-keys/operations/revoke";
import { findKeysByDate } from "@/lib/api-keys/repository-by-date";
import { type RevokedByDate, revokeByDateSchema } from "@/lib/api-keys/revoke-by-date-schema";
import { refusalOf } from "@/lib/attempt";
import { type RequestContext, slower } from "@/lib/context";
import type { AppError } from "@/lib/errors";
import { CHANGES_AT_ONCE } from "@/lib/operation";

/** Keys of one request at most, and the time after which it begins no more of them. */
const MOST = 200;
/** So many a dry run also names. */
const NAMED = 10;
const LONG_ENOUGH_MS = 10_000;

/**
 * Revokes the keys whose tokens were issued, or that were changed, in a time: after a leak, or after the restore of a
 * backup that does not know what was revoked since. Each is its own change, with its own audit event, in force like any
 * revocation. A request takes as many as fit in it and says how many remain.
 */
export const revokeKeysByDate = keyQuery({
  access: "manager",
  denied: () => ({ action: "api_key.revoked", targetType: "api_key" }),
  input: { body: revokeByDateSchema },
  run: async (context, { body: { dry_run, ...moments } }): Promise<RevokedByDate> => {
    const { total, keys } = await findKeysByDate(context.principal, moments, MOST);
    const ids = keys.map(({ id }) => id);
    if (dry_run) return { matching: total, ids, first: keys.slice(0, NAMED), kept: [], remaining: total };
    const queue = [...ids];
    const revoked: string[] = [];
    const kept: RevokedByDate["kept"] = [];
    const deadline = performance.now() + LONG_ENOUGH_MS;
    let gone = 0;
    const work = async () => {
      for (let id = queue.shift(); id !== undefined && performance.now() < deadline; id = queue.shift()) {
        const refusal = await revokeOne(context, id);
        if (refusal === null) revoked.push(id);
        else if (refusal.code === "not_found") gone++;
        else kept.push({ id, code: refusal.code, detail: refusal.message });
      }
    };
    const workers = Array.from({ length: CHANGES_AT_ONCE }, () =>
      work().catch((error) => {
        // What is no refusal ends the request, and the others with it: nothing is revoked after the answer.
        queue.length = 0;
        throw error;
      }),
    );
    const ended = await Promise.allSettled(workers);
    for (const worker of ended) if (worker.status === "rejected") throw worker.reason;
    return { matching: total, ids: revoked, first: [], kept, remaining: total - revoked.length - kept.length - gone };
  },
});

/** Null when it is revoked; else the refusal, which keeps no other key from being revoked. */
async function revokeOne(context: RequestContext, id: string): Promise<AppError | null> {
  const single: RequestContext = { ...context, ifMatch: undefined, propagation: undefined };
  try {
    await revokeApiKey(single, { params: { id }, query: {} });
    return null;
  } catch (error) {
    return refusalOf(error);
  } finally {
    const { propagation } = single;
    if (propagation) context.propagation = slower(context.propagation, propagation);
  }
}
