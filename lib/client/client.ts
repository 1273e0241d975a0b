import { type CacheOptions, createCache } from "@/lib/client/cache";
import { ask } from "@/lib/client/request";
import type { Question, Verification } from "@/lib/client/types";

export type ClientOptions = {
  /** Where Latchkey serves, such as `https://latchkey.example.com`. */
  url: string;
  /** The service's own token; its key needs `account:apikeys:verify`. */
  token: string;
  /** For one attempt. */
  timeoutMs?: number;
  /** After the first attempt. */
  retries?: number;
  /** For all attempts and the waiting between them. */
  deadlineMs?: number;
  /** Off unless given: while an answer is remembered, a revoked key still passes. */
  cache?: CacheOptions;
};

export type Client = {
  /** Says what the key of a token may do. Throws `LatchkeyUnavailable` when no decision could be had. */
  verify: (question: Question) => Promise<Verification>;
};

/** A client of one Latchkey. It needs nothing but `fetch` and WebCrypto. */
export function createClient(options: ClientOptions): Client {
  const { url, token, timeoutMs = 2_000, retries = 2, deadlineMs = 5_000, cache } = options;
  const address = new URL("/v4/verify", url);
  if (address.protocol !== "https:" && address.protocol !== "http:") throw new TypeError("url is https: or http:.");
  if (!token) throw new TypeError("token is missing: the service's own.");
  for (const [name, value] of Object.entries({ timeoutMs, retries, deadlineMs })) {
    if (!Number.isFinite(value) || value < 0) throw new RangeError(`${name} is a number, not less than 0.`);
  }
  const settings = { address, token, timeoutMs, retries, deadlineMs };
  const remembered = cache === undefined ? null : createCache(cache);
  return {
    verify: (question) => (remembered ? remembered(question, () => ask(settings, question)) : ask(settings, question)),
  };
}
