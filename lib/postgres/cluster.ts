import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chown, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import type { Placement } from "@/lib/postgres/placement";
import { isAlive } from "@/lib/postgres/processes";

const run = promisify(execFile);

export const SUPERUSER = "postgres";
export const OWNER = "latchkey_owner";
export const APP = "latchkey_app";

/** The generated password of each login role. */
export type Passwords = { superuser: string; owner: string; app: string };

/** The files of one embedded server, all below its home. */
export function clusterFiles(home: string) {
  return {
    data: path.join(home, "data"),
    passwords: path.join(home, "passwords.json"),
    socketDirectory: path.join(home, "socket"),
    log: path.join(home, "server.log"),
  };
}

/**
 * Makes the cluster and its passwords unless they exist, and returns the passwords. All of it appears at once (made
 * beside, then renamed), so neither a crash nor a second process at the same moment leaves half of one.
 */
export async function ensureCluster(place: Placement, durable: boolean): Promise<Passwords> {
  if (!existsSync(place.home)) await createCluster(place, durable);
  return JSON.parse(await readFile(clusterFiles(place.home).passwords, "utf8"));
}

async function createCluster(place: Placement, durable: boolean): Promise<void> {
  await removeAbandoned(place.home);
  const partial = `${place.home}.${process.pid}.${randomBytes(3).toString("hex")}.tmp`;
  const files = clusterFiles(partial);
  for (const directory of [partial, files.socketDirectory]) {
    await mkdir(directory, { mode: 0o700 });
    if (place.user) await chown(directory, place.user.uid, place.user.gid);
  }
  const password = () => randomBytes(24).toString("base64url");
  const passwords: Passwords = { superuser: password(), owner: password(), app: password() };
  await writePrivate(files.passwords, JSON.stringify(passwords));
  const passwordFile = path.join(partial, "superuser-password");
  await writePrivate(passwordFile, passwords.superuser);
  if (place.user) await chown(passwordFile, place.user.uid, place.user.gid);
  try {
    await initialise(place, files.data, passwordFile, durable);
    await rm(passwordFile);
    await rename(partial, place.home);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    // Another process was first; its cluster serves both.
    if (!existsSync(place.home)) throw error;
  }
}

/** What a process that was killed while it made a cluster left beside it. */
async function removeAbandoned(home: string): Promise<void> {
  const directory = path.dirname(home);
  for (const name of await readdir(directory)) {
    const pid = /^postgres\.(\d+)\.\w+\.tmp$/.exec(name)?.[1];
    if (pid && !isAlive(Number(pid))) await rm(path.join(directory, name), { recursive: true, force: true });
  }
}

async function initialise(place: Placement, data: string, passwordFile: string, durable: boolean): Promise<void> {
  // PostgreSQL's own C.UTF-8 sorts and folds alike on every machine; the libc locale only classifies characters.
  const initdb = (locale: string) =>
    run(
      place.binaries.initdb,
      [
        `--pgdata=${data}`,
        `--username=${SUPERUSER}`,
        `--pwfile=${passwordFile}`,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        `--locale=${locale}`,
        "--no-instructions",
        ...(durable ? [] : ["--no-sync"]),
      ],
      { ...place.user, cwd: "/", env: serverEnvironment() },
    );
  try {
    await initdb("C.UTF-8");
  } catch {
    await rm(data, { recursive: true, force: true });
    await initdb("C");
  }
}

/** What the server's programs see of the environment: not our secrets. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  return { NODE_ENV: "production", PATH: process.env.PATH, LC_MESSAGES: "C", TZ: "UTC" };
}

async function writePrivate(file: string, content: string): Promise<void> {
  const handle = await open(file, "wx", 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
