import { existsSync } from "node:fs";
import path from "node:path";
import { getEnv } from "@/lib/env";
import { adoptLogLevel } from "@/lib/log";
import { startEmbedded } from "@/lib/postgres/embedded";

/**
 * Runs `use` with the URL of the login that owns the database of the settings. The embedded server is started for it
 * unless it runs, and then stopped again unless others use it. `.env` is read as the server reads it.
 * @throws Error when there is no master key: the wrong data directory is the likely cause, and a new key would be made.
 */
export async function withOwnerUrl<T>(use: (url: string) => Promise<T>): Promise<T> {
  if (existsSync(".env")) process.loadEnvFile(".env");
  adoptLogLevel();
  const { databaseUrl, dataDir, masterKey } = getEnv();
  if (masterKey === null && !existsSync(path.join(dataDir, "master.key"))) {
    throw new Error(
      `There is no master key in ${dataDir}. Set LATCHKEY_DATA_DIR or LATCHKEY_MASTER_KEY as Latchkey ran with them, ` +
        "or put the master.key of then into the data directory.",
    );
  }
  if (databaseUrl !== null) return use(databaseUrl);
  const server = await startEmbedded(dataDir);
  try {
    return await use(server.ownerUrl);
  } finally {
    await server.stop();
  }
}

/** What must be kept with a backup, since it is not in it. */
export function placeOfMasterKey(): string {
  const { masterKey, dataDir } = getEnv();
  return masterKey === null ? path.join(dataDir, "master.key") : "the value of LATCHKEY_MASTER_KEY";
}
