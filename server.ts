import "@/lib/server/v8-flags";
import cluster from "node:cluster";
import { existsSync } from "node:fs";
import type { Server } from "node:http";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { watchImporting } from "@/lib/api-keys/importing";
import { startSealer } from "@/lib/audit/sealer";
import { adoptTokenCache } from "@/lib/auth/token-cache";
import { keyCache, startKeyCoherence } from "@/lib/coherence/key-coherence";
import { closeDb } from "@/lib/db";
import { getEnv, unknownSettings } from "@/lib/env";
import { ownCounts } from "@/lib/http/metrics";
import { nodeLane } from "@/lib/http/node-lane";
import { adoptLogLevel, log } from "@/lib/log";
import { startMaintenance } from "@/lib/maintenance";
import type { EmbeddedServer } from "@/lib/postgres/embedded";
import { atStop, finishAll } from "@/lib/server/at-stop";
import { createLatchkeyServer } from "@/lib/server/create-server";
import { startDraining } from "@/lib/server/draining";
import { boundGarbage } from "@/lib/server/garbage";
import { finisher, stopAccepting } from "@/lib/server/graceful-close";
import { serveHandedOver, takeOver } from "@/lib/server/handed-over";
import { setNextAuthEnvironment } from "@/lib/server/next-auth-environment";
import { pagesHere } from "@/lib/server/pages-here";
import { type Pages, pagesElsewhere, pagesProcess } from "@/lib/server/pages-process";
import { type StartedDatabase, startDatabase } from "@/lib/server/start-database";
import { joinPrimary, reportFailure, reportLeaving, reportServing } from "@/lib/server/worker";
import type { StopSignal } from "@/lib/server/worker-messages";
import { Workers } from "@/lib/server/workers";

/** A stop takes ten seconds at most: requests, then what must be written, then the end in any case. */
const REQUESTS_MS = 6_000;
const WORKER_MS = 9_000;
const STOP_MS = 10_000;
/** A signal that comes again so soon came twice: to npm and to its group, of which npm tells too. */
const SAME_SIGNAL_MS = 1_000;
/** How long a proxy may need to use a kept connection again before it is closed; a person at a terminal does not wait. */
const IDLE_MS = 1_000;

// Built to dist/server.mjs. Relative settings count from the checkout, wherever the process was started.
const entry = fileURLToPath(import.meta.url);
process.chdir(path.dirname(path.dirname(entry)));
const dev = process.argv.includes("--dev");
const fastLane = !process.argv.includes("--no-fast-lane");

let embedded: EmbeddedServer | null = null;
let server: Server | null = null;
let pages: Pages | null = null;
let finish: ReturnType<typeof finisher> | null = null;
let workers: Workers | null = null;
let isPrimary = false;
let stoppingSince: number | null = null;
let isReady = false;
let setupUrl: string | null = null;
let announced = false;

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.on(signal, () => {
    // Ctrl-C reaches the workers too; their primary tells them when.
    if (!cluster.isWorker) void stop(signal);
    else if (signal === "SIGTERM") void reportLeaving();
  });
}
boundGarbage();
const starting = start();
starting.catch(fail);

async function start(): Promise<void> {
  if (existsSync(".env")) process.loadEnvFile(".env");
  adoptLogLevel();
  // First: a setting that is missing may be the one that is misspelled.
  const unknown = cluster.isPrimary ? unknownSettings(process.env) : [];
  if (unknown.length > 0) log.warn({ variables: unknown }, "these are no settings of this version, and are ignored");
  const { workers: count } = getEnv();
  isPrimary = cluster.isPrimary && count > 1 && !dev;
  if (cluster.isWorker) await serve(joinInstance);
  else if (isPrimary) await lead(count);
  else {
    await serve(openDatabase);
    announce();
  }
}

/** The primary of several processes: it keeps the database, renders pages and does the chores; they serve. */
async function lead(count: number): Promise<void> {
  pages = pagesProcess();
  await allOf([openDatabase(), pages.prepare()]);
  const { port, host } = getEnv();
  const args = process.argv.slice(2);
  workers = new Workers({ count, port, host, entry, args, onServing: announce, onFailed: fail });
  workers.setDatabase(isReady ? (process.env.DATABASE_URL ?? null) : null);
}

async function serve(withDatabase: () => Promise<void>): Promise<void> {
  const env = getEnv();
  pages = cluster.isWorker ? pagesElsewhere() : dev ? await pagesHere() : pagesProcess();
  if (dev) setNextAuthEnvironment();
  await allOf([withDatabase(), pages.prepare()]);

  const created = createLatchkeyServer({
    url: env.url,
    api: fastLane ? nodeLane : null,
    pages: pages.handler,
    isReady: () => isReady,
    dev,
  });
  if (pages.upgrade) created.on("upgrade", pages.upgrade);
  finish = finisher(created);
  if (cluster.isWorker) serveHandedOver(created);
  else await listen(created, env);
  server = created;
  if (cluster.isWorker) await reportServing();
}

