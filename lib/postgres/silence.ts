import type { Socket } from "node:net";
import type pg from "pg";

/**
 * Ends a connection of the pool that is in use and gives no sign of life for `ms`: its host has vanished without a
 * word, or something on the way has forgotten it. The operating system would notice after a quarter of an hour, or
 * never. pg's own `query_timeout` would do worse than nothing: it hands a connection on that still owes an answer, and
 * with it the transaction that it is in.
 *
 * Those that are idle at that moment have most likely met the same fate and are ended too, so that no request after
 * this one has to find out.
 */
export function endSilentConnections(pool: pg.Pool, ms: number): void {
  const idle = new Set<pg.PoolClient>();
  const giveUp = (client: pg.PoolClient) => {
    for (const one of [client, ...idle]) socketOf(one).destroy(new SilentConnection(ms));
  };
  pool.on("connect", (client) => {
    socketOf(client).on("timeout", () => giveUp(client));
  });
  pool.on("acquire", (client) => {
    idle.delete(client);
    socketOf(client).setTimeout(ms);
  });
  pool.on("release", (_error, client) => {
    socketOf(client).setTimeout(0);
    idle.add(client);
  });
  pool.on("remove", (client) => idle.delete(client));
}

class SilentConnection extends Error {
  readonly code = "ETIMEDOUT";
  constructor(ms: number) {
    super(`The database has given no sign for ${ms / 1000} s.`);
  }
}

/** The types know the connection only of a Client that one has made. */
const socketOf = (client: pg.PoolClient): Socket => (client as unknown as pg.Client).connection.stream as Socket;
