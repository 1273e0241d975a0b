import type { Announced } from "@/lib/coherence/simulation-database";
import { Database } from "@/lib/coherence/simulation-database";
import { Machine } from "@/lib/coherence/simulation-machine";
import { type Parts, Process, SOUND } from "@/lib/coherence/simulation-process";
import { Chance, Timeline, type Weather, weatherOf } from "@/lib/coherence/simulation-world";

/** What one schedule came to. */
export type Verdict = {
  /** What must never be: a request answered from a state older than what was acknowledged before it arrived. */
  stale: string[];
  /** What must come to pass in good weather and did not. */
  stuck: string[];
  requests: number;
  fromCache: number;
  acknowledged: number;
  /** Changes whose client got an error. */
  failed: number;
};

/** Faults until here, good weather from here on. */
const STORM_MS = 12_000;
/** Until the storm's last pauses and time-outs are over. */
const CALM_MS = 18_000;
const END_MS = 27_000;
/** A change in good weather: the time to acknowledge, a lease, and what clocks and timers add. */
const IN_FORCE_MS = 1_000 + 3_000 + 1_500;

/** Plays the schedule of `seed`: the same seed, the same schedule. */
export function simulate(seed: number, parts: Parts = SOUND): Verdict {
  return new Schedule(seed, parts).play();
}

class Schedule {
  private readonly chance: Chance;
  private readonly timeline = new Timeline();
  private readonly weather: Weather;
  private readonly database: Database;
  private readonly machines: Machine[] = [];
  private readonly processes: Process[] = [];
  /** The oldest state that a request which arrives now may be answered from, by key. */
  private readonly oldest: number[];
  private readonly verdict: Verdict = { stale: [], stuck: [], requests: 0, fromCache: 0, acknowledged: 0, failed: 0 };
  private starts = 0;

  constructor(
    private readonly seed: number,
    private readonly parts: Parts,
  ) {
    this.chance = new Chance(seed);
    this.weather = weatherOf(this.chance);
    this.database = new Database(this.weather.keys, parts.fencing);
    this.oldest = Array(this.weather.keys).fill(0);
    for (let i = 0; i < this.weather.processes; i++) {
      this.machines.push(new Machine(this.timeline, this.chance, this.weather));
      this.start(i);
    }
  }

  play(): Verdict {
    this.brew();
    this.timeline.at(STORM_MS, () => {
      Object.assign(this.weather, { slow: 0, late: 0, lostQueries: 0, lostCommits: 0 });
      for (const machine of this.machines) machine.heal();
    });
    this.timeline.at(CALM_MS, () => this.checkLiveness());
    this.timeline.runUntil(END_MS);
    return this.verdict;
  }

  private brew(): void {
    const { chance, weather } = this;
    const some = () => chance.below(this.machines.length);
    this.each(weather.pauses, () => this.pause(this.machine(some())));
    this.each(weather.suspends, () => this.machine(some()).pause(chance.wait(3_000), true));
    this.each(weather.clockSteps, () => this.machine(some()).setWall(chance.between(-8_000, 8_000)));
    this.each(weather.disconnections, () => this.processes[some()]?.disconnect());
    this.each(weather.kills, () => {
      const i = some();
      this.processes[i]?.kill();
      this.timeline.after(chance.wait(1_000), () => this.start(i));
    });
    this.each(weather.partitions, () => {
      const way = chance.below(3);
      this.machine(some()).partition(chance.wait(2_000), way !== 0, way !== 1);
    });
    this.each(weather.mutations, () => this.mutate(chance.below(weather.keys)));
    this.each(40 / weather.processes + 10, () => this.ask(some(), chance.below(weather.keys)));
  }

  /** Some pauses are about as long as a lease, and some changes come as they end: there it matters most. */
  private pause(machine: Machine): void {
    const { chance, weather } = this;
    const ms = chance.is(weather.leaseLong) ? chance.between(2_300, 3_700) : chance.wait(1_500);
    machine.pause(ms, false);
    if (chance.is(0.3)) this.timeline.after(ms - chance.wait(10), () => this.mutate(chance.below(weather.keys)));
  }

  private each(mean: number, act: () => void): void {
    if (mean === Number.POSITIVE_INFINITY) return;
    const next = () =>
      this.timeline.after(this.chance.wait(mean), () => {
        if (this.timeline.now >= STORM_MS) return;
        act();
        next();
      });
    next();
  }

