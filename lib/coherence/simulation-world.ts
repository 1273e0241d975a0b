/** Numbers in [0, 1) that depend on nothing but the seed (mulberry32). */
export class Chance {
  private state: number;

  constructor(seed: number) {
    // Neighbouring seeds are to begin far apart.
    this.state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
  }

  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  is(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }

  /** Waiting time until something that happens each `mean` on the average. */
  wait(mean: number): number {
    return -Math.log(1 - this.next()) * mean;
  }
}

/** Real time, which nobody in the simulation can see: things happen in its order. */
export class Timeline {
  now = 0;
  private readonly times: number[] = [];
  private readonly acts: (() => void)[] = [];

  /** At `time`, or at once if that has passed. */
  at(time: number, act: () => void): void {
    const { times, acts } = this;
    const when = Math.max(time, this.now);
    let i = times.length;
    times.push(when);
    acts.push(act);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if ((times[parent] as number) <= when) break;
      times[i] = times[parent] as number;
      acts[i] = acts[parent] as () => void;
      i = parent;
    }
    times[i] = when;
    acts[i] = act;
  }

  after(delay: number, act: () => void): void {
    this.at(this.now + delay, act);
  }

  runUntil(end: number): void {
    while (this.times.length > 0 && (this.times[0] as number) <= end) this.step();
    this.now = end;
  }

  private step(): void {
    const { times, acts } = this;
    this.now = times[0] as number;
    const act = acts[0] as () => void;
    const time = times.pop() as number;
    const last = acts.pop() as () => void;
    const { length } = times;
    if (length > 0) {
      let i = 0;
      for (let child = 1; child < length; child = 2 * i + 1) {
        if (child + 1 < length && (times[child + 1] as number) < (times[child] as number)) child++;
        if ((times[child] as number) >= time) break;
        times[i] = times[child] as number;
        acts[i] = acts[child] as () => void;
        i = child;
      }
      times[i] = time;
      acts[i] = last;
    }
    act();
  }
}

/** How the world of one schedule is: each has faults of its own, so that some have many of one kind. */
export type Weather = {
  processes: number;
  keys: number;
  cacheMax: number;
  /** Part of the messages that take long. */
  slow: number;
  slowMs: number;
  /** Part of the notifications that come much later than the answers. */
  late: number;
  /** Part of the statements over the pool that are never carried out. */
  lostQueries: number;
  /** Mean time between two of each, in ms; Infinity for never. */
  pauses: number;
  /** Part of the pauses that take about as long as a lease. */
  leaseLong: number;
  suspends: number;
  kills: number;
  partitions: number;
  disconnections: number;
  clockSteps: number;
  mutations: number;
  /** Part of the COMMITs whose answer is lost. */
  lostCommits: number;
};

export function weatherOf(chance: Chance): Weather {
  const weather = anyWeather(chance);
  return chance.is(0.15) ? quiet(weather, chance) : weather;
}

/**
 * Few changes, pauses as long as a lease, notifications that come late: an instance loses its lease before anyone has a
 * reason to fence it, and what it missed reaches it after its next renewal.
 */
function quiet(weather: Weather, chance: Chance): Weather {
  const never = Number.POSITIVE_INFINITY;
  const still = { slow: 0, suspends: never, kills: never, partitions: never, disconnections: never, lostCommits: 0 };
  const mutations = chance.between(2_500, 6_000);
  return {
    ...weather,
    ...still,
    processes: 2,
    keys: 1,
    pauses: 1_200,
    leaseLong: 0.8,
    mutations,
    late: 0.6,
    lostQueries: 0.4,
  };
}

function anyWeather(chance: Chance): Weather {
  const often = (mean: number) => (chance.is(0.4) ? mean * chance.between(0.5, 3) : Number.POSITIVE_INFINITY);
  const suspends = often(6_000);
  return {
    processes: 2 + chance.below(3),
    keys: 1 + chance.below(3),
    cacheMax: 1 + chance.below(4),
    slow: chance.is(0.6) ? chance.between(0.01, 0.3) : 0,
    slowMs: chance.pick([20, 200, 1_500]),
    late: chance.is(0.3) ? chance.between(0.1, 0.6) : 0,
    lostQueries: chance.is(0.3) ? chance.between(0.02, 0.5) : 0,
    pauses: often(3_000),
    leaseLong: 0.3,
    suspends,
    kills: often(8_000),
    partitions: often(4_000),
    disconnections: often(4_000),
    // A clock that is set back over a suspension hides it from every clock there is: see docs/coherence.md.
    clockSteps: suspends === Number.POSITIVE_INFINITY ? often(4_000) : Number.POSITIVE_INFINITY,
    mutations: chance.is(0.3) ? chance.between(1_500, 5_000) : chance.between(150, 1_500),
    lostCommits: chance.is(0.5) ? chance.between(0.05, 0.3) : 0,
  };
}
