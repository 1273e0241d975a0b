import { LRUCache } from "lru-cache";
import type { Lease } from "@/lib/coherence/lease";

export type KeyCacheLimits<V> = {
  /** Entries; the least recently used make room. */
  max: number;
  /** The sum of what `sizeOf` says. */
  maxSize?: number;
  sizeOf?: (value: V, key: string) => number;
};

type Entry<V> = { value: V; subjects: readonly string[] };

/** One read of the database on its way into the cache. `end` it whatever happens. */
export interface Fill<V> {
  /**
   * Keeps `value` until one of `subjects` changes. Dropped where it may be older than a change: the lease was not held
   * when the fill began, has begun anew since, or a subject was evicted meanwhile.
   */
  put(key: string, value: V, subjects: readonly string[]): void;
  end(): void;
}

/**
 * What the database said, for as long as it is certain that it would say so again: while the lease is held and no
 * change of a subject was announced.
 */
export class KeyCache<V> {
  /** How many `get` found and did not find, since the start. */
  hits = 0;
  misses = 0;
  private readonly entries: LRUCache<string, Entry<V>>;
  /** The keys of the entries that depend on a subject; most subjects have one, which then needs no set. */
  private readonly keysOf = new Map<string, string | Set<string>>();
  private readonly fills = new Set<KeyFill<V>>();

  constructor(
    private readonly lease: Lease,
    { max, maxSize, sizeOf }: KeyCacheLimits<V>,
  ) {
    const limit = maxSize && sizeOf ? { maxSize, sizeCalculation: sizeCalculation(sizeOf) } : {};
    this.entries = new LRUCache({ max, ...limit, dispose: ({ subjects }, key) => this.unindex(key, subjects) });
    lease.onEnd(() => this.evictAll());
  }

  get size(): number {
    return this.entries.size;
  }

  /** What was kept under `key`, or undefined: then read the database. Call it after the request has arrived. */
  get(key: string): V | undefined {
    const entry = this.lease.held ? this.entries.get(key) : undefined;
    if (entry === undefined) this.misses++;
    else this.hits++;
    return entry?.value;
  }

  /** Call it BEFORE the database is asked, so that every change since is known when the answer comes. */
  beginFill(): Fill<V> {
    const fill = new KeyFill<V>(
      (key, entry) => this.keep(key, entry),
      (ended) => this.fills.delete(ended),
    );
    if (this.lease.held) this.fills.add(fill);
    else fill.overtakeAll();
    return fill;
  }

  /** Forgets what depends on `subject`, and what is on its way. */
  evict(subject: string): void {
    for (const fill of this.fills) fill.overtake(subject);
    const keys = this.keysOf.get(subject);
    if (keys === undefined) return;
    // First the subject, so that no entry looks itself up in a set that goes as a whole.
    this.keysOf.delete(subject);
    if (typeof keys === "string") this.entries.delete(keys);
    else for (const key of keys) this.entries.delete(key);
  }

  /** Forgets everything, and what is on its way. */
  evictAll(): void {
    for (const fill of this.fills) fill.overtakeAll();
    this.fills.clear();
    this.keysOf.clear();
    this.entries.clear();
  }

  /** Subjects that are remembered; for tests. */
  get subjects(): number {
    return this.keysOf.size;
  }

  private keep(key: string, entry: Entry<V>): void {
    this.entries.set(key, entry);
    // One that is larger than the whole cache was not taken.
    if (this.entries.peek(key) !== entry) return;
    for (const subject of entry.subjects) {
      const keys = this.keysOf.get(subject);
      if (keys === undefined || keys === key) this.keysOf.set(subject, key);
      else if (typeof keys === "string") this.keysOf.set(subject, new Set([keys, key]));
      else keys.add(key);
    }
  }

  private unindex(key: string, subjects: readonly string[]): void {
    for (const subject of subjects) {
      const keys = this.keysOf.get(subject);
      if (keys === key) this.keysOf.delete(subject);
      else if (typeof keys === "object" && keys.delete(key) && keys.size === 0) this.keysOf.delete(subject);
    }
  }
}

class KeyFill<V> implements Fill<V> {
  private overtaken: Set<string> | "all" | null = null;

  constructor(
    private readonly keep: (key: string, entry: Entry<V>) => void,
    private readonly ended: (fill: KeyFill<V>) => void,
  ) {}

  put(key: string, value: V, subjects: readonly string[]): void {
    const { overtaken } = this;
    if (overtaken === "all" || (overtaken && subjects.some((subject) => overtaken.has(subject)))) return;
    this.keep(key, { value, subjects });
  }

  end(): void {
    this.overtaken = "all";
    this.ended(this);
  }

  overtake(subject: string): void {
    if (this.overtaken === "all") return;
    this.overtaken ??= new Set();
    this.overtaken.add(subject);
  }

  overtakeAll(): void {
    this.overtaken = "all";
  }
}

const sizeCalculation =
  <V>(sizeOf: (value: V, key: string) => number) =>
  ({ value }: Entry<V>, key: string): number =>
    sizeOf(value, key);
