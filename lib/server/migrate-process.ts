import { fork } from "node:child_process";
import { once } from "node:events";
import { isBehind, MigrationError } from "@/lib/postgres/migrate";

/** What the process that migrates says in the end: what it applied, or why it could not. */
export type MigrationAnswer =
  | { applied: string[] }
  | { failure: { message: string; code: string | null; isMigrationError: boolean } };

const PROGRAM = "dist/migrate.mjs";

/**
 * As `migrate`, but what is to be applied is applied by a process that ends afterwards: the engine takes some 50 MB,
 * which the one that serves would keep for as long as it runs.
 * @throws MigrationError when the database refuses a migration.
 */
export async function migrateApart(url: string): Promise<string[]> {
  if (!(await isBehind(url))) return [];
  // The address holds a password: a message, where arguments and the environment could be read by others.
  const child = fork(PROGRAM, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const ended = once(child, "exit").then(([code, signal]) => {
    throw new Error(`The process that migrates ended (${signal ?? code}).`);
  });
  ended.catch(() => undefined);
  child.send(url);
  const [said] = (await Promise.race([once(child, "message"), ended])) as [MigrationAnswer];
  await ended.catch(() => undefined);
  if ("applied" in said) return said.applied;
  throw failureOf(said.failure);
}

/** As it was thrown there, as far as anyone here asks: its class, its message, and the code of what may pass. */
function failureOf({
  message,
  code,
  isMigrationError,
}: Extract<MigrationAnswer, { failure: object }>["failure"]): Error {
  if (isMigrationError) return new MigrationError(message);
  return Object.assign(new Error(message), code === null ? {} : { code });
}
