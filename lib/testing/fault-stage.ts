import { execFile } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import pg from "pg";
import { withDatabase } from "@/lib/postgres/connection-url";
import { type EmbeddedServer, startEmbedded } from "@/lib/postgres/embedded";
import { findInconsistencies } from "@/lib/testing/consistency";
import { OWNER_ENV, signInOverHttp } from "@/lib/testing/instance";
import { type StagedInstance, startStagedInstance } from "@/lib/testing/staged-instance";
import { Workload } from "@/lib/testing/workload";

const WORKER_PERMISSIONS = [
  ...["create", "read", "update", "delete", "regenerate", "verify"].map((action) => `account:apikeys:${action}`),
  "residential:read",
];

/** The production build, once or several times, on a PostgreSQL of its own, and keys for the clients of a workload. */
export type FaultStage = {
  /** Each with a proxy of its own before the database. */
  instances: readonly [StagedInstance, ...StagedInstance[]];
  /** The environment of one more instance on this stage, by way of the first one's proxy. */
  env: Record<string, string>;
  /** A key for each client, which may do everything with keys. */
  tokens: string[];
  /** The owner's session. */
  cookie: string;
  /** kill -9 of the postmaster, which takes every connection with it. Somebody must start it again: the stage does. */
  killPostgres: () => void;
  /** Resolves once the database takes connections. */
  databaseBack: () => Promise<void>;
  /**
   * Milliseconds until every instance decides about a good token again.
   * @throws Error when one refuses it instead of saying that it cannot decide, or does neither for a minute.
   */
  recovery: () => Promise<number>;
  /**
   * Milliseconds until every instance, or each of these, has had a change acknowledged, by itself and by all others.
   * @throws Error when one answers anything but that and 503, or is not done within a minute.
   */
  changesAgain: (of?: readonly StagedInstance[]) => Promise<number>;
  asSuperuser: <T>(use: (client: pg.Client) => Promise<T>) => Promise<T>;
  workload: (seed: number) => Workload;
  /** Everything that is wrong after the workload has stopped and the faults are over. */
  judge: (workload: Workload) => Promise<string[]>;
  /** What `npm run audit:verify` finds wrong. What breaks the chain once breaks it for good: ask at the end. */
  judgeLog: () => Promise<string[]>;
  stop: () => Promise<void>;
};

/**
 * @param options.instances how many of them there are. Clients send their requests to one after the other.
 * @param options.clients how many keys there are for clients.
 * @param options.directory where the database lives; otherwise a temporary place of its own, which goes with the stage.
 */
export async function startFaultStage({ instances: count = 1, clients = 6, directory = "" } = {}): Promise<FaultStage> {
  const home = directory || (await mkdtemp(path.join(tmpdir(), "latchkey-faults-")));
  // As root, PostgreSQL runs as another user, who must be able to pass.
  await chmod(home, 0o711);
  // Each instance may have ten connections and one to listen.
  const settings = { max_connections: String(50 + 12 * count) };
  const database = await startEmbedded(home, { settings });
  const env = {
    ...OWNER_ENV,
    LATCHKEY_MASTER_KEY: randomBytes(32).toString("base64"),
    LOG_LEVEL: process.env.LOG_LEVEL ?? "error",
  };
  const start = () => startStagedInstance(database.ownerUrl, env);
  // One after the other: the first one makes the organization.
  const instances: [StagedInstance, ...StagedInstance[]] = [await start()];
  while (instances.length < count) instances.push(await start());
  const [first] = instances;
  const cookie = await signInOverHttp(first.url);
  const tokens = (await makeKeys(first.url, cookie, clients, "Client")).map(({ token }) => token);
  const probes = (await makeKeys(first.url, cookie, count, "Probe")).map(({ id }) => id);
  const urls = instances.map(({ url }) => url);
  const postmaster = () => Number(readFileSync(path.join(home, "postgres/data/postmaster.pid"), "utf8").split("\n")[0]);
  const asSuperuser = <T>(use: (client: pg.Client) => Promise<T>) => withPatience(superuserUrlOf(database), use);
  return {
    instances,
    env: { ...env, DATABASE_URL: first.proxy.url },
    tokens,
    cookie,
    killPostgres: () => process.kill(postmaster(), "SIGKILL"),
    databaseBack: () => asSuperuser(async (client) => void (await client.query("SELECT 1"))),
    async recovery() {
      const began = performance.now();
      await Promise.all(urls.map((url) => untilDecided(url, tokens[0] ?? "")));
      return performance.now() - began;
    },
    async changesAgain(of = instances) {
      const began = performance.now();
      await Promise.all(of.map(({ url }) => untilChanged(url, tokens[0] ?? "", probes[urls.indexOf(url)] ?? "")));
      return performance.now() - began;
    },
    asSuperuser,
    workload: (seed) => new Workload({ urls, tokens, seed }),
    async judge(workload) {
      // The rows first: they settle what was open, and the decisions must agree with that.
      const inconsistent = await asSuperuser((client) => findInconsistencies(client, workload));
      await workload.checkAll();
      return [...workload.violations, ...inconsistent];
    },
    judgeLog: () => brokenLog({ ...env, DATABASE_URL: database.ownerUrl }),
    async stop() {
      for (const instance of instances) await instance.stop();
      await database.stop();
      if (!directory) await rm(home, { recursive: true, force: true });
    },
  };
}

