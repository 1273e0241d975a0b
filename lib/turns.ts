export type TurnLimits = {
  /** How many go on at once. */
  atOnce: number;
  /** How many wait. */
  waiting: number;
  /** How long one waits for its turn, before it is turned away. */
  patienceMs: number;
};

/** What is told to who is turned away: that too many wait already, or that the turn did not come in time. */
export type Refusals = { full: () => Error; late: () => Error };

/** Lets a few at once do something and the next wait in order, for a while; it never begins what was refused. */
export class Turns {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly limits: TurnLimits) {}

  /** Runs `work` in its turn. @throws what `refusals` make, when that does not come. */
  async run<T>(work: () => Promise<T>, refusals: Refusals): Promise<T> {
    if (this.running < this.limits.atOnce) this.running++;
    else {
      if (this.waiting.length >= this.limits.waiting) throw refusals.full();
      await this.turn(refusals.late);
    }
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
    }
  }

  private turn(late: () => Error): Promise<void> {
    return new Promise((resolve, reject) => {
      const begin = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(begin), 1);
        reject(late());
      }, this.limits.patienceMs).unref();
      this.waiting.push(begin);
    });
  }

  get idle(): boolean {
    return this.running === 0;
  }
}

/** Turns for each subject by itself; a subject that is at rest takes no memory. */
export class TurnsBySubject {
  private readonly subjects = new Map<string, Turns>();

  constructor(private readonly limits: TurnLimits) {}

  async run<T>(subject: string, work: () => Promise<T>, refusals: Refusals): Promise<T> {
    const turns = this.subjects.get(subject) ?? new Turns(this.limits);
    this.subjects.set(subject, turns);
    try {
      return await turns.run(work, refusals);
    } finally {
      // Only these: others may have begun since they came to rest.
      if (turns.idle && this.subjects.get(subject) === turns) this.subjects.delete(subject);
    }
  }
}
