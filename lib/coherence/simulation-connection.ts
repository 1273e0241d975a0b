import type { Database, Heard, Session } from "@/lib/coherence/simulation-database";
import type { Machine } from "@/lib/coherence/simulation-machine";
import type { Chance, Timeline } from "@/lib/coherence/simulation-world";

/** The owner of a connection. */
type Owner = {
  connected: () => void;
  disconnected: (wasConnected: boolean) => void;
  heard: (heard: Heard) => void;
};

const CONNECT_MS = 2_000;
const NOTICED_MS = 500;

/** Messages of one direction and kind: none overtakes another. */
class Lane {
  private last = 0;

  /** When a message arrives that takes `travel` from now. */
  arrival(now: number, travel: number): number {
    this.last = Math.max(this.last + 1e-6, now + travel);
    return this.last;
  }
}

/**
 * A connection that listens. Statements keep their order, answers theirs and notifications theirs; a notification may
 * come after the answer to a later statement. After a message that was lost nothing more arrives.
 */
export class Connection {
  private readonly there = new Lane();
  private readonly back = new Lane();
  private readonly notices = new Lane();
  private isSevered = false;
  private isLost = false;
  private closing: () => void = () => {};
  private isOver = false;
  private isConnected = false;

  constructor(
    private readonly timeline: Timeline,
    private readonly chance: Chance,
    private readonly machine: Machine,
    private readonly owner: Owner,
  ) {}

  open(database: Database, address: string): void {
    const session: Session = { address, hear: (heard) => this.notify(heard) };
    this.machine.timer(CONNECT_MS, () => {
      if (!this.isConnected) this.sever(true);
    });
    this.query(
      () => database.listen(session),
      () => {
        this.isConnected = true;
        this.owner.connected();
      },
    );
    this.closing = () => database.close(session);
  }

  query<T>(execute: () => T, answered: (result: T) => void): void {
    this.carry("to", this.there, () => {
      const result = execute();
      this.carry("from", this.back, () => this.machine.run(this.back, () => this.whileOpen(() => answered(result))));
    });
  }

  /** Breaks it. Its owner notices `atOnce`, or some time later, and the database later still. */
  sever(atOnce: boolean): void {
    this.isSevered = true;
    const over = () => this.machine.run(this, () => this.end());
    if (atOnce) this.timeline.after(0, over);
    else this.timeline.after(this.chance.wait(NOTICED_MS), over);
    this.timeline.after(this.chance.wait(NOTICED_MS), () => this.closing());
  }

  private notify(heard: Heard[]): void {
    const groups = heard.length > 1 && this.chance.is(0.3) ? heard.map((one) => [one]) : [heard];
    for (const group of groups) {
      this.carry("from", this.notices, () => {
        this.machine.run(this.notices, () => {
          for (const one of group) this.whileOpen(() => this.isConnected && this.owner.heard(one));
        });
      });
    }
  }

  private carry(direction: "to" | "from", lane: Lane, arrived: () => void): void {
    if (this.isSevered) return;
    const travel = this.machine.travel(direction) + (lane === this.notices ? this.machine.lateness() : 0);
    if (travel === Number.POSITIVE_INFINITY) {
      this.sever(false);
      return;
    }
    this.timeline.at(lane.arrival(this.timeline.now, travel), () => {
      // What was under way when it broke may still arrive.
      if (!this.isSevered || this.chance.is(0.5)) arrived();
      else this.isLost = true;
    });
  }

  private whileOpen(act: () => void): void {
    if (!this.isOver && !this.isLost) act();
  }

  private end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.owner.disconnected(this.isConnected);
  }
}
