import type { KeyCache } from "@/lib/coherence/key-cache";
import type { Clock, Lease, Moment } from "@/lib/coherence/lease";
import type { Outcome, Propagation, PropagationPort } from "@/lib/coherence/propagation";

/**
 * What the protocol asks of the world. Nothing here returns anything: answers come back as calls of `Coherence`, later.
 * `register`, `renew` and `acknowledge` go over the listening connection, in order.
 */
export type CoherencePort = PropagationPort & {
  /**
   * In one statement: deletes the rows `former` of `instances` and inserts `id` with beat 1. Answered by `registered`.
   */
  register(id: string, former: string[]): void;
  /**
   * `UPDATE instances SET beat = beat + 1 WHERE id = … AND NOT fenced`. Answered by `renewed`, or by `refused` when it
   * found no row.
   */
  renew(id: string): void;
  /** Tells the process `writer` that `instance` has evicted what `change` changed. May be sent together with others. */
  acknowledge(writer: string, change: string, instance: string): void;
  /** Drops the listening connection, which does not answer any more. Answered by `disconnected`. */
  reset(): void;
  /** `tick` is to be called in `ms` milliseconds; replaces what was asked for before. */
  wake(ms: number): void;
  /** Deletes the rows `ids` of `instances`. No answer. */
  leave(ids: string[]): void;
};

/** How often the lease is renewed. */
export const RENEW_MS = 1_000;
/** An answer that takes longer would come too late. */
const ANSWER_MS = 2_500;

export type CoherenceParts<V> = {
  /** The name of this process, unlike that of any other: the address of acknowledgements. Without a dot. */
  process: string;
  clock: Clock;
  port: CoherencePort;
  lease: Lease;
  cache: KeyCache<V>;
  propagation: Propagation;
};

/**
 * One process in the protocol, as a state machine: what happens is told by calls, what is to be done goes to the port.
 * It knows no promises and no timers, so that what runs here is what the simulation runs.
 *
 * An instance is a process during one stretch of hearing: whenever it may have missed something it forgets everything
 * and goes on as another instance, under another id.
 */
export class Coherence<V> {
  readonly process: string;
  readonly lease: Lease;
  readonly cache: KeyCache<V>;
  private readonly clock: Clock;
  private readonly port: CoherencePort;
  private readonly propagation: Propagation;
  private instance: string | null = null;
  private readonly former = new Set<string>();
  private lives = 0;
  private changes = 0;
  private asked: Moment | null = null;
  private renewAt = Number.POSITIVE_INFINITY;

  constructor(parts: CoherenceParts<V>) {
    this.process = parts.process;
    this.clock = parts.clock;
    this.port = parts.port;
    this.lease = parts.lease;
    this.cache = parts.cache;
    this.propagation = parts.propagation;
  }

  /** True while changes and acknowledgements are heard. A change is begun only then. */
  get hears(): boolean {
    return this.instance !== null;
  }

  /** The id under which this process is in `instances` now, or null. */
  get id(): string | null {
    return this.instance;
  }

  /** Instances that are known to be alive, this one included. */
  get instances(): number {
    return this.propagation.instances;
  }

  /** A new connection listens, to changes and to acknowledgements for `process`. */
  connected(): void {
    this.retire();
    this.enter();
    this.propagation.heardAgain();
    this.schedule();
  }

  /** The listening connection is gone. Nothing of it may be told afterwards. */
  disconnected(): void {
    this.retire();
    this.schedule();
  }

  /** The answer to `register`. */
  registered(id: string): void {
    if (id === this.instance) this.former.clear();
    this.renewed(id);
  }

  /** The answer to `renew`: one row. */
  renewed(id: string): void {
    if (id !== this.instance || this.asked === null) return;
    this.lease.granted(this.asked);
    this.asked = null;
    this.schedule();
  }

  /** The answer to `renew`: no row. Someone has fenced this instance. */
  refused(id: string): void {
    if (id !== this.instance) return;
    this.retire();
    this.enter();
    this.schedule();
  }

  /** An announced change of `subject`. */
  notified(subject: string): void {
    this.cache.evict(subject);
  }

  /** An announced change of everything. */
  notifiedOfEverything(): void {
    this.cache.evictAll();
  }

  /** All that `change` changes has been announced before, on the same connection. */
  marker(change: string, writer: string): void {
    if (this.instance === null) return;
    if (writer === this.process) this.acknowledged(change, this.instance);
    else this.port.acknowledge(writer, change, this.instance);
  }

  /** `instance` has acknowledged `change`. */
  acknowledged(change: string, instance: string): void {
    this.propagation.acknowledged(change, instance);
    this.schedule();
  }

  /** Before the COMMIT: the id of a change, for its marker. Then `committed` or `abandoned`. */
  begin(): string {
    const change = `${this.process}.${++this.changes}`;
    this.propagation.expect(change);
    return change;
  }

  /** The COMMIT has been answered; `done` says when the change is in force. */
  committed(change: string, done: (outcome: Outcome) => void): void {
    this.propagation.committed(change, done);
    this.schedule();
  }

  /** The change was rolled back, or nobody knows. */
  abandoned(change: string): void {
    this.propagation.abandoned(change);
    this.schedule();
  }

  /** The answer to `readInstances`. */
  instancesRead(...answer: Parameters<Propagation["instancesRead"]>): void {
    this.propagation.instancesRead(...answer);
    this.schedule();
  }

  readFailed(read: number): void {
    this.propagation.readFailed(read);
    this.schedule();
  }

  /** Time has passed. */
  tick(): void {
    const now = this.clock.monotonic();
    if (this.asked && now - this.asked.monotonic >= ANSWER_MS) {
      this.retire();
      this.port.reset();
    } else if (this.instance !== null && this.asked === null && now >= this.renewAt) {
      this.ask();
      this.port.renew(this.instance);
      this.propagation.look();
    }
    this.propagation.tick();
    this.schedule();
  }

  /** The graceful end: nothing is answered from memory from here on, and nobody waits for this process. */
  stop(): void {
    this.retire();
    this.port.leave([...this.former]);
  }

  private enter(): void {
    this.instance = `${this.process}.${++this.lives}`;
    this.ask();
    this.port.register(this.instance, [...this.former]);
  }

  private retire(): void {
    this.asked = null;
    this.renewAt = Number.POSITIVE_INFINITY;
    this.lease.lost();
    if (this.instance === null) return;
    const { instance } = this;
    this.instance = null;
    this.former.add(instance);
    this.propagation.forgotten(instance);
  }

  /** Before a renewal is sent. */
  private ask(): void {
    this.asked = this.lease.begin();
    this.renewAt = this.asked.monotonic + RENEW_MS;
  }

  private schedule(): void {
    const own = this.asked ? this.asked.monotonic + ANSWER_MS : this.renewAt;
    const due = Math.min(own, this.propagation.due);
    if (due < Number.POSITIVE_INFINITY) this.port.wake(Math.max(0, due - this.clock.monotonic()));
  }
}
