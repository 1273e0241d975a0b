import { AppError } from "@/lib/errors";

type Waiting<Q, A> = { question: Q; since: number; resolve: (answer: A) => void; reject: (reason: unknown) => void };

type Limits = {
  /** How many batches go on at once. */
  atOnce: number;
  /** How many questions one has at most. */
  size: number;
  /** How long a question waits to be sent, before it is refused. */
  patienceMs?: number;
  /** What it is refused with then. */
  refusal?: () => AppError;
};

const PATIENCE_MS = 3_000;

const takesTooLong = (): AppError =>
  new AppError("unavailable", "The database takes too long to answer. Try again.", { retryAfter: 2 });

/**
 * Asks many small questions together. What is asked while earlier batches are under way, or in the same turn of the
 * event loop, waits and goes out as one: alone, a question waits for nothing; under load, a statement serves many.
 * Every question is asked after it was put, so that its answer is never older than the question.
 */
export class Batches<Q, A> {
  private waiting: Waiting<Q, A>[] = [];
  private underWay = 0;
  private isPlanned = false;
  private watch: NodeJS.Timeout | null = null;

  /** @param askAll answers the questions of one batch, in their order. */
  constructor(
    private readonly askAll: (questions: Q[]) => Promise<A[]>,
    private readonly limits: Limits,
  ) {}

  /**
   * The answer to one question, which waits `since` then. Rejects with what made its batch fail, or as `unavailable`
   * when it waited too long.
   */
  ask(question: Q, since = performance.now()): Promise<A> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ question, since, resolve, reject });
      this.plan();
    });
  }

  /** Nothing waits and nothing is under way. */
  get isIdle(): boolean {
    return this.waiting.length === 0 && this.underWay === 0;
  }

  /** After the requests that have arrived together have all put their questions. */
  private plan(): void {
    if (this.underWay >= this.limits.atOnce) this.refuseLate();
    if (this.isPlanned || this.underWay >= this.limits.atOnce) return;
    this.isPlanned = true;
    setImmediate(() => {
      this.isPlanned = false;
      while (this.waiting.length > 0 && this.underWay < this.limits.atOnce) void this.send();
      if (this.waiting.length > 0) this.refuseLate();
    });
  }

  /** What hangs must not gather an ever longer queue behind it, which would go on being answered after its clients. */
  private refuseLate(): void {
    const { patienceMs = PATIENCE_MS, refusal = takesTooLong } = this.limits;
    this.watch ??= setTimeout(() => {
      this.watch = null;
      const late = performance.now() - patienceMs;
      const tooLong = this.waiting.filter(({ since }) => since <= late);
      this.waiting = this.waiting.filter(({ since }) => since > late);
      for (const { reject } of tooLong) reject(refusal());
      if (this.waiting.length > 0) this.refuseLate();
    }, patienceMs / 4).unref();
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

/** Batches for each subject by itself: none waits for another's. A subject that is at rest takes no memory. */
export class BatchesBySubject<Q, A> {
  private readonly subjects = new Map<string, Batches<Q, A>>();

  constructor(
    private readonly askAll: (questions: Q[]) => Promise<A[]>,
    private readonly limits: Limits,
  ) {}

  async ask(subject: string, question: Q, since?: number): Promise<A> {
    const batches = this.subjects.get(subject) ?? new Batches(this.askAll, this.limits);
    this.subjects.set(subject, batches);
    try {
      return await batches.ask(question, since);
    } finally {
      // Another may stand in its place by now.
      if (batches.isIdle && this.subjects.get(subject) === batches) this.subjects.delete(subject);
    }
  }

  /** How many subjects have something waiting or under way. */
  get size(): number {
    return this.subjects.size;
  }
}
