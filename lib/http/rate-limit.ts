import { getEnv } from "@/lib/env";
import { AppError } from "@/lib/errors";
import type { HeaderMap } from "@/lib/http/problem";
import { SharedLimiter } from "@/lib/rate-limits/exchange";
import type { Limit } from "@/lib/rate-limits/limiter";
import { postgresStore } from "@/lib/rate-limits/postgres-store";
import { redisStore } from "@/lib/rate-limits/redis-store";
import { atStop } from "@/lib/server/at-stop";

export const POLICIES = {
  key: { name: "key", quota: 6_000, window: 60, subjects: 50_000 },
  organization: { name: "organization", quota: 600_000, window: 60, subjects: 10_000 },
  // Checking tokens is what the instance is for: the limit only keeps one service from taking all of it.
  decision: { name: "decision", quota: 1_200_000, window: 60, subjects: 50_000 },
  wrong_token: { name: "wrong-token", quota: 100, window: 60, subjects: 50_000 },
  setup: { name: "setup", quota: 20, window: 60, subjects: 10_000 },
} as const satisfies Record<string, Limit>;

export type PolicyName = keyof typeof POLICIES;

// Next's bundles and server.ts have separate module state in one process; they count together.
const store = globalThis as { __latchkeyLimits?: SharedLimiter };

/** Counts one request of `subject`; throws 429 past the quota. Returns the headers that tell how much is left. */
export function consume(policyName: PolicyName, subject: string): HeaderMap {
  const policy: Limit = POLICIES[policyName];
  const { allowed, remaining, seconds } = sharedLimiter().count(policy, subject);
  const reset = Math.max(1, Math.ceil(seconds));
  const headers = rateHeaders(policy, remaining, reset);
  if (allowed) return headers;
  throw new RateLimited(
    `At most ${policy.quota} requests in ${policy.window} seconds. Try again in ${reset} s.`,
    reset,
    headers,
  );
}

function sharedLimiter(): SharedLimiter {
  if (!store.__latchkeyLimits) {
    const { redisUrl } = getEnv();
    const limiter = new SharedLimiter(redisUrl === null ? postgresStore() : redisStore(redisUrl));
    store.__latchkeyLimits = limiter;
    atStop(() => limiter.close());
  }
  return store.__latchkeyLimits;
}

/** A 429 that carries its RateLimit headers. */
export class RateLimited extends AppError {
  readonly headers: HeaderMap;
  constructor(message: string, retryAfter: number, headers: HeaderMap) {
    super("rate_limited", message, { retryAfter });
    this.headers = headers;
  }
}

/** draft-ietf-httpapi-ratelimit-headers-10, a draft: names and syntax may still change. */
function rateHeaders(policy: Limit, remaining: number, reset: number): HeaderMap {
  return {
    ratelimit: `"${policy.name}";r=${remaining};t=${reset}`,
    "ratelimit-policy": `"${policy.name}";q=${policy.quota};w=${policy.window}`,
  };
}
