import type { KeyCache } from "@/lib/coherence/key-cache";
import { CoherenceRuntime } from "@/lib/coherence/runtime";
import { noteDatabaseTime } from "@/lib/database-clock";
import { getDb } from "@/lib/db";
import { getEnv } from "@/lib/env";
import { newId } from "@/lib/ids";

/** Keys that are kept, and what they may take of memory together. The least recently used make room. */
const MAX_ENTRIES = 150_000;
const MAX_BYTES = 256 * 1024 * 1024;

/** Who keeps something says how large it is. */
const bytesOf = (value: unknown): number => (value as { bytes?: number }).bytes ?? 1;

// Next's bundles and server.ts have separate module state in one process; they share this one cache.
const store = globalThis as { __latchkeyCoherence?: CoherenceRuntime<unknown>; __latchkeyProcessName?: string };

/** The name of this process among all that use the database. */
export function ownName(): string {
  store.__latchkeyProcessName ??= newId("ins");
  return store.__latchkeyProcessName;
}

/** This process in the protocol that keeps the caches of all instances coherent. */
export function keyCoherence(): CoherenceRuntime<unknown> {
  store.__latchkeyCoherence ??= new CoherenceRuntime<unknown>({
    process: ownName(),
    origin: getEnv().url,
    limits: { max: MAX_ENTRIES, maxSize: MAX_BYTES, sizeOf: bytesOf },
    url: () => process.env.DATABASE_URL ?? "",
    query: (text, values) => getDb().pool.query(text, values),
    onTime: noteDatabaseTime,
  });
  return store.__latchkeyCoherence;
}

/** The process's one cache of keys. It keeps nothing where the protocol has not been started. */
export const keyCache = <V>(): KeyCache<V> => keyCoherence().cache as KeyCache<V>;

/**
 * From now on this process answers from its cache while it may. For a process that serves, once its database is ready.
 * @returns its graceful end.
 */
export function startKeyCoherence(): () => Promise<void> {
  const coherence = keyCoherence();
  coherence.start();
  return () => coherence.stop();
}

/** For metrics. */
export function keyCacheCounts() {
  const { cache, lease, instances } = keyCoherence();
  return { held: lease.held, entries: cache.size, instances };
}
