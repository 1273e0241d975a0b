import { LRUCache } from "lru-cache";

const store = globalThis as { __latchkeyOnceAMinute?: LRUCache<string, true> };

/** True the first time in a minute that `subject` is seen, in a memory that cannot grow without end. */
export function onceAMinute(subject: string): boolean {
  store.__latchkeyOnceAMinute ??= new LRUCache({ max: 10_000, ttl: 60_000 });
  if (store.__latchkeyOnceAMinute.has(subject)) return false;
  store.__latchkeyOnceAMinute.set(subject, true);
  return true;
}
