import { once } from "node:events";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { log } from "@/lib/log";
import { onceAMinute } from "@/lib/once-a-minute";
import { APP, clusterFiles, ensureCluster, OWNER, type Passwords, SUPERUSER } from "@/lib/postgres/cluster";
import { ensureDatabase } from "@/lib/postgres/login-roles";
import { type Placement, placeServer } from "@/lib/postgres/placement";
import {
  type Endpoint,
  fitsSocket,
  logTail,
  removeStalePid,
  runningPostmaster,
  spawnPostmaster,
} from "@/lib/postgres/postmaster";

export type EmbeddedServer = {
  /** Migrates: owns the database and its tables. */
  ownerUrl: string;
  /** Serves: may neither change the schema nor rewrite the audit log. */
  appUrl: string;
  superuserUrl: string;
  /** Lets go of the server. The last process to do so stops it, and waits until it has stopped. */
  stop(): Promise<void>;
};

export type EmbeddedOptions = {
  /** Server settings beside the usual ones. */
  settings?: Record<string, string>;
  /** False only for throw-away data. */
  durable?: boolean;
};

/** Held shared by every process that uses the server; who gets it exclusively was the last. */
const IN_USE_LOCK = 7_346_102;
const START_TIMEOUT_MS = 300_000;
const RENEW_MS = 1_000;

/**
 * The real PostgreSQL that comes with the application, its data below `dataDir`. A server that already runs there
 * (another process's, or one that outlived a crash) is used; otherwise one is started, and started again should it
 * die. Processes that start at the same moment share one.
 * @throws Error with the server's own reason when it does not start.
 */
export async function startEmbedded(dataDir: string, options: EmbeddedOptions = {}): Promise<EmbeddedServer> {
  const place = await placeServer(path.resolve(dataDir));
  const passwords = await ensureCluster(place, options.durable ?? true);
  const first = await hold(place, passwords, options);
  await ensureDatabase(first.client, passwords);

  let holding = first;
  let stopping = false;
  let renewing = Promise.resolve();
  const renew = async () => {
    while (!stopping) {
      try {
        holding = await hold(place, passwords, options, first.endpoint.port);
        watch();
        return;
      } catch (error) {
        // A full disk, or a process of the dead server that has not noticed yet: it passes, or somebody mends it.
        if (onceAMinute("embedded-postgres"))
          log.error({ err: error }, "the embedded PostgreSQL does not start; trying again");
        await sleep(RENEW_MS);
      }
    }
  };
  const watch = () => {
    holding.client.once("end", () => {
      if (stopping) return;
      log.error("the embedded PostgreSQL is gone; starting it again");
      renewing = renew();
    });
  };
  watch();

  return {
    ownerUrl: urlFor(first.endpoint, OWNER, passwords.owner, "latchkey"),
    appUrl: urlFor(first.endpoint, APP, passwords.app, "latchkey"),
    superuserUrl: urlFor(first.endpoint, SUPERUSER, passwords.superuser, "postgres"),
    async stop() {
      if (stopping) return;
      stopping = true;
      // A server that is just being started again would otherwise outlive us, held by nobody's connection.
      await renewing;
      await letGo(holding.client, clusterFiles(place.home).data);
    },
  };
}

type Holding = { client: pg.Client; endpoint: Endpoint };

/** A connection that holds the in-use lock, to a server that is started if none runs. */
async function hold(
  place: Placement,
  passwords: Passwords,
  options: EmbeddedOptions,
  lastPort?: number,
): Promise<Holding> {
  const { data, socketDirectory } = clusterFiles(place.home);
  const deadline = Date.now() + START_TIMEOUT_MS;
  let failures = 0;
  while (Date.now() < deadline) {
    const running = runningPostmaster(data);
    if (running) {
      const client = await connect(urlFor(running, SUPERUSER, passwords.superuser, "postgres"));
      if (client) return { client, endpoint: running };
      await sleep(30);
      continue;
    }
    await removeStalePid(data);
    const port = fitsSocket(socketDirectory) ? 5432 : (lastPort ?? (await freePort()));
    const child = spawnPostmaster(place, port, options.settings ?? {});
    let exited = false;
    child.once("error", () => {
      exited = true;
    });
    child.once("exit", () => {
      exited = true;
    });
    while (!exited && !runningPostmaster(data)) await sleep(15);
    if (!exited) continue;
    // It may have lost the race against another process's server, which the next round finds.
    failures += 1;
    if (failures >= 3 && !runningPostmaster(data)) break;
    await sleep(200 * failures);
  }
  throw new Error(
    `The embedded PostgreSQL did not start. The end of ${clusterFiles(place.home).log}:\n${logTail(place.home)}\n` +
      "Set DATABASE_URL to use another PostgreSQL.",
  );
}

/** Null while the server starts, recovers or shuts down. */
async function connect(url: string): Promise<pg.Client | null> {
  const client = new pg.Client({ connectionString: url, application_name: "latchkey-hold", keepAlive: true });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query("SELECT pg_advisory_lock_shared($1)", [IN_USE_LOCK]);
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    if (error instanceof pg.DatabaseError && error.code === "28P01") {
      throw new Error("The embedded PostgreSQL refuses the password that was kept for it.", { cause: error });
    }
    return null;
  }
}

async function letGo(client: pg.Client, data: string): Promise<void> {
  const postmaster = runningPostmaster(data);
  const last = await isLast(client);
  await client.end().catch(() => undefined);
  if (!last || !postmaster) return;
  process.kill(postmaster.pid, "SIGINT");
  const deadline = Date.now() + 8_000;
  while (Date.now() < deadline && runningPostmaster(data)?.pid === postmaster.pid) await sleep(15);
}

async function isLast(client: pg.Client): Promise<boolean> {
  try {
    await client.query("SELECT pg_advisory_unlock_shared($1)", [IN_USE_LOCK]);
    const { rows } = await client.query("SELECT pg_try_advisory_lock($1) AS last", [IN_USE_LOCK]);
    return rows[0]?.last === true;
  } catch {
    return false;
  }
}

function urlFor(endpoint: Endpoint, user: string, password: string, database: string): string {
  const url = new URL(`postgresql://${user}:${password}@localhost:${endpoint.port}/${database}`);
  url.searchParams.set("host", endpoint.host);
  return url.toString();
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (!address || typeof address === "string") throw new Error("No free port on 127.0.0.1.");
  return address.port;
}