function listen(created: Server, { port, host }: { port: number; host: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    created.once("error", reject);
    created.listen(port, host, resolve);
  });
}

/** All of them, and the first failure only when none is under way any more. */
async function allOf(steps: Promise<void>[]): Promise<void> {
  for (const step of await Promise.allSettled(steps)) if (step.status === "rejected") throw step.reason;
}

async function openDatabase(): Promise<void> {
  const whenReady = (started: StartedDatabase) => {
    isReady = true;
    pages?.setDatabase(process.env.DATABASE_URL ?? "");
    atStop(startSealer());
    atStop(startMaintenance());
    if (isPrimary) workers?.setDatabase(process.env.DATABASE_URL ?? null);
    else startServing();
    setupUrl = started.setupUrl;
    if (announced && setupUrl) announceSetup(setupUrl);
  };
  embedded = await startDatabase(whenReady, fail);
}

/** A worker's database is the primary's. Resolves when it is known whether there is one. */
async function joinInstance(): Promise<void> {
  globalThis.__latchkeyDatabasePending = true;
  await new Promise<void>((resolve) => {
    const onDatabase = (url: string | null) => {
      if (url !== null && !isReady) {
        process.env.DATABASE_URL = url;
        globalThis.__latchkeyDatabasePending = false;
        isReady = true;
        startServing();
      }
      resolve();
    };
    joinPrimary({
      onDatabase,
      onConnection: (socket) => (server ? takeOver(server, socket) : socket.destroy()),
      onDraining: startDraining,
      onStop: (signal) => void stop(signal),
      count: ownCounts,
    });
  });
}

/** What every process that serves does beside it. */
function startServing(): void {
  atStop(watchImporting());
  if (!getEnv().keyCache) return;
  atStop(startKeyCoherence());
  adoptTokenCache(keyCache());
}

function announce(): void {
  announced = true;
  console.log(`\n  Latchkey serves at ${getEnv().url}\n`);
  if (setupUrl) announceSetup(setupUrl);
}

function announceSetup(setupUrl: string): void {
  console.log(`\n  First run: create the organization and its owner with this one-time link:\n  ${setupUrl}\n`);
}

/**
 * Readiness goes first, then the listening socket; requests under way are finished, counters flushed, the database
 * closed and, if it is ours, stopped.
 */
async function stop(signal: StopSignal): Promise<void> {
  if (stoppingSince !== null) {
    // A second Ctrl-C means at once.
    if (!cluster.isWorker && performance.now() - stoppingSince > SAME_SIGNAL_MS) process.exit(1);
    return;
  }
  stoppingSince = performance.now();
  startDraining();
  workers?.startDraining();
  log.info({ signal }, "stopping");
  // A worker's primary has waited already.
  const leadMs = signal === "SIGINT" || cluster.isWorker ? 0 : getEnv().drainSeconds * 1_000;
  setTimeout(() => process.exit(1), leadMs + (cluster.isWorker ? WORKER_MS : STOP_MS)).unref();
  // A worker that serves nothing yet may still be waiting to hear of a database.
  if (cluster.isWorker && !server) process.exit(0);
  await starting.catch(() => undefined);
  if (server || workers) await sleep(leadMs);
  if (server?.listening) await stopAccepting(server);
  await workers?.stop(signal, WORKER_MS);
  await finish?.({ idleMs: signal === "SIGINT" ? 0 : IDLE_MS, limitMs: REQUESTS_MS });
  await release();
  process.exit(0);
}

async function release(): Promise<void> {
  await Promise.all([finishAll(), pages?.stop()]);
  await closeDb();
  await embedded?.stop();
}

async function fail(error: unknown): Promise<never> {
  if (cluster.isWorker) await reportFailure(explain(error));
  else console.error(`\nLatchkey could not start.\n${explain(error)}\n`);
  await workers?.stop("SIGINT", WORKER_MS);
  await release().catch(() => undefined);
  process.exit(1);
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ("code" in error && error.code === "EADDRINUSE") {
    const { host, port } = getEnv();
    return `Port ${port} on ${host} is in use. Stop what listens there, or choose another with PORT=3001.`;
  }
  if ("code" in error && error.code === "EACCES" && "syscall" in error && error.syscall === "listen") {
    return `This user may not listen on port ${getEnv().port}. Choose one above 1023 with PORT=3000.`;
  }
  return process.env.LOG_LEVEL === "debug" ? (error.stack ?? error.message) : error.message;
}
