import { LRUCache } from "lru-cache";
import { type Counts, placeOf, untilOneFits, usedOf } from "@/lib/rate-limits/sliding-window";

/** `quota` requests in any `window` seconds. Memory is bounded by `subjects`: the least recent are forgotten. */
export type Limit = { name: string; quota: number; window: number; subjects: number };

/** Whether a request may pass. `seconds` is until the period ends or, for a refused one, until another may pass. */
export type Verdict = { allowed: boolean; remaining: number; seconds: number };

/** How much an instance adds to what a subject used in a period of a limit. */
export type Addition = { limit: Limit; subject: string; period: number; count: number };
/** What all instances together know then: of that period and of the one before it. */
export type Total = { limit: Limit; subject: string; period: number; count: number; previous: number };

/** A subject's use. `told` of what was counted here is with the store; `others` is what it knew of other instances. */
type Tally = {
  limit: Limit;
  subject: string;
  period: number;
  here: number;
  told: number;
  others: number;
  previous: number;
  /** Counted here in the period before, and not told. */
  late: number;
};

/** Additions that wait for the store at most; what comes beyond is counted here alone. */
const MAX_WAITING = 50_000;

/**
 * Counts here and at once, and exchanges with a store what it counted for what others did. Until the exchange an
 * instance knows only its own, so all of them together may let pass more than the quota: at most what they count
 * between two exchanges, and what is too little to be told.
 */
export class Limiter {
  private readonly tallies = new Map<string, LRUCache<string, Tally>>();
  private readonly waiting = new Set<Tally>();

  /** @param now seconds since the epoch, by a clock that the instances share. */
  constructor(private readonly now: () => number) {}

  /** Counts one request of `subject`, unless it is refused. */
  count(limit: Limit, subject: string): Verdict {
    const place = placeOf(this.now(), limit.window);
    const tally = this.tallyOf(limit, subject, place.period);
    // A clock that was set back by a little does not open the past again.
    const passed = tally.period > place.period ? 0 : place.passed;
    const counts: Counts = { current: tally.here + tally.others, previous: tally.previous };
    const wait = untilOneFits(counts, passed, limit.quota);
    if (wait > 0) return { allowed: false, remaining: 0, seconds: wait * limit.window };
    tally.here++;
    if (isWorthTelling(tally) && this.waiting.size < MAX_WAITING) this.waiting.add(tally);
    const remaining = Math.max(0, Math.floor(limit.quota - 1 - usedOf(counts, passed)));
    return { allowed: true, remaining, seconds: (1 - passed) * limit.window };
  }

  get hasWaiting(): boolean {
    return this.waiting.size > 0;
  }

  /** Hands out up to `most` additions. They count as told until they are given back. */
  take(most: number): Addition[] {
    const additions: Addition[] = [];
    for (const tally of this.waiting) {
      if (additions.length >= most) break;
      this.waiting.delete(tally);
      const { limit, subject, period } = tally;
      // One that was forgotten for want of room, and begun anew since, would be in the statement twice.
      if (this.tallies.get(limit.name)?.peek(subject) !== tally) continue;
      if (tally.here > tally.told) additions.push({ limit, subject, period, count: tally.here - tally.told });
      if (tally.late > 0) additions.push({ limit, subject, period: period - 1, count: tally.late });
      tally.told = tally.here;
      tally.late = 0;
    }
    return additions;
  }

  /** Takes back what the store did not get. */
  giveBack(additions: Addition[]): void {
    for (const { limit, subject, period, count } of additions) {
      const tally = this.tallies.get(limit.name)?.get(subject);
      if (tally?.period === period) tally.told -= count;
      else if (tally?.period === period + 1) tally.late += count;
      else continue;
      this.waiting.add(tally);
    }
  }

  /** Learns what all instances counted. A store that forgot does not make this instance forget. */
  learn(totals: Total[]): void {
    for (const { limit, subject, period, count, previous } of totals) {
      const tally = this.tallies.get(limit.name)?.peek(subject);
      if (tally?.period === period) {
        tally.others = Math.max(tally.others, count - tally.told);
        tally.previous = Math.max(tally.previous, previous);
      } else if (tally?.period === period + 1) {
        tally.previous = Math.max(tally.previous, count);
      }
    }
  }

  private tallyOf(limit: Limit, subject: string, period: number): Tally {
    let tallies = this.tallies.get(limit.name);
    if (!tallies) {
      tallies = new LRUCache({ max: limit.subjects });
      this.tallies.set(limit.name, tallies);
    }
    let tally = tallies.get(subject);
    if (!tally) {
      tally = { limit, subject, period, here: 0, told: 0, others: 0, previous: 0, late: 0 };
      tallies.set(subject, tally);
    } else if (tally.period !== period) this.turn(tally, period);
    return tally;
  }

  /** Moves on to another period. */
  private turn(tally: Tally, period: number): void {
    if (period === tally.period - 1) return;
    const isNext = period === tally.period + 1;
    tally.late = isNext && tally.told > 0 ? tally.here - tally.told : 0;
    tally.previous = isNext ? tally.here + tally.others : 0;
    tally.here = tally.told = tally.others = 0;
    tally.period = period;
    if (tally.late > 0) this.waiting.add(tally);
    else this.waiting.delete(tally);
  }
}

/** Whether the others should be told: from a hundredth of the quota on, and always once they have been told of it. */
function isWorthTelling({ limit, here, told, late }: Tally): boolean {
  return told > 0 || late > 0 || here - told >= Math.max(1, Math.floor(limit.quota / 100));
}
