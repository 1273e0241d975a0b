type Waiting<Q, A> = { question: Q; resolve: (answer: A) => void; reject: (reason: unknown) => void };

/**
 * Asks many small questions together. What is asked while earlier batches are under way, or in the same turn of the
 * event loop, waits and goes out as one: alone, a question waits for nothing; under load, a statement serves many.
 * Every question is asked after it was put, so that its answer is never older than the question.
 */
export class Batches<Q, A> {
  private waiting: Waiting<Q, A>[] = [];
  private underWay = 0;
  private isPlanned = false;

  /**
   * @param askAll answers the questions of one batch, in their order.
   * @param limits how many batches go on at once, and how many questions one has at most.
   */
  constructor(
    private readonly askAll: (questions: Q[]) => Promise<A[]>,
    private readonly limits: { atOnce: number; size: number },
  ) {}

  /** The answer to one question. Rejects with what made its batch fail. */
  ask(question: Q): Promise<A> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ question, resolve, reject });
      this.plan();
    });
  }

  /** After the requests that have arrived together have all put their questions. */
  private plan(): void {
    if (this.isPlanned || this.underWay >= this.limits.atOnce) return;
    this.isPlanned = true;
    setImmediate(() => {
      this.isPlanned = false;
      while (this.waiting.length > 0 && this.underWay < this.limits.atOnce) void this.send();
    });
  }

  private async send(): Promise<void> {
    const batch = this.waiting.splice(0, this.limits.size);
    this.underWay++;
    try {
      const answers = await this.askAll(batch.map(({ question }) => question));
      batch.forEach(({ resolve }, i) => {
        resolve(answers[i] as A);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      this.underWay--;
      if (this.waiting.length > 0) this.plan();
    }
  }
}
