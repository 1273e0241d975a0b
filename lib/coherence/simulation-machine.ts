import type { Clock } from "@/lib/coherence/lease";
import type { Chance, Timeline, Weather } from "@/lib/coherence/simulation-world";

/** The longest pause, and the longest time that a message takes by itself. */
const PAUSE_MS = 5_000;
const TRAVEL_MS = 4_000;
const LATE_MS = 1_000;

/** Where a process runs: its clocks, its pauses, its way to the database and back. */
export class Machine {
  private readonly monotonicRate: number;
  private readonly wallRate: number;
  private wallOffset: number;
  private frozenMs = 0;
  private suspendedAt: number | null = null;
  private pausedUntil = 0;
  private inbox: { lane: object; act: () => void }[] = [];
  private cutTo = 0;
  private cutFrom = 0;

  constructor(
    protected readonly timeline: Timeline,
    protected readonly chance: Chance,
    private readonly weather: Weather,
  ) {
    const rate = () => (chance.is(0.5) ? chance.pick([0.9, 1.1]) : chance.between(0.9, 1.1));
    this.monotonicRate = rate();
    this.wallRate = chance.is(0.5) ? this.monotonicRate : rate();
    this.wallOffset = chance.between(0, 1_000_000);
  }

  readonly clock: Clock = {
    monotonic: () => ((this.suspendedAt ?? this.timeline.now) - this.frozenMs) * this.monotonicRate,
    wall: () => this.timeline.now * this.wallRate + this.wallOffset,
  };

  get isPaused(): boolean {
    return this.timeline.now < this.pausedUntil;
  }

  /** Nothing runs for `ms`; with `suspended`, the monotonic clock stands still too. */
  pause(ms: number, suspended: boolean): void {
    if (this.isPaused) return;
    const { now } = this.timeline;
    this.pausedUntil = now + Math.min(ms, PAUSE_MS);
    if (suspended) this.suspendedAt = now;
    this.timeline.at(this.pausedUntil, () => {
      if (this.suspendedAt !== null) this.frozenMs += this.timeline.now - this.suspendedAt;
      this.suspendedAt = null;
      this.catchUp();
    });
  }

  setWall(byMs: number): void {
    this.wallOffset += byMs;
  }

  partition(ms: number, to: boolean, from: boolean): void {
    if (to) this.cutTo = Math.max(this.cutTo, this.timeline.now + ms);
    if (from) this.cutFrom = Math.max(this.cutFrom, this.timeline.now + ms);
  }

  /** The end of all that is wrong here. */
  heal(): void {
    this.cutTo = 0;
    this.cutFrom = 0;
  }

  /** Runs `act` here: at once, or after the pause, in order within its lane and in any order beside the others. */
  run(lane: object, act: () => void): void {
    if (this.isPaused) this.inbox.push({ lane, act });
    else act();
  }

  /** Calls back after `ms` of the monotonic clock, a little late as timers are. */
  timer(ms: number, act: () => void): void {
    this.timeline.after(ms / this.monotonicRate + this.chance.next() * 2, () => this.run(act, act));
  }

  /** How long a message takes to the database or from it; Infinity when it is lost. */
  travel(direction: "to" | "from"): number {
    const held = (direction === "to" ? this.cutTo : this.cutFrom) - this.timeline.now;
    if (held > 0 && this.chance.is(0.5)) return Number.POSITIVE_INFINITY;
    return Math.max(held, 0) + this.delay();
  }

  /** How much longer a notification takes. */
  lateness(): number {
    return this.chance.next() < this.weather.late ? Math.min(this.chance.wait(LATE_MS), TRAVEL_MS) : 0;
  }

  /** True when a statement over the pool gets lost. */
  losesQuery(): boolean {
    return this.chance.next() < this.weather.lostQueries;
  }

  private delay(): number {
    const { slow, slowMs } = this.weather;
    return this.chance.next() < slow ? Math.min(this.chance.wait(slowMs), TRAVEL_MS) : 0.1 + this.chance.next();
  }

  private catchUp(): void {
    const waiting = this.inbox;
    this.inbox = [];
    while (waiting.length > 0) {
      const { lane } = this.chance.pick(waiting);
      const first = waiting.findIndex((one) => one.lane === lane);
      for (const { act } of waiting.splice(first, 1)) act();
    }
  }
}
