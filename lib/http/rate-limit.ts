import { LRUCache } from "lru-cache";
import { AppError } from "@/lib/errors";
import type { HeaderMap } from "@/lib/http/problem";

/** `quota` requests in each `window` seconds. Memory is bounded by `subjects`: the least recent are forgotten. */
type Policy = { name: string; quota: number; window: number; subjects: number };

export const POLICIES = {
  key: { name: "key", quota: 6_000, window: 60, subjects: 50_000 },
  organization: { name: "organization", quota: 600_000, window: 60, subjects: 10_000 },
  // Checking tokens is what the instance is for: the limit only keeps one service from taking all of it.
  decision: { name: "decision", quota: 1_200_000, window: 60, subjects: 50_000 },
  wrong_token: { name: "wrong-token", quota: 100, window: 60, subjects: 50_000 },
  setup: { name: "setup", quota: 20, window: 60, subjects: 10_000 },
} as const satisfies Record<string, Policy>;

export type PolicyName = keyof typeof POLICIES;

type Window = { used: number; ends: number };
const store = globalThis as { __latchkeyLimits?: Map<PolicyName, LRUCache<string, Window>> };

/** Counts one request of `subject`; throws 429 past the quota. Returns the headers that tell how much is left. */
export function consume(policyName: PolicyName, subject: string): HeaderMap {
  const policy: Policy = POLICIES[policyName];
  store.__latchkeyLimits ??= new Map();
  let windows = store.__latchkeyLimits.get(policyName);
  if (!windows) {
    windows = new LRUCache({ max: policy.subjects });
    store.__latchkeyLimits.set(policyName, windows);
  }
  const now = performance.now() / 1000;
  let current = windows.get(subject);
  if (!current || current.ends <= now) {
    current = { used: 0, ends: now + policy.window };
    windows.set(subject, current);
  }
  current.used++;
  const reset = Math.max(1, Math.ceil(current.ends - now));
  const headers = rateHeaders(policy, Math.max(0, policy.quota - current.used), reset);
  if (current.used > policy.quota) {
    throw new RateLimited(
      `At most ${policy.quota} requests in ${policy.window} seconds. Try again in ${reset} s.`,
      reset,
      headers,
    );
  }
  return headers;
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
function rateHeaders(policy: Policy, remaining: number, reset: number): HeaderMap {
  return {
    ratelimit: `"${policy.name}";r=${remaining};t=${reset}`,
    "ratelimit-policy": `"${policy.name}";q=${policy.quota};w=${policy.window}`,
  };
}
