import { KeyCache } from "@/lib/coherence/key-cache";
import { type Clock, Lease } from "@/lib/coherence/lease";
import { type Outcome, Propagation, type PropagationPort } from "@/lib/coherence/propagation";
import { Coherence, type CoherenceParts, type CoherencePort } from "@/lib/coherence/protocol";
import { Connection } from "@/lib/coherence/simulation-connection";
import type { Announced, Database, Heard } from "@/lib/coherence/simulation-database";
import type { Machine } from "@/lib/coherence/simulation-machine";
import type { Chance, Timeline } from "@/lib/coherence/simulation-world";

/** What a process is made of. A test puts a class with a planted bug in the place of ours. */
export type Parts = {
  lease: (clock: Clock) => Lease;
  cache: (lease: Lease, max: number) => KeyCache<number>;
  propagation: (clock: Clock, port: PropagationPort) => Propagation;
  coherence: (parts: CoherenceParts<number>, later: (act: () => void) => void) => Coherence<number>;
  fencing: "mark" | "delete";
  /** A change that turns out to be made already has a marker too, and waits for it. */
  marksRepeats: boolean;
};

export const SOUND: Parts = {
  lease: (clock) => new Lease(clock),
  cache: (lease, max) => new KeyCache(lease, { max }),
  propagation: (clock, port) => new Propagation(clock.monotonic, port),
  coherence: (parts) => new Coherence(parts),
  fencing: "mark",
  marksRepeats: true,
};

const QUERY_TIMEOUT_MS = 2_000;
const RECONNECT_MS = 200;

type World = { timeline: Timeline; chance: Chance; database: Database; parts: Parts; cacheMax: number };

/** One process from its start to its end, with the very classes that production runs. */
export class Process {
  readonly coherence: Coherence<number>;
  isAlive = true;
  private connection: Connection | null = null;
  private waking = 0;

  constructor(
    private readonly world: World,
    private readonly machine: Machine,
    readonly name: string,
  ) {
    const { parts, cacheMax } = world;
    const { clock } = machine;
    const port = this.port();
    const lease = parts.lease(clock);
    const cache = parts.cache(lease, cacheMax);
    const propagation = parts.propagation(clock, port);
    this.coherence = parts.coherence({ process: name, clock, port, lease, cache, propagation }, (act) =>
      machine.timer(5, () => this.whileAlive(act)),
    );
    this.connect();
  }

  kill(): void {
    this.isAlive = false;
    this.connection?.sever(true);
  }

  /** The listening connection breaks, as connections do. */
  disconnect(): void {
    this.connection?.sever(false);
  }

  /** Answers a request that asks for `key`: with its state, or not at all. */
  ask(key: number, answer: (state: number, fromCache: boolean) => void): void {
    this.machine.run({}, () =>
      this.whileAlive(() => {
        const { cache } = this.coherence;
        const name = `key ${key}`;
        const known = cache.get(name);
        if (known !== undefined) return answer(known, true);
        const fill = cache.beginFill();
        this.query(
          () => this.world.database.states[key] as number,
          (state) => {
            fill.put(name, state, [`key:${key}`, `organization:${key % 2}`]);
            fill.end();
            answer(state, false);
          },
          () => fill.end(),
        );
      }),
    );
  }

  /**
   * Changes `keys`; with none, finds the change made already. `acknowledged` is called at the moment of the 2xx, with
   * what the transaction saw; `failed` where the client gets anything else.
   */
  change(
    keys: number[],
    announced: Announced[],
    isLost: boolean,
    acknowledged: (states: number[]) => void,
    failed: () => void,
  ): void {
    this.machine.run({}, () => {
      if (!this.isAlive || !this.coherence.hears) return failed();
      const { coherence, world } = this;
      const isMarked = keys.length > 0 || world.parts.marksRepeats;
      const change = coherence.begin();
      let states: number[] = [];
      const over = (outcome: Outcome) => (outcome.confirmed ? acknowledged(states) : failed());
      const lost = () => {
        coherence.abandoned(change);
        failed();
      };
      this.query(
        () => {
          const marker = { kind: "marker", change, writer: this.name } as const;
          world.database.commit(keys, isMarked ? [...announced, marker] : announced);
          states = [...world.database.states];
        },
        () => {
          if (isLost) lost();
          else if (isMarked) coherence.committed(change, over);
          else acknowledged(states);
        },
        lost,
      );
    });
  }

  private whileAlive(act: () => void): void {
    if (this.isAlive) act();
  }

  /** A statement over a connection of the pool: others may overtake it, and it may be carried out without an answer. */
  private query<T>(execute: () => T, answered: (result: T) => void, failed: () => void = () => {}): void {
    const { timeline } = this.world;
    const { machine } = this;
    let isOver = false;
    const end = (act: () => void) => () =>
      this.whileAlive(() => {
        if (isOver) return;
        isOver = true;
        act();
      });
    machine.timer(QUERY_TIMEOUT_MS, end(failed));
    const there = machine.travel("to");
    if (there === Number.POSITIVE_INFINITY || machine.losesQuery()) return;
    timeline.after(there, () => {
      const result = execute();
      const back = machine.travel("from");
      if (back === Number.POSITIVE_INFINITY) return;
      timeline.after(back, () =>
        machine.run(
          {},
          end(() => answered(result)),
        ),
      );
    });
  }

  private connect(): void {
    const { timeline, chance, database } = this.world;
    const connection = new Connection(timeline, chance, this.machine, {
      connected: () => this.coherence.connected(),
      disconnected: (wasConnected) =>
        this.whileAlive(() => {
          this.connection = null;
          if (wasConnected) this.coherence.disconnected();
          this.machine.timer(chance.wait(RECONNECT_MS), () => this.whileAlive(() => this.connect()));
        }),
      heard: (heard) => this.hear(heard),
    });
    this.connection = connection;
    connection.open(database, this.name);
  }

  private hear(heard: Heard): void {
    const { coherence } = this;
    if (heard.kind === "subject") coherence.notified(heard.subject);
    else if (heard.kind === "everything") coherence.notifiedOfEverything();
    else if (heard.kind === "marker") coherence.marker(heard.change, heard.writer);
    else coherence.acknowledged(heard.change, heard.instance);
  }

  private port(): CoherencePort {
    const { database } = this.world;
    const nothing = () => {};
    return {
      register: (id, former) =>
        this.connection?.query(
          () => database.register(id, former),
          () => this.coherence.registered(id),
        ),
      renew: (id) =>
        this.connection?.query(
          () => database.renew(id),
          (found) => (found ? this.coherence.renewed(id) : this.coherence.refused(id)),
        ),
      acknowledge: (writer, change, instance) =>
        this.connection?.query(() => database.acknowledge(writer, change, instance), nothing),
      reset: () => this.connection?.sever(true),
      wake: (ms) => {
        const turn = ++this.waking;
        this.machine.timer(ms, () => this.whileAlive(() => turn === this.waking && this.coherence.tick()));
      },
      leave: (ids) => this.query(() => database.leave(ids), nothing),
      readInstances: (read, fence) =>
        this.query(
          () => database.readInstances(fence),
          (rows) => this.coherence.instancesRead(read, rows),
          () => this.coherence.readFailed(read),
        ),
      remove: (rows) => this.query(() => database.remove(rows), nothing),
      announce: (changes) =>
        this.query(
          () =>
            database.commit(
              [],
              changes.map((change) => ({ kind: "marker", change, writer: this.name }) as const),
            ),
          nothing,
        ),
    };
  }
}
