import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { closeDb } from "@/lib/db";
import { log } from "@/lib/log";
import { type EmbeddedServer, startEmbedded } from "@/lib/postgres/embedded";
import { prepareDatabase } from "@/lib/postgres/prepare";
import { ORIGIN } from "@/lib/testing/client";
import { type Instance, startInstance } from "@/lib/testing/instance";
import { openPast } from "@/scripts/demo/past";
import { PASSWORD, PEOPLE } from "@/scripts/demo/people";
import { tellStory } from "@/scripts/demo/story";
import { fillUsage } from "@/scripts/demo/usage";

export const OWNER_SIGN_IN = { email: PEOPLE.ada.email, password: PASSWORD, organization: "" };

export type Demo = Instance & {
  /** Of the database, as its owner. */
  ownerUrl: string;
  masterKey: string;
};

/**
 * The production build with the demonstration's organization, on a free port, all of it in a temporary directory that
 * goes when it stops. Its history was made by the API itself, under a clock that was set back; only the counts of
 * requests are written as rows.
 */
export async function startDemo(env: Record<string, string> = {}): Promise<Demo> {
  const directory = await mkdtemp(path.join(tmpdir(), "latchkey-demo-"));
  // As root, PostgreSQL runs as another user, who must be able to pass.
  await chmod(directory, 0o711);
  const masterKey = randomBytes(32).toString("base64");
  let database: EmbeddedServer | null = null;
  const clear = async () => {
    await closeDb();
    await database?.stop();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    database = await startEmbedded(directory, {
      durable: false,
      settings: { fsync: "off", synchronous_commit: "off" },
    });
    await fill(database, masterKey, directory);
    const settings = { DATABASE_URL: database.ownerUrl, LATCHKEY_MASTER_KEY: masterKey, LATCHKEY_DATA_DIR: directory };
    const instance = await startInstance({ env: { ...settings, ...owner(), ...env } });
    const { ownerUrl } = database;
    const stop = async () => {
      await instance.stop();
      await clear();
    };
    return { ...instance, ownerUrl, masterKey, stop };
  } catch (error) {
    await clear();
    throw error;
  }
}

/** Only there so that the instance counts as set up: the database already has its owner. */
const owner = () => ({
  LATCHKEY_OWNER_EMAIL: PEOPLE.ada.email,
  LATCHKEY_OWNER_PASSWORD: PASSWORD,
  LATCHKEY_ORGANIZATION: "Meridian Networks",
});

/** The story is told in this process, which for that time has the settings of an instance of its own. */
async function fill(database: EmbeddedServer, masterKey: string, directory: string): Promise<void> {
  // Every call of the story would be a line.
  log.level = "warn";
  const given = { ...process.env };
  Object.assign(process.env, { LATCHKEY_MASTER_KEY: masterKey, LATCHKEY_DATA_DIR: directory, LATCHKEY_URL: ORIGIN });
  try {
    process.env.DATABASE_URL = await prepareDatabase(database.ownerUrl, database.appUrl);
    const past = await openPast(database.superuserUrl);
    try {
      await tellStory(past);
    } finally {
      await closeDb();
      await past.close();
    }
    await fillUsage(database.ownerUrl, past.now);
  } finally {
    for (const name of SETTINGS) {
      const value = given[name];
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

const SETTINGS = ["LATCHKEY_MASTER_KEY", "LATCHKEY_DATA_DIR", "LATCHKEY_URL", "DATABASE_URL"];
