import { hash, randomBytes } from "node:crypto";
import { hasOurPrefix, MAX_TOKEN_LENGTH } from "@/lib/api-keys/imported-token";
import { IMPORTS } from "@/lib/api-keys/importing";
import type { PresentedKey } from "@/lib/api-keys/presented-key";
import { KeptKey } from "@/lib/auth/kept-key";
import type { Fill, KeyCache } from "@/lib/coherence/key-cache";
import { databaseTime } from "@/lib/database-clock";
import type { OrganizationId } from "@/lib/ids";

const store = globalThis as {
  __latchkeyTokenCache?: { cache: KeyCache<KeptKey>; salt: string };
  __latchkeyTokenCounts?: { hits: number; reads: number };
};

/** Tokens that were answered from memory, and for which the database was asked, since the start. */
export const tokenCounts = (): Readonly<{ hits: number; reads: number }> => counts;

store.__latchkeyTokenCounts ??= { hits: 0, reads: 0 };
const counts = store.__latchkeyTokenCounts;

/** Counts a token for which the database is asked. */
export function countRead(): void {
  counts.reads++;
}

/** Then it is read again although nothing changed: `last_used_at` moves without a change, and nothing lives for ever. */
const MAX_AGE_MS = 60_000;
/** This close to its end, a token is judged by the database's own clock. */
const MARGIN_MS = 1_000;

/** Answers from `cache` from now on; it is empty, and its lease says when it may be relied on. */
export function adoptTokenCache(cache: KeyCache<KeptKey>): void {
  // Tokens are found by their digest under a secret of this process, and stand in no memory longer than their request.
  store.__latchkeyTokenCache = { cache, salt: randomBytes(32).toString("base64") };
}

export function dropTokenCache(): void {
  delete store.__latchkeyTokenCache;
}

/** The place of one token in the cache, for one request. */
export type CachePlace = {
  /** The key, or undefined: then the database must be asked. */
  find: () => PresentedKey | undefined;
  /** Call it before the database is asked. */
  beginFill: () => CacheFill;
};
export type CacheFill = { put: (key: PresentedKey) => void; end: () => void };

/** Null where nothing is cached. */
export function placeOf(token: string, organizationId: OrganizationId | undefined): CachePlace | null {
  const current = store.__latchkeyTokenCache;
  if (current === undefined || token.length > MAX_TOKEN_LENGTH) return null;
  const { cache, salt } = current;
  // A token of ours has one key at most. An imported one may be several organizations', each of which finds its own.
  const scope = hasOurPrefix(token) ? "" : (organizationId ?? "any");
  const id = hash("sha256", `${salt}${scope}\0${token}`, "binary");
  return {
    find: () => find(cache, id),
    beginFill: () => fillOf(cache.beginFill(), id, scope !== ""),
  };
}

function find(cache: KeyCache<KeptKey>, id: string): PresentedKey | undefined {
  const time = databaseTime();
  const known = time === null ? undefined : cache.get(id);
  if (time === null || known === undefined || !isUsable(known, time)) return undefined;
  counts.hits++;
  return known;
}

/** What was read stays right until the key, the token or its overlap ends: that alone happens unannounced. */
function isUsable({ read_at, expires_at, token_ends_at, grace_period_ends_at }: KeptKey, time: number): boolean {
  return (
    performance.now() - read_at <= MAX_AGE_MS &&
    !endsSoon(expires_at, time) &&
    !endsSoon(token_ends_at, time) &&
    !endsSoon(grace_period_ends_at, time)
  );
}

const endsSoon = (end: Date | null, time: number): boolean => end !== null && end.getTime() - time <= MARGIN_MS;

function fillOf(fill: Fill<KeptKey>, id: string, isForeign: boolean): CacheFill {
  const readAt = performance.now();
  return {
    put: (key) => {
      const kept = new KeptKey(key, readAt);
      // Whose it is can change without a change of its key: when another organization imports the same one.
      const subjects = isForeign ? [kept.id, kept.organization_id, IMPORTS] : [kept.id, kept.organization_id];
      fill.put(id, kept, subjects);
    },
    end: () => fill.end(),
  };
}
