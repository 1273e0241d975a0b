import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { getEnv } from "@/lib/env";
import { AppError } from "@/lib/errors";
import { log } from "@/lib/log";
import { firstRun } from "@/lib/organizations/first-run";
import { describeUrl } from "@/lib/postgres/connection-url";
import { type EmbeddedServer, startEmbedded } from "@/lib/postgres/embedded";
import { MigrationError } from "@/lib/postgres/migrate";
import { prepareDatabase } from "@/lib/postgres/prepare";
import { migrateApart } from "@/lib/server/migrate-process";

export type StartedDatabase = {
  /** The one-time set-up link of an instance without users. */
  setupUrl: string | null;
};

/**
 * Makes the database ready to serve: started if it is ours, migrated, the first owner or set-up link made. Until
 * then `getDb()` answers `unavailable`.
 *
 * With a DATABASE_URL that cannot be reached or migrated it returns at once and goes on trying; `whenReady` is told in
 * the end, and `whenFailed` of what trying again cannot mend.
 * @returns the embedded server, to be stopped with the process; null with DATABASE_URL.
 */
export async function startDatabase(
  whenReady: (started: StartedDatabase) => void,
  whenFailed: (error: unknown) => void,
): Promise<EmbeddedServer | null> {
  globalThis.__latchkeyDatabasePending = true;
  const { databaseUrl, dataDir, workers } = getEnv();
  if (databaseUrl === null) {
    const embedded = await startEmbedded(dataDir, { settings: { max_connections: String(connectionsFor(workers)) } });
    try {
      whenReady({ setupUrl: await makeReady(embedded.ownerUrl, embedded.appUrl) });
    } catch (error) {
      await embedded.stop();
      throw error;
    }
    return embedded;
  }
  const attempt = async () => whenReady({ setupUrl: await makeReady(databaseUrl) });
  try {
    await attempt();
  } catch (error) {
    if (!mayPass(error)) throw error;
    report(error, databaseUrl);
    void keepTrying(attempt, databaseUrl).catch(whenFailed);
  }
  return null;
}

/** What two instances take, ten and a listener for each of their processes, and room for tools. */
const connectionsFor = (workers: number): number => 2 * 11 * (workers + 2) + 20;

async function makeReady(ownerUrl: string, appUrl?: string): Promise<string | null> {
  process.env.DATABASE_URL = await prepareDatabase(ownerUrl, appUrl, migrateApart);
  globalThis.__latchkeyDatabasePending = false;
  try {
    return (await firstRun()).setupUrl;
  } catch (error) {
    globalThis.__latchkeyDatabasePending = true;
    throw error;
  }
}

/** Often enough to serve a few seconds after the database has come. */
const RETRY_MS = 2_000;

async function keepTrying(attempt: () => Promise<void>, url: string): Promise<void> {
  for (;;) {
    await sleep(RETRY_MS);
    try {
      await attempt();
      log.info("the database is ready");
      return;
    } catch (error) {
      if (!mayPass(error)) throw error;
      report(error, url);
    }
  }
}

/** Whether trying again can help: the server may come back, and its operator may mend logins and rights. */
function mayPass(error: unknown): boolean {
  if (error instanceof MigrationError || error instanceof pg.DatabaseError) return true;
  if (error instanceof AppError) return error.code === "unavailable";
  return error instanceof Error && ("code" in error || /timeout|terminated|connection/i.test(error.message));
}

function report(error: unknown, url: string): void {
  const reason =
    error instanceof Error ? error.message || ("code" in error ? String(error.code) : error.name) : String(error);
  log.warn({ database: describeUrl(url), reason }, "the database is not ready; trying again");
}
