/** The clocks of one process, in milliseconds. */
export type Clock = {
  /** Never set back or forward; may stand still while the machine is suspended. */
  monotonic(): number;
  /** Goes on while the machine is suspended; may be set to another time. */
  wall(): number;
};

export type Moment = { readonly monotonic: number; readonly wall: number };

/** How long others wait, by their monotonic clock, before they take a lease for ended. */
export const LEASE_MS = 3_000;

/**
 * How long a holder relies on its lease: 20 % less, so that a clock that goes 10 % slow here and one that goes 10 % fast
 * there still agree that it has ended here first.
 */
export const HOLD_MS = 2_400;

/**
 * The right to answer from memory. It counts from before its renewal was sent and ends by whichever clock is further
 * on, so that neither a suspended machine nor a wall clock that was set back prolongs it.
 */
export class Lease {
  private sentMonotonic = Number.NEGATIVE_INFINITY;
  private sentWall = Number.NEGATIVE_INFINITY;
  private readonly listeners: (() => void)[] = [];

  constructor(
    protected readonly clock: Clock,
    private readonly holdMs = HOLD_MS,
  ) {}

  /** True while memory may be relied on. Reads the clocks each time: no timer can be trusted to have fired. */
  get held(): boolean {
    return this.clock.monotonic() - this.sentMonotonic < this.holdMs && this.clock.wall() - this.sentWall < this.holdMs;
  }

  /** The moment to be given to `granted` later. Taken BEFORE the renewal is sent. */
  begin(): Moment {
    return { monotonic: this.clock.monotonic(), wall: this.clock.wall() };
  }

  /**
   * The renewal that was begun at `sentAt` has been answered. Where the lease had ended by now, changes may have passed
   * unheard: it begins anew, and whoever listens forgets what it knew.
   */
  granted(sentAt: Moment): void {
    if (sentAt.monotonic <= this.sentMonotonic) return;
    if (!this.held) this.ended();
    this.sentMonotonic = sentAt.monotonic;
    this.sentWall = sentAt.wall;
  }

  /** The connection is gone, or someone has fenced this instance. */
  lost(): void {
    this.sentMonotonic = Number.NEGATIVE_INFINITY;
    this.sentWall = Number.NEGATIVE_INFINITY;
    this.ended();
  }

  /** `listener` is called when the lease was lost, and before it begins anew. */
  onEnd(listener: () => void): void {
    this.listeners.push(listener);
  }

  protected ended(): void {
    for (const listener of this.listeners) listener();
  }
}
