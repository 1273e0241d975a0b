import { z } from "zod";
import { idSchema } from "@/lib/api-keys/schema";
import { fromUnixSeconds, toUnixSeconds } from "@/lib/clock";
import { query } from "@/lib/operation";
import type { Principal } from "@/lib/principal";
import { checkRange, rangeRefused } from "@/lib/time-range";
import { flushForReport } from "@/lib/usage/recorder";
import { databaseTime, selectCounts, selectTokenUse, selectTopKeys, selectUnusedKeys } from "@/lib/usage/repository";
import { type Usage, type UsageQuery, usageQuerySchema } from "@/lib/usage/schema";
import { INTERVAL_SECONDS, startOf, toUsage } from "@/lib/usage/view";

/** 90 days of hours, or a day and a half of minutes. */
const MAX_POINTS = 2_200;
const DAY = 86_400;
const LISTED_KEYS = 10;

/**
 * How often keys were used and refused, per minute, hour or day. A key as principal sees the counts of the keys that
 * it can see; a member those of the organization, within their own subaccount limits. A key that cannot be seen counts
 * nothing. What this instance has counted is included to the second; another's is at most a second behind. While counts
 * cannot be written, what is written is told.
 */
export const getUsage = query({
  access: "account:usage:read",
  input: { query: usageQuerySchema },
  run: async ({ principal }, { query: asked }): Promise<Usage> => {
    const { from, to } = await rangeOf(asked);
    return readUsage(principal, asked, from, to);
  },
});

/** The keys with the most requests in a range, and how many of them were refused. */
export const listTopKeys = query({
  access: "account:usage:read",
  input: { query: usageQuerySchema },
  run: async ({ principal }, { query: asked }) => {
    const { from, to } = await rangeOf(asked);
    const filter = { interval: asked.interval, from: fromUnixSeconds(from), to: fromUnixSeconds(to) };
    return selectTopKeys(principal, filter, LISTED_KEYS);
  },
});

/** Active keys that nobody used since the beginning of a range: candidates for revoking. */
export const listUnusedKeys = query({
  access: "account:usage:read",
  input: { query: z.strictObject({ since: z.int() }) },
  run: async ({ principal }, { query: { since } }) => {
    await flushForReport();
    const { keys, ...all } = await selectUnusedKeys(principal, fromUnixSeconds(since), LISTED_KEYS);
    const toTimes = (key: (typeof keys)[number]) => ({
      ...key,
      created_at: toUnixSeconds(key.created_at),
      last_used_at: toUnixSeconds(key.last_used_at),
    });
    return { keys: keys.map(toTimes), ...all };
  },
});

/** How much of a key's traffic has moved to the token that it got at `since`, for the time of its overlap. */
export const getTokenUse = query({
  access: "account:usage:read",
  input: { query: z.strictObject({ api_key_id: idSchema, since: z.int() }) },
  run: async ({ principal }, { query: { api_key_id, since } }) => {
    await flushForReport();
    const from = fromUnixSeconds(startOf("minute", since));
    const { previous, current, previous_at } = await selectTokenUse(principal, api_key_id, from);
    return { previous, current, previous_at: toUnixSeconds(previous_at) };
  },
});

async function readUsage(principal: Principal, asked: UsageQuery, from: number, to: number): Promise<Usage> {
  const { interval, api_key_id } = asked;
  const filter = { interval, from: fromUnixSeconds(from), to: fromUnixSeconds(to), api_key_id };
  return toUsage(await selectCounts(principal, filter), interval, from, to);
}

/** The range that is asked for: from the start of an interval to a moment that is not in the future. */
async function rangeOf({ from, to, interval }: UsageQuery): Promise<{ from: number; to: number }> {
  checkRange(from, to);
  await flushForReport();
  const now = Math.ceil((await databaseTime()).getTime() / 1000);
  const end = Math.min(to ?? now, now);
  const start = startOf(interval, Math.max(0, from ?? end - DAY));
  const points = Math.ceil((end - start) / INTERVAL_SECONDS[interval]);
  if (points > MAX_POINTS) {
    throw rangeRefused(
      `That is more than ${MAX_POINTS} of one ${interval} each. Ask for less, or for a longer interval.`,
    );
  }
  return { from: start, to: end };
}
