import type { Client } from "@/lib/client/client";
import { type Refusal, refusalOf, refusals } from "@/lib/client/refusal";
import { type Key, LatchkeyUnavailable, type Requirements } from "@/lib/client/types";

/** What a middleware needs. There is no option to let requests pass while Latchkey is away. */
export type GuardOptions<R> = {
  client: Client;
  /** What the route requires, or how it follows from the request. */
  require?: Requirements | ((request: R) => Requirements | Promise<Requirements>);
  /**
   * The client's address. Default: the socket's, never a header; none where there is no socket, and then keys with
   * address rules are refused. Behind a proxy, read it from what only your proxy can have written.
   */
  clientAddress?: (request: R) => string | undefined;
};

export type Judged = { key: Key; refusal?: undefined } | { refusal: Refusal };

/** A header's value; several of one name joined by a comma, as the fetch standard does. */
export type HeaderReader = (name: string) => string | null | undefined;

const BEARER = /^bearer +([\x21-\x7e]+)$/i;
const keys = new WeakMap<object, Key>();

/** The key that a request was let through with. `request` is the framework's own: for Hono, the context. */
export const keyOf = (request: object): Key | undefined => keys.get(request);

/** Decides one request by the client's token in Authorization, X-API-Key or api-token. */
export async function judge<R extends object>(
  { client, require = {}, clientAddress }: GuardOptions<R>,
  request: R,
  header: HeaderReader,
  peer?: string,
): Promise<Judged> {
  const authorization = header("authorization");
  const bearer = authorization == null ? undefined : BEARER.exec(authorization)?.[1];
  const [token, ...others] = [bearer, header("x-api-key"), header("api-token")].filter((value) => value != null);
  if (token === undefined) return { refusal: refusals.unauthenticated };
  if (others.some((other) => other !== token)) return { refusal: refusals.ambiguous };

  const { permissions, action, resource, subaccount, region_id } =
    typeof require === "function" ? await require(request) : require;
  const ip = clientAddress ? clientAddress(request) : peer;
  try {
    const answer = await client.verify({ token, permissions, action, resource, subaccount, region_id, ip });
    if (!answer.valid) return { refusal: refusalOf(answer, permissions ?? []) };
    keys.set(request, answer.key);
    return { key: answer.key };
  } catch (error) {
    if (error instanceof LatchkeyUnavailable) return { refusal: refusals.unavailable };
    throw error;
  }
}
