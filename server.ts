import { existsSync } from "node:fs";
import type { Server } from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";
import next from "next";
import { watchImporting } from "@/lib/api-keys/importing";
import { startSealer } from "@/lib/audit/sealer";
import { closeDb } from "@/lib/db";
import { derivedSecret, getEnv } from "@/lib/env";
import { nodeLane } from "@/lib/http/node-lane";
import { log } from "@/lib/log";
import { startMaintenance } from "@/lib/maintenance";
import type { EmbeddedServer } from "@/lib/postgres/embedded";
import { atStop, finishAll } from "@/lib/server/at-stop";
import { createLatchkeyServer } from "@/lib/server/create-server";
import { type StartedDatabase, startDatabase } from "@/lib/server/start-database";

const GRACE_MS = 8_000;

// Built to dist/server.mjs. Relative settings count from the checkout, wherever the process was started.
process.chdir(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const dev = process.argv.includes("--dev");
const fastLane = !process.argv.includes("--no-fast-lane");

let embedded: EmbeddedServer | null = null;
let server: Server | null = null;
let stopping = false;
let isReady = false;
let setupUrl: string | null = null;

for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void stop(signal));
const starting = start();
starting.catch(fail);

async function start(): Promise<void> {
  if (existsSync(".env")) process.loadEnvFile(".env");
  const env = getEnv();
  // next-auth reads these two from the environment. Its own origin never comes from a request.
  process.env.NEXTAUTH_URL = env.url;
  process.env.NEXTAUTH_SECRET = derivedSecret("session-cookie").toString("base64url");

  const pages = next({ dev, dir: process.cwd(), hostname: env.host, port: env.port });
  const steps = await Promise.allSettled([openDatabase(), pages.prepare()]);
  for (const step of steps) if (step.status === "rejected") throw step.reason;

  const created = createLatchkeyServer({
    url: env.url,
    api: fastLane ? nodeLane : null,
    pages: pages.getRequestHandler(),
    isReady: () => isReady,
    dev,
  });
  if (dev) created.on("upgrade", pages.getUpgradeHandler());
  await new Promise<void>((resolve, reject) => {
    created.once("error", reject);
    created.listen(env.port, env.host, resolve);
  });
  server = created;
  console.log(`\n  Latchkey serves at ${env.url}\n`);
  if (setupUrl) announceSetup(setupUrl);
}

async function openDatabase(): Promise<void> {
  const whenReady = (started: StartedDatabase) => {
    isReady = true;
    atStop(startSealer());
    atStop(startMaintenance());
    atStop(watchImporting());
    setupUrl = started.setupUrl;
    if (server && setupUrl) announceSetup(setupUrl);
  };
  embedded = await startDatabase(whenReady, fail);
}

function announceSetup(setupUrl: string): void {
  console.log(`\n  First run: create the organization and its owner with this one-time link:\n  ${setupUrl}\n`);
}

/** Requests under way are finished, counters flushed, the database closed and, if it is ours, stopped. */
async function stop(signal: string): Promise<void> {
  if (stopping) process.exit(1);
  stopping = true;
  log.info({ signal }, "stopping");
  setTimeout(() => process.exit(1), GRACE_MS + 1_500).unref();
  await starting.catch(() => undefined);
  await closeServer();
  await release();
  process.exit(0);
}

async function closeServer(): Promise<void> {
  const open = server;
  if (!open) return;
  const closed = new Promise<void>((resolve) => open.close(() => resolve()));
  open.closeIdleConnections();
  const impatient = setTimeout(() => open.closeAllConnections(), GRACE_MS / 2);
  await closed;
  clearTimeout(impatient);
}

async function release(): Promise<void> {
  await finishAll();
  await closeDb();
  await embedded?.stop();
}

async function fail(error: unknown): Promise<never> {
  console.error(`\nLatchkey could not start.\n${explain(error)}\n`);
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
