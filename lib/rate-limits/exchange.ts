import { log } from "@/lib/log";
import { onceAMinute } from "@/lib/once-a-minute";
import { type Limit, Limiter, type Verdict } from "@/lib/rate-limits/limiter";
import { SharedClock } from "@/lib/rate-limits/shared-clock";
import type { CountStore } from "@/lib/rate-limits/store";

/** Together with what a round takes, the time within which instances may let pass more than a quota. */
const EXCHANGE_MS = 500;
const AFTER_FAILURE_MS = 2_000;
const MOST_AT_ONCE = 5_000;
/** An answer that takes longer says nothing of the time; and a stop does not wait longer for one. */
const TIMELY_MS = 2_000;

/**
 * A limiter that exchanges counts through a store: soon after something worth telling was counted, and not at all
 * while nothing is. While the store is away, or has not answered, it goes on by itself and keeps what it has to tell.
 */
export class SharedLimiter {
  private readonly clock = new SharedClock();
  private readonly limiter = new Limiter(this.clock.now);
  private timer: NodeJS.Timeout | null = null;
  private underWay: Promise<void> = Promise.resolve();
  /** An exchange that has not begun: it will tell what was counted before it begins. */
  private next: Promise<void> | null = null;
  private isClosed = false;

  constructor(private readonly store: CountStore) {}

  /** Counts one request of `subject`, unless it is refused. Neither waits nor fails. */
  count(limit: Limit, subject: string): Verdict {
    const verdict = this.limiter.count(limit, subject);
    if (this.timer === null && this.limiter.hasWaiting) this.plan(EXCHANGE_MS);
    return verdict;
  }

  /** Tells and learns, now or after the exchange that is under way. Never rejects. */
  exchange(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.next ??= this.underWay.then(() => {
      this.next = null;
      return this.round();
    });
    this.underWay = this.next;
    return this.next;
  }

  /** Tells what is left, as far as the store answers, and lets go of it. */
  async close(): Promise<void> {
    let patience: NodeJS.Timeout | undefined;
    const tooLate = new Promise<void>((resolve) => {
      patience = setTimeout(resolve, TIMELY_MS);
    });
    await Promise.race([this.exchange(), tooLate]);
    clearTimeout(patience);
    this.isClosed = true;
    if (this.timer) clearTimeout(this.timer);
    await this.store.close();
  }

  private async round(): Promise<void> {
    if (this.isClosed) return;
    const additions = this.limiter.take(MOST_AT_ONCE);
    if (additions.length === 0) return;
    const asked = performance.now();
    try {
      const { totals, now } = await this.store.add(additions);
      if (performance.now() - asked < TIMELY_MS) this.clock.learn(now, asked);
      this.limiter.learn(totals);
      if (this.limiter.hasWaiting) this.plan(EXCHANGE_MS);
    } catch (error) {
      this.limiter.giveBack(additions);
      this.plan(AFTER_FAILURE_MS);
      if (onceAMinute("rate-limits")) {
        const reason = error instanceof Error ? error.message : String(error);
        log.warn({ reason }, "rate limits are not shared with the other instances; this one counts by itself");
      }
    }
  }

  private plan(ms: number): void {
    if (this.isClosed) return;
    this.timer ??= setTimeout(() => void this.exchange(), ms).unref();
  }
}
