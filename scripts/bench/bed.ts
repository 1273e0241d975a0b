import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { startEmbedded } from "@/lib/postgres/embedded";
import { migrate } from "@/lib/postgres/migrate";
import { type Instance, OWNER_ENV, signInOverHttp, startInstance } from "@/lib/testing/instance";
import { parentOf } from "@/scripts/bench/processes";

/** What all sections share: one PostgreSQL, with a new database for whoever asks. */
export type Bed = {
  /** The server's first process. */
  postgres: number;
  /** An empty database's address. */
  newDatabase(): Promise<string>;
  /** Waits until what was written is on disk and nothing is vacuumed any more. */
  settle(): Promise<void>;
  stop(): Promise<void>;
};

/** One instance on a database, and its owner's session. */
export type Served = { instance: Instance; databaseUrl: string; cookie: string };

const masterKey = randomBytes(32).toString("base64");

/** A durable PostgreSQL in a directory that goes when it stops. */
export async function startBed(): Promise<Bed> {
  // Whoever reads signing keys in this process needs what the instances were started with.
  process.env.LATCHKEY_MASTER_KEY = masterKey;
  const directory = await mkdtemp(path.join(tmpdir(), "latchkey-bench-"));
  // As root, PostgreSQL runs as another user, who must be able to pass.
  await chmod(directory, 0o711);
  // Several instances run on it, each with its pool.
  const database = await startEmbedded(directory, { settings: { max_connections: "200" } });
  const admin = new pg.Client({ connectionString: database.superuserUrl });
  await admin.connect();
  const { rows } = await admin.query<{ pid: number; owner: string }>(
    "SELECT pg_backend_pid() AS pid, pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = 'latchkey'",
  );
  const [first] = rows;
  let made = 0;
  return {
    postgres: parentOf(first?.pid ?? 0),
    async newDatabase() {
      const name = `bench_${++made}`;
      await admin.query(`CREATE DATABASE ${name} OWNER ${first?.owner}`);
      const url = new URL(database.ownerUrl);
      url.pathname = `/${name}`;
      // Here, as on every start but the first: the schema engine stays in the memory of the process that needed it.
      await migrate(url.href);
      return url.href;
    },
    async settle() {
      for (let left = 300; left > 0; left--) {
        await admin.query("CHECKPOINT");
        const { rows } = await admin.query("SELECT FROM pg_stat_activity WHERE backend_type = 'autovacuum worker'");
        if (rows.length === 0) return;
        await sleep(1_000);
      }
      throw new Error("PostgreSQL is still busy after five minutes.");
    },
    async stop() {
      await admin.end();
      await database.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const environment = (databaseUrl: string) => ({
  ...OWNER_ENV,
  DATABASE_URL: databaseUrl,
  LATCHKEY_MASTER_KEY: masterKey,
  // The gateway's address, as /v4/authorize sees it.
  LATCHKEY_TRUSTED_PROXIES: "127.0.0.1",
});

/** The production build on a new database. */
export async function serve(bed: Bed, env: Record<string, string> = {}): Promise<Served> {
  const databaseUrl = await bed.newDatabase();
  const instance = await startInstance({ env: { ...environment(databaseUrl), ...env } });
  return { instance, databaseUrl, cookie: await signInOverHttp(instance.url) };
}

/** One more instance on the same database. */
export const serveAlso = (
  { databaseUrl }: Served,
  { args = [], env = {} }: { args?: string[]; env?: Record<string, string> },
): Promise<Instance> => startInstance({ args, env: { ...environment(databaseUrl), ...env } });

/** Checks read the database each time. */
export const WITHOUT_CACHE = { LATCHKEY_KEY_CACHE: "off" };
