/**
 * What was counted in a period of `window` seconds and in the one before it. Both are numbered from the epoch, so that
 * instances whose clocks agree speak of the same ones.
 */
export type Counts = { current: number; previous: number };

/** A moment's place: its period, and how much of that has passed, from 0 up to 1. */
export type Place = { period: number; passed: number };

/** Where `seconds` since the epoch lie in windows of `window` seconds. */
export function placeOf(seconds: number, window: number): Place {
  const position = seconds / window;
  const period = Math.floor(position);
  return { period, passed: position - period };
}

/**
 * How many count against the quota now: the current period's, and of the one before as much as still reaches into the
 * last `window` seconds, taken as evenly spread. So nobody gets two quotas at the turn of a period.
 */
export const usedOf = ({ current, previous }: Counts, passed: number): number => current + previous * (1 - passed);

/** Windows from now until one more fits within `quota`, when nothing else is counted; 0 if one fits already. */
export function untilOneFits(counts: Counts, passed: number, quota: number): number {
  const room = quota - 1;
  if (usedOf(counts, passed) <= room) return 0;
  const { current, previous } = counts;
  if (current <= room) return 1 - (room - current) / previous - passed;
  // What is current now is what will be fading then.
  return 1 - passed + (1 - room / current);
}
