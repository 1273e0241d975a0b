import type { Interval } from "@/lib/usage/retention";

/** The ranges that the usage pages offer, and how fine each is drawn. */
export const RANGES = {
  "1h": { label: "1 hour", seconds: 3_600, interval: "minute" },
  "24h": { label: "24 hours", seconds: 86_400, interval: "hour" },
  "7d": { label: "7 days", seconds: 7 * 86_400, interval: "hour" },
  "30d": { label: "30 days", seconds: 30 * 86_400, interval: "day" },
  "90d": { label: "90 days", seconds: 90 * 86_400, interval: "day" },
} as const satisfies Record<string, { label: string; seconds: number; interval: Interval }>;

export type Range = keyof typeof RANGES;
export const RANGE_NAMES = Object.keys(RANGES) as Range[];
const DEFAULT_RANGE: Range = "24h";

/** The range that an address names; 24 hours when it names none that there is. */
export function rangeOf(params: Record<string, string | string[] | undefined>): Range {
  return RANGE_NAMES.find((name) => name === params.range) ?? DEFAULT_RANGE;
}

/** The API's query for a range that ends now. Unix seconds. */
export function rangeQuery(range: Range, now: number): { from: string; interval: Interval } {
  const { seconds, interval } = RANGES[range];
  return { from: String(now - seconds), interval };
}

/** For how long a key must not have been used to count as unused: as long as the range, but not less than a week. */
export function idleRange(range: Range): Range {
  return RANGES[range].seconds < RANGES["7d"].seconds ? "7d" : range;
}
