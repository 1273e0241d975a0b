import type { CountRow } from "@/lib/usage/repository";
import type { Interval } from "@/lib/usage/retention";
import type { Usage, UsagePoint } from "@/lib/usage/schema";

export const INTERVAL_SECONDS = { minute: 60, hour: 3_600, day: 86_400 } as const satisfies Record<Interval, number>;

/** The start of the interval that a moment falls in, in UTC. Unix seconds. */
export const startOf = (interval: Interval, seconds: number): number =>
  seconds - (seconds % INTERVAL_SECONDS[interval]);

/** Counts as JSON: a point for every interval from `from` (the start of one) on and before `to`. Unix seconds. */
export function toUsage(rows: readonly CountRow[], interval: Interval, from: number, to: number): Usage {
  const points = new Map<number, UsagePoint>();
  for (let at = from; at < to; at += INTERVAL_SECONDS[interval]) points.set(at, { at, allowed: 0, denied: {} });
  const total: Usage["total"] = { allowed: 0, denied: {}, previous_token: 0 };
  for (const row of rows) {
    const point = points.get(row.at);
    if (!point) continue;
    addTo(point, row);
    addTo(total, row);
    if (row.previous_token) total.previous_token += row.count;
  }
  return { data: [...points.values()], total };
}

type Counts = { allowed: number; denied: Record<string, number> };

function addTo(counts: Counts, { outcome, count }: CountRow): void {
  if (outcome === "VALID") counts.allowed += count;
  else counts.denied[outcome] = (counts.denied[outcome] ?? 0) + count;
}

/** All refusals together. */
export const deniedIn = ({ denied }: Counts): number => Object.values(denied).reduce((sum, count) => sum + count, 0);
