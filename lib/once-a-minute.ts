import { LRUCache } from "lru-cache";

const store = globalThis as { __latchkeyMinutes?: LRUCache<string, number> };

/** True the first `times` times in a minute that `subject` is seen, in a memory that cannot grow without end. */
export function atMostAMinute(subject: string, times: number): boolean {
  store.__latchkeyMinutes ??= new LRUCache({ max: 10_000, ttl: 60_000, noUpdateTTL: true });
  const seen = store.__latchkeyMinutes.get(subject) ?? 0;
  if (seen >= times) return false;
  store.__latchkeyMinutes.set(subject, seen + 1);
  return true;
}

/** True the first time in a minute that `subject` is seen. */
export const onceAMinute = (subject: string): boolean => atMostAMinute(subject, 1);
