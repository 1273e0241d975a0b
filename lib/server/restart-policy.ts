const STABLE_MS = 30_000;
const MOST_DEATHS = 5;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 10_000;

/** Decides when a worker that died is replaced, and when that is of no use. */
export class RestartPolicy {
  private earlyDeaths = 0;

  /**
   * How long to wait before the next one, in milliseconds; null when workers die again and again soon after their
   * start. One that lived for half a minute was sound: it is replaced at once, and what was before it is forgotten.
   */
  afterDeath(livedMs: number): number | null {
    if (livedMs >= STABLE_MS) {
      this.earlyDeaths = 0;
      return 0;
    }
    this.earlyDeaths += 1;
    if (this.earlyDeaths > MOST_DEATHS) return null;
    return Math.min(FIRST_DELAY_MS * 2 ** (this.earlyDeaths - 1), LONGEST_DELAY_MS);
  }
}
