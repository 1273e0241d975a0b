import type { Traffic } from "@/scripts/demo/keys";

/** A stream of numbers in [0, 1) that is the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Share of a day's requests per hour of the day, in UTC; each sums up to 1. */
const HOURS: Record<"even" | "work" | "night", number[]> = {
  even: normal([...range(24)].map((hour) => 1 + 0.35 * Math.sin(((hour - 9) / 24) * 2 * Math.PI))),
  work: normal(
    [...range(24)].map((hour) => 0.08 + Math.exp(-(((hour - 10) / 2.4) ** 2)) + Math.exp(-(((hour - 15) / 2.6) ** 2))),
  ),
  night: normal([...range(24)].map((hour) => 0.05 + 2 * Math.exp(-(((hour - 2.5) / 1.4) ** 2)))),
};

/**
 * Requests in the hour that begins at `hour` (Unix seconds), `daysAgo` days before the end of the story. Follows the
 * day, the week and the key's own growth; `random` adds some 15 % of unevenness.
 */
export function requestsInHour(
  { perDay, shape }: Traffic,
  hour: number,
  daysAgo: number,
  random: () => number,
): number {
  const date = new Date(hour * 1000);
  const isWeekend = date.getUTCDay() === 0 || date.getUTCDay() === 6;
  const profile = shape === "office" ? HOURS.work : shape === "nightly" ? HOURS.night : HOURS.even;
  const week = isWeekend ? WEEKEND[shape] : 1;
  const trend = shape === "growing" ? 1.15 - daysAgo / 110 : shape === "fading" ? daysAgo / 90 : 1;
  const expected = perDay * (profile[date.getUTCHours()] ?? 0) * week * Math.max(trend, 0.02);
  return Math.floor(expected * (0.85 + 0.3 * random()) + random());
}

const WEEKEND = { steady: 0.82, office: 0.12, nightly: 0.9, growing: 0.88, fading: 0.7 };

function normal(weights: number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

function* range(end: number): Generator<number> {
  for (let i = 0; i < end; i++) yield i;
}
