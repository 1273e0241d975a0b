import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * What becomes of what passes: everything goes through; later; nowhere, without a word to anybody; or the connection
 * is cut at the next COMMIT, which the server has then either not seen or carried out.
 */
export type Fault =
  | { kind: "none" }
  | { kind: "slow"; ms: number }
  | { kind: "silent" }
  | { kind: "cut_at_commit"; server: "has_not_seen_it" | "has_done_it" }
  /** In place of the answer to a COMMIT that was carried out, a pooler's word that it has lost the server. */
  | { kind: "fatal_at_commit"; code: string };

export type DatabaseProxy = {
  /** The database's URL by way of the proxy. */
  url: string;
  fault: Fault;
  /** Connections that were cut at a COMMIT so far. */
  cuts: number;
  /** Cuts every connection and refuses new ones, as a host does whose server is gone. */
  close: () => Promise<void>;
  /** Takes connections again, at the same port. */
  open: () => Promise<void>;
};

type Line = { client: Socket; server: Socket; isSilent: boolean; swallowsAnswer: boolean; farewell: Buffer | null };

/** Stands between an instance and its PostgreSQL, on loopback, and has the faults of the network on demand. */
export async function startDatabaseProxy(databaseUrl: string): Promise<DatabaseProxy> {
  const target = new URL(databaseUrl);
  const host = target.searchParams.get("host") ?? target.hostname;
  const port = Number(target.port || 5432);
  const lines = new Set<Line>();
  const accept = (client: Socket) => {
    const server = host.startsWith("/") ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
    join(proxy, lines, { client, server, isSilent: false, swallowsAnswer: false, farewell: null });
  };
  let listener = await listen(accept, 0);
  const address = listener.address();
  if (!address || typeof address === "string") throw new Error("The proxy has no port.");

  target.searchParams.delete("host");
  target.hostname = "127.0.0.1";
  target.port = String(address.port);
  const proxy: DatabaseProxy = {
    url: target.toString(),
    fault: { kind: "none" },
    cuts: 0,
    async close() {
      const closed = once(listener, "close");
      listener.close();
      for (const line of lines) cut(line);
      await closed;
    },
    async open() {
      listener = await listen(accept, address.port);
    },
  };
  return proxy;
}

async function listen(accept: (socket: Socket) => void, port: number): Promise<Server> {
  const server = createServer(accept).listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}

function cut({ client, server }: Line): void {
  client.destroy();
  server.destroy();
}

function join(proxy: DatabaseProxy, lines: Set<Line>, line: Line): void {
  const { client, server } = line;
  lines.add(line);
  for (const socket of [client, server]) {
    socket.setNoDelay(true);
    socket.on("error", () => undefined);
    socket.once("close", () => {
      // Of a peer that has vanished without a word, nothing is heard either.
      if (!line.isSilent || socket === client) cut(line);
      lines.delete(line);
    });
  }
  const isCommit = commitWatch();
  const toServer = pump(proxy, line, server);
  const toClient = pump(proxy, line, client);
  client.on("data", (bytes) => {
    const { fault } = proxy;
    // The watch must see every byte to stay in step.
    const isOne = isCommit(bytes);
    if (isOne && fault.kind === "cut_at_commit") {
      proxy.cuts++;
      if (fault.server === "has_not_seen_it") return cut(line);
      line.swallowsAnswer = true;
    }
    if (isOne && fault.kind === "fatal_at_commit") {
      proxy.cuts++;
      line.farewell = fatal(fault.code);
      line.swallowsAnswer = true;
    }
    toServer(bytes);
  });
  server.on("data", (bytes) => {
    if (!line.swallowsAnswer) return toClient(bytes);
    if (!bytes.includes("COMMIT\0")) return;
    if (line.farewell) client.end(line.farewell);
    else cut(line);
  });
}

/** Passes bytes on in their order, however late. What was lost in a silence stays lost: so does its connection. */
function pump(proxy: DatabaseProxy, line: Line, to: Socket): (bytes: Buffer) => void {
  let sent = Promise.resolve();
  return (bytes) => {
    if (proxy.fault.kind === "silent") line.isSilent = true;
    if (line.isSilent) return;
    const due = proxy.fault.kind === "slow" ? sleep(proxy.fault.ms) : null;
    sent = sent.then(async () => {
      await due;
      if (!to.destroyed) to.write(bytes);
    });
  };
}

/** An ErrorResponse (PostgreSQL 18 documentation, 54.8). */
function fatal(code: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0Mserver conn crashed?\0\0`);
  const head = Buffer.from("E\0\0\0\0", "latin1");
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

const COMMIT = /^\s*commit\s*;?\s*$/i;

/**
 * Reads what a client sends (PostgreSQL 18 documentation, 54.7) and tells of each piece whether a COMMIT is in it: as a
 * simple query, or as an execution of a statement that was prepared.
 */
export function commitWatch(): (bytes: Buffer) => boolean {
  const commits = new Set<string>();
  let rest: Buffer = Buffer.alloc(0);
  // The first message, the start-up packet, has no type.
  let typeLength = 0;
  return (bytes) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    let found = false;
    while (rest.length >= typeLength + 4) {
      const end = typeLength + rest.readInt32BE(typeLength);
      if (rest.length < end) break;
      const type = typeLength === 0 ? "" : String.fromCharCode(rest[0] ?? 0);
      const [first = "", second = ""] = rest.toString("latin1", typeLength + 4, end).split("\0", 2);
      if (type === "Q" && COMMIT.test(first)) found = true;
      if (type === "P") {
        if (COMMIT.test(second)) commits.add(first);
        else commits.delete(first);
      }
      if (type === "B" && commits.has(second)) found = true;
      rest = rest.subarray(end);
      typeLength = 1;
    }
    return found;
  };
}
