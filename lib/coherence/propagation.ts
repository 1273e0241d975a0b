import { LEASE_MS } from "@/lib/coherence/lease";

/** A row of `instances`, as one read has it. `beat` goes up with every renewal, and never again once it is fenced. */
export type InstanceRow = { id: string; beat: number; fenced: boolean };

/** How a change ended: in force on so many instances after so long, or nobody can say. */
export type Outcome = { confirmed: true; instances: number; ms: number } | { confirmed: false };

export type PropagationPort = {
  /**
   * Fences `fence` (`UPDATE instances SET fenced = true WHERE id = ANY(…)`), if it names any, and afterwards reads all
   * rows of `instances`, from the primary and in a snapshot taken after this call. Answered by `instancesRead` with
   * the same `read`, or by `readFailed`. After a second without an answer it is asked again, with another number.
   */
  readInstances(read: number, fence: string[]): void;
  /** `DELETE FROM instances WHERE id = … AND beat = …` for each: their leases have certainly run out. No answer. */
  remove(rows: InstanceRow[]): void;
  /** Notifies the markers of these changes once more: what was acknowledged may not have been heard. No answer. */
  announce(changes: string[]): void;
};

/** How long an instance has to acknowledge before it is fenced. */
export const ACKNOWLEDGE_MS = 1_000;
/** How long a change waits altogether, where the database cannot be reached meanwhile. */
export const GIVE_UP_MS = 10_000;
const READ_TIMEOUT_MS = 1_000;
const READ_AGAIN_MS = 100;

type Seen = { beat: number; since: number; fenced: boolean };

type Change = {
  acknowledged: Set<string>;
  /** Which stretch of hearing its marker belongs to. */
  hearing: number;
  /** Set by the COMMIT. */
  waits: Waiting | null;
};
type Waiting = {
  committedAt: number;
  /** Only a read with a higher number was sent after the COMMIT. */
  afterRead: number;
  fenceAt: number;
  /** Null until such a read is answered. */
  instances: Set<string> | null;
  acknowledgedBy: number;
  done: (outcome: Outcome) => void;
};

/**
 * The writer's side: a change is in force when every instance has acknowledged it, or has certainly lost its lease. It
 * goes by the monotonic clock alone: that one may stand still, and then the wait is longer.
 */
export class Propagation {
  private readonly changes = new Map<string, Change>();
  private readonly seen = new Map<string, Seen>();
  private readonly gone = new Set<string>();
  private readonly readSentAt = new Map<number, number>();
  private lastRead = 0;
  private hearing = 0;
  private retryAt = 0;

  constructor(
    private readonly now: () => number,
    private readonly port: PropagationPort,
  ) {}

  /** Instances that hold a lease as far as is known here. */
  get instances(): number {
    let live = 0;
    for (const { fenced, since } of this.seen.values()) if (!fenced && this.now() - since < LEASE_MS) live++;
    return live;
  }

  /** Before the COMMIT: from now on acknowledgements of `change` count. */
  expect(change: string): void {
    this.changes.set(change, { acknowledged: new Set(), hearing: this.hearing, waits: null });
  }

  /** The COMMIT has been answered. `done` is called once, when the change is in force everywhere. */
  committed(change: string, done: (outcome: Outcome) => void): void {
    const expected = this.changes.get(change);
    if (!expected) throw new Error("A change is expected before it is committed.");
    const committedAt = this.now();
    expected.waits = {
      committedAt,
      afterRead: this.lastRead,
      fenceAt: committedAt + ACKNOWLEDGE_MS,
      instances: null,
      acknowledgedBy: 0,
      done,
    };
    if (expected.hearing !== this.hearing) this.port.announce([change]);
    this.advance();
  }

  /** The change was not made, or nobody waits for it. */
  abandoned(change: string): void {
    this.changes.delete(change);
  }

  /** `instance` has evicted what `change` changed. False when nobody here waits for that. */
  acknowledged(change: string, instance: string): boolean {
    const waiting = this.changes.get(change);
    if (!waiting) return false;
    waiting.acknowledged.add(instance);
    this.settle(change, waiting);
    return true;
  }

  /** This process has forgotten what it knew under the id `instance`, and will not use that id again. */
  forgotten(instance: string): void {
    this.gone.add(instance);
    for (const [id, change] of this.changes) {
      change.waits?.instances?.delete(instance);
      this.settle(id, change);
    }
  }

  /** Acknowledgements can be heard again: those that were missed are asked for once more. */
  heardAgain(): void {
    this.hearing++;
    const missed: string[] = [];
    for (const [id, { waits }] of this.changes) {
      if (!waits) continue;
      waits.fenceAt = this.now() + ACKNOWLEDGE_MS;
      missed.push(id);
    }
    if (missed.length > 0) this.port.announce(missed);
  }

  /** Asks for the instances, so that a change knows how long the silent ones have been silent. */
  look(): void {
    if (!this.isReading) this.read([]);
  }

  instancesRead(read: number, rows: InstanceRow[]): void {
    const sentAt = this.readSentAt.get(read);
    if (sentAt === undefined) return;
    this.readSentAt.delete(read);
    const live = this.observe(sentAt, rows);
    for (const [id, { waits }] of this.changes) if (waits && read > waits.afterRead) this.reckon(id, live);
    this.advance();
  }

