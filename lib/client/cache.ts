import type { Question, Verification } from "@/lib/client/types";

export type CacheOptions = {
  /** How long an answer is remembered: at most 60,000. That long may a revoked key still pass. */
  ttlMs: number;
  /** The oldest make room. */
  maxEntries?: number;
};

const MAX_TTL_MS = 60_000;

type Remembered = { answer: Verification; ends: number };

/**
 * Remembers decisions, refusals too, under a SHA-256 of the whole question, so that it holds no token. Failures to
 * decide are not remembered, and no answer outlives its key's expiry.
 */
export function createCache({ ttlMs, maxEntries = 1_000 }: CacheOptions) {
  if (!(ttlMs > 0 && ttlMs <= MAX_TTL_MS)) throw new RangeError(`ttlMs is between 1 and ${MAX_TTL_MS}.`);
  if (!(Number.isInteger(maxEntries) && maxEntries > 0)) throw new RangeError("maxEntries is a whole number above 0.");
  const entries = new Map<string, Remembered>();

  return async (question: Question, decide: () => Promise<Verification>): Promise<Verification> => {
    const name = await nameOf(question);
    const found = entries.get(name);
    if (found && found.ends > performance.now()) return found.answer;
    entries.delete(name);
    const started = performance.now();
    const answer = await decide();
    const expiresIn = (answer.key?.expires_at ?? Number.POSITIVE_INFINITY) * 1000 - Date.now();
    const ends = started + (answer.valid ? Math.min(ttlMs, expiresIn) : ttlMs);
    entries.delete(name);
    entries.set(name, { answer, ends });
    for (const oldest of entries.keys()) {
      if (entries.size <= maxEntries) break;
      entries.delete(oldest);
    }
    return answer;
  };
}

async function nameOf(question: Question): Promise<string> {
  const { token, permissions = [], action, resource, ip, subaccount, region_id } = question;
  const text = JSON.stringify([token, permissions, action, resource, ip, subaccount, region_id]);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return String.fromCharCode(...new Uint8Array(digest));
}