  private machine(i: number): Machine {
    return this.machines[i] as Machine;
  }

  private start(i: number): void {
    if (this.processes[i]?.isAlive) return;
    const { timeline, chance, database, parts } = this;
    const world = { timeline, chance, database, parts, cacheMax: this.weather.cacheMax };
    this.processes[i] = new Process(world, this.machine(i), `p${i}-${++this.starts}`);
  }

  /** A request that arrives now at one of the processes. */
  private ask(i: number, key: number): void {
    const oldest = this.oldest[key] as number;
    const arrived = this.timeline.now;
    this.processes[i]?.ask(key, (state, fromCache) => {
      this.verdict.requests++;
      if (fromCache) this.verdict.fromCache++;
      if (state >= oldest) return;
      this.verdict.stale.push(
        `seed ${this.seed}: key ${key}, asked at ${arrived.toFixed(1)} ms, state ${state} of ${oldest}`,
      );
    });
  }

  private mutate(key: number, isRepeat = false): void {
    const { chance, weather } = this;
    const i = chance.below(this.processes.length);
    const { keys, announced } = isRepeat ? { keys: [], announced: [] } : this.changed(key);
    const isLost = chance.is(weather.lostCommits);
    const acknowledged = (states: number[]) => {
      this.verdict.acknowledged++;
      for (const one of keys.length > 0 ? keys : [key]) {
        this.oldest[one] = Math.max(this.oldest[one] as number, states[one] as number);
      }
      this.askAround(key);
      // The next change often follows at once.
      if (chance.is(0.2)) this.mutate(key);
    };
    // Who gets an error tries again, somewhere, and may find it done.
    const failed = () => {
      this.verdict.failed++;
      if (this.timeline.now < STORM_MS) this.timeline.after(chance.wait(100), () => this.mutate(key, true));
    };
    this.processes[i]?.change(keys, announced, isLost, acknowledged, failed);
    // Another client may do the same at the same time.
    if (!isRepeat && chance.is(0.1)) this.timeline.after(chance.wait(5), () => this.mutate(key, true));
  }

  /** What a change of `key` changes and announces: the key, its organization, or everything. */
  private changed(key: number): { keys: number[]; announced: Announced[] } {
    const all = this.database.states.map((_, one) => one);
    const kind = this.chance.next();
    if (kind < 0.8) return { keys: [key], announced: [{ kind: "subject", subject: `key:${key}` }] };
    if (kind > 0.95) return { keys: all, announced: [{ kind: "everything" }] };
    const subject = `organization:${key % 2}`;
    return { keys: all.filter((one) => one % 2 === key % 2), announced: [{ kind: "subject", subject }] };
  }

  /** What a client does that does not trust us: at once, everywhere, and again a little later. */
  private askAround(key: number): void {
    for (let i = 0; i < this.processes.length; i++) {
      this.ask(i, key);
      this.timeline.after(this.chance.wait(50), () => this.ask(i, key));
      this.timeline.after(this.chance.wait(600), () => this.ask(i, key));
    }
  }

  private checkLiveness(): void {
    for (let i = 0; i < this.processes.length; i++) this.start(i);
    this.timeline.after(1_500, () => {
      this.processes.forEach((process, i) => {
        const { hits } = process.coherence.cache;
        for (const ms of [0, 100, 200, 300, 400]) this.timeline.after(ms, () => this.ask(i, 0));
        this.timeline.after(450, () => {
          if (process.coherence.cache.hits === hits) this.stuck(`${process.name} does not cache`);
        });
      });
      this.timeline.after(500, () => this.checkChange());
    });
  }

  private checkChange(): void {
    const began = this.timeline.now;
    for (const process of this.processes) {
      let isDone = false;
      const done = () => {
        isDone = true;
      };
      process.change([0], [{ kind: "subject", subject: "key:0" }], false, done, () => {});
      this.timeline.at(began + IN_FORCE_MS / 0.9, () => {
        if (!isDone) this.stuck(`a change of ${process.name} is not in force`);
      });
    }
  }

  private stuck(what: string): void {
    this.verdict.stuck.push(`seed ${this.seed}: ${what}`);
  }
}