  readFailed(read: number): void {
    if (!this.readSentAt.delete(read)) return;
    this.retryAt = this.now() + READ_AGAIN_MS;
  }

  /** Does what is due by now. */
  tick(): void {
    for (const [read, sentAt] of this.readSentAt) {
      if (this.now() - sentAt >= GIVE_UP_MS) this.readSentAt.delete(read);
    }
    this.advance();
  }

  /** When `tick` is due next, by the monotonic clock. */
  get due(): number {
    let due = this.isReading ? Number.POSITIVE_INFINITY : this.needsRead() ? this.retryAt : Number.POSITIVE_INFINITY;
    if (this.isReading) due = Math.min(due, this.readAgainAt);
    for (const { waits } of this.changes.values()) {
      if (!waits) continue;
      due = Math.min(due, waits.committedAt + GIVE_UP_MS);
      if (waits.fenceAt > this.now()) due = Math.min(due, waits.fenceAt);
      for (const id of waits.instances ?? []) {
        const seen = this.seen.get(id);
        if (seen?.fenced) due = Math.min(due, seen.since + LEASE_MS);
      }
    }
    return due;
  }

  /**
   * Notes the beats, and returns the instances that may hold a lease. One has lost it when its beat has not moved for a
   * whole lease until after this read was sent: a renewal that comes later finds the lease ended, and begins anew.
   */
  private observe(sentAt: number, rows: InstanceRow[]): string[] {
    const ids = new Set(rows.map(({ id }) => id));
    for (const id of this.seen.keys()) if (!ids.has(id)) this.seen.delete(id);
    const live: string[] = [];
    const ended: InstanceRow[] = [];
    for (const row of rows) {
      const before = this.seen.get(row.id);
      if (!before || row.beat > before.beat) this.seen.set(row.id, { ...row, since: this.now() });
      else if (row.fenced) before.fenced = true;
      if (this.gone.has(row.id)) continue;
      if (before?.beat === row.beat && sentAt - before.since >= LEASE_MS) ended.push(row);
      else live.push(row.id);
    }
    if (ended.length > 0) this.port.remove(ended);
    return live;
  }

  /** After the COMMIT of `change`, the instances `live` may have held a lease. */
  protected reckon(change: string, live: string[]): void {
    const found = this.changes.get(change);
    if (!found?.waits) return;
    const { acknowledged, waits } = found;
    const unheard = live.filter((one) => !acknowledged.has(one));
    // One that came later began with nothing: it is not added to those that are waited for.
    const known = waits.instances;
    if (!known) waits.acknowledgedBy = live.length - unheard.length;
    waits.instances = new Set(known ? unheard.filter((one) => known.has(one)) : unheard);
    this.settle(change, found);
  }

  private advance(): void {
    for (const [id, change] of this.changes) this.settle(id, change);
    if (!this.isReading && this.now() >= this.retryAt && this.needsRead()) this.read(this.unheard());
  }

  private get isReading(): boolean {
    return this.readSentAt.size > 0 && this.now() < this.readAgainAt;
  }

  /** When the last read is taken for slow, and another is sent beside it. */
  private get readAgainAt(): number {
    return (this.readSentAt.get(this.lastRead) ?? Number.NEGATIVE_INFINITY) + READ_TIMEOUT_MS;
  }

  private needsRead(): boolean {
    for (const { waits } of this.changes.values()) if (waits && waits.instances === null) return true;
    return this.unheard().length > 0;
  }

  /** The instances that have had their time to acknowledge something and are not fenced yet. */
  private unheard(): string[] {
    const silent = new Set<string>();
    for (const { waits } of this.changes.values()) {
      if (!waits?.instances || this.now() < waits.fenceAt) continue;
      for (const id of waits.instances) if (!this.seen.get(id)?.fenced) silent.add(id);
    }
    return [...silent];
  }

  private read(fence: string[]): void {
    const read = ++this.lastRead;
    this.readSentAt.set(read, this.now());
    this.port.readInstances(read, fence);
  }

  private settle(id: string, { acknowledged, waits }: Change): void {
    if (!waits) return;
    const ms = this.now() - waits.committedAt;
    if (waits.instances) {
      for (const one of waits.instances) {
        if (acknowledged.has(one)) waits.acknowledgedBy++;
        if (acknowledged.has(one) || this.hasEnded(one)) waits.instances.delete(one);
      }
      if (waits.instances.size === 0) {
        this.changes.delete(id);
        waits.done({ confirmed: true, instances: waits.acknowledgedBy, ms });
        return;
      }
    }
    if (ms < GIVE_UP_MS) return;
    this.changes.delete(id);
    waits.done({ confirmed: false });
  }

  /** A fenced instance cannot renew: its lease ends by itself, and needs no further look. */
  private hasEnded(instance: string): boolean {
    if (this.gone.has(instance)) return true;
    const seen = this.seen.get(instance);
    return seen?.fenced === true && this.now() - seen.since >= LEASE_MS;
  }
}
