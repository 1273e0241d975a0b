import { execFile, execFileSync, spawnSync } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The user to run PostgreSQL as: its ids for `spawn`, or nothing when the process is not root itself. */
export type RunAs = { uid: number; gid: number } | undefined;

/**
 * PostgreSQL refuses to run as root; then it runs as the system user `postgres`, made if it is missing.
 * @throws Error with the way out where no such user can be made.
 */
export async function unprivilegedUser(): Promise<RunAs> {
  if (process.getuid?.() !== 0) return undefined;
  const existing = lookUp("postgres");
  if (existing) return existing;
  try {
    await run("useradd", ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", "postgres"]);
  } catch (error) {
    throw new Error(
      "PostgreSQL does not run as root, and a system user `postgres` to run it as could not be created. " +
        "Create one, start as an ordinary user, or set DATABASE_URL.",
      { cause: error },
    );
  }
  const created = lookUp("postgres");
  if (!created) throw new Error("The system user `postgres` was created but cannot be found.");
  return created;
}

function lookUp(user: string): RunAs {
  try {
    const id = (flag: string) => Number(execFileSync("id", [flag, user], { encoding: "utf8", stdio: "pipe" }));
    return { uid: id("-u"), gid: id("-g") };
  } catch {
    return undefined;
  }
}

/** Whether that user passes the file test (`-x`, `-w`, …) on `path`. The kernel is asked, so that ACLs count too. */
export function passesTest(user: RunAs, test: "-x" | "-w" | "-d", path: string): boolean {
  const { status } = spawnSync("/bin/sh", ["-c", `test ${test} "$1"`, "sh", path], {
    ...user,
    cwd: "/",
    stdio: "ignore",
  });
  return status === 0;
}