/**
 * Resolves when the instance decides about a good token.
 * @throws Error as `FaultStage.recovery` says.
 */
export const untilDecided = (url: string, token: string): Promise<void> => untilDone(`${url}/v4/authorize`, token);

const untilChanged = (url: string, token: string, id: string): Promise<void> =>
  untilDone(`${url}/v4/account/api-keys/${id}`, token, () => ({
    method: "PATCH",
    body: JSON.stringify({ name: `Probe ${randomUUID()}` }),
  }));

/** Asks again for as long as the answer is 503. */
async function untilDone(url: string, token: string, request: () => RequestInit = () => ({})): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const end = performance.now() + 60_000;
  while (performance.now() < end) {
    const answer = await fetch(url, { ...request(), headers, signal: AbortSignal.timeout(60_000) });
    const text = await answer.text();
    if (answer.status === 200) return;
    if (answer.status !== 503) throw new Error(`${url} answered ${answer.status} ${text}.`);
    await sleep(20);
  }
  throw new Error(`${url} was not answered with success within a minute.`);
}

const superuserUrlOf = (database: EmbeddedServer): string => withDatabase(database.superuserUrl, "latchkey");

type MadeKey = { id: string; token: string };

async function makeKeys(url: string, cookie: string, count: number, name: string): Promise<MadeKey[]> {
  const headers = { cookie, origin: url, "content-type": "application/json" };
  const keys: MadeKey[] = [];
  for (let i = 0; i < count; i++) {
    const body = JSON.stringify({ name: `${name} ${i}`, permissions: WORKER_PERMISSIONS });
    const answer = await fetch(`${url}/v4/account/api-keys`, { method: "POST", headers, body });
    const made = (await answer.json()) as MadeKey;
    if (!made.token) throw new Error(`No key was made: ${JSON.stringify(made)}`);
    keys.push(made);
  }
  return keys;
}

/** The server may still be recovering from what was done to it. */
async function withPatience<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    client.on("error", () => undefined);
    try {
      await client.connect();
    } catch (error) {
      if (attempt === 200) throw error;
      await sleep(100);
      continue;
    }
    try {
      return await use(client);
    } finally {
      await client.end();
    }
  }
}

/** `npm run audit:verify`, after the sealer has had its second. */
async function brokenLog(env: Record<string, string>): Promise<string[]> {
  await sleep(1_500);
  try {
    const args = ["scripts/run.mjs", "scripts/audit-verify.ts"];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...env } });
    return /intact, \d+ events sealed/.test(stdout) ? [] : [`the audit log: ${stdout}`];
  } catch (error) {
    return [`the audit log: ${String((error as { stdout?: unknown }).stdout ?? error)}`];
  }
}
