import type { InstanceRow } from "@/lib/coherence/propagation";

export type Announced =
  | { kind: "subject"; subject: string }
  | { kind: "everything" }
  | { kind: "marker"; change: string; writer: string };
export type Heard = Announced | { kind: "acknowledgement"; change: string; instance: string };

/** A session that listens. What is sent to one whose connection is gone is lost. */
export type Session = { address: string; hear: (heard: Heard[]) => void };

/**
 * The one primary. Every method is one transaction, at one moment; a key's state is how often it was changed. To fence
 * by deleting is a bug that a test plants.
 */
export class Database {
  readonly states: number[];
  private readonly instances = new Map<string, InstanceRow>();
  private readonly sessions = new Set<Session>();

  constructor(
    keys: number,
    private readonly fencing: "mark" | "delete" = "mark",
  ) {
    this.states = Array(keys).fill(0);
  }

  listen(session: Session): void {
    this.sessions.add(session);
  }

  close(session: Session): void {
    this.sessions.delete(session);
  }

  /** A change of `keys` with its announcements; none changes nothing. */
  commit(keys: number[], announced: Announced[]): void {
    for (const key of keys) this.states[key] = (this.states[key] as number) + 1;
    for (const session of this.sessions) session.hear(announced);
  }

  acknowledge(writer: string, change: string, instance: string): void {
    for (const session of this.sessions) {
      if (session.address === writer) session.hear([{ kind: "acknowledgement", change, instance }]);
    }
  }

  register(id: string, former: string[]): void {
    for (const one of former) this.instances.delete(one);
    this.instances.set(id, { id, beat: 1, fenced: false });
  }

  /** False when there is no such instance, or it was fenced. */
  renew(id: string): boolean {
    const row = this.instances.get(id);
    if (!row || row.fenced) return false;
    row.beat++;
    return true;
  }

  readInstances(fence: string[]): InstanceRow[] {
    for (const id of fence) {
      const row = this.instances.get(id);
      if (row && this.fencing === "mark") row.fenced = true;
      else this.instances.delete(id);
    }
    return [...this.instances.values()].map((row) => ({ ...row }));
  }

  remove(rows: InstanceRow[]): void {
    for (const { id, beat } of rows) if (this.instances.get(id)?.beat === beat) this.instances.delete(id);
  }

  leave(ids: string[]): void {
    for (const id of ids) this.instances.delete(id);
  }
}
