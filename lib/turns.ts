/** Lets a few at once do something and the next wait in order; who comes when the queue is full is turned away. */
export class Turns {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly parallel: number,
    private readonly queue: number,
  ) {}

  /** Runs `work` in its turn. @throws what `refusal` makes, when too many wait already. */
  async run<T>(work: () => Promise<T>, refusal: () => Error): Promise<T> {
    if (this.running < this.parallel) this.running++;
    else {
      if (this.waiting.length >= this.queue) throw refusal();
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
    }
  }

  get idle(): boolean {
    return this.running === 0;
  }
}

/** Turns for each subject by itself; a subject that is at rest takes no memory. */
export class TurnsBySubject {
  private readonly subjects = new Map<string, Turns>();

  constructor(
    private readonly parallel: number,
    private readonly queue: number,
  ) {}

  async run<T>(subject: string, work: () => Promise<T>, refusal: () => Error): Promise<T> {
    const turns = this.subjects.get(subject) ?? new Turns(this.parallel, this.queue);
    this.subjects.set(subject, turns);
    try {
      return await turns.run(work, refusal);
    } finally {
      // Only these: others may have begun since they came to rest.
      if (turns.idle && this.subjects.get(subject) === turns) this.subjects.delete(subject);
    }
  }
}
