const monotonic = (): number => performance.now() / 1000;

/** Seconds since the epoch by the store's clock, so that instances begin a period together. Its own until it learns. */
export class SharedClock {
  private ahead = Date.now() / 1000 - monotonic();

  now = (): number => monotonic() + this.ahead;

  /** The store said `seconds` in an answer that came now, to a question put at `asked` (milliseconds, monotonic). */
  learn(seconds: number, asked: number): void {
    if (Number.isFinite(seconds)) this.ahead = seconds - (asked / 1000 + monotonic()) / 2;
  }
}
