import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import path from "node:path";

/** A program that can be started, with what it needs in its environment. */
export type Program = { file: string; env: NodeJS.ProcessEnv };

const UNPACKED = path.resolve("node_modules/.cache/gateways");
const APT = "/usr/bin/apt-get";

/**
 * The gateway's program: the installed one, else Debian's package, unpacked into a directory of the tests. Nothing is
 * installed and no service is started, so it needs no root where apt's lists are there. Null when it cannot be had.
 */
export function findProgram(name: string, versionArgument: string): Program | null {
  const found = [installed(name), unpacked(name)].find((program) => starts(program, versionArgument));
  if (found) return found;
  if (!existsSync(APT) || !unpack(name)) return null;
  const fresh = unpacked(name);
  return starts(fresh, versionArgument) ? fresh : null;
}

function installed(name: string): Program | null {
  const directories = [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/usr/local/sbin"];
  const file = directories.map((directory) => path.join(directory, name)).find(existsSync);
  return file === undefined ? null : { file, env: process.env };
}

function unpacked(name: string): Program | null {
  const root = path.join(UNPACKED, name, "root");
  const file = ["usr/sbin", "usr/bin"].map((directory) => path.join(root, directory, name)).find(existsSync);
  if (file === undefined) return null;
  const libraries = ["usr/lib", "lib"]
    .map((directory) => path.join(root, directory))
    .filter(existsSync)
    .flatMap((directory) => readdirSync(directory).map((entry) => path.join(directory, entry)))
    .filter((directory) => directory.endsWith("-linux-gnu"));
  return { file, env: { ...process.env, LD_LIBRARY_PATH: libraries.join(":") } };
}

function starts(program: Program | null, versionArgument: string): boolean {
  return program !== null && spawnSync(program.file, [versionArgument], { env: program.env }).status === 0;
}

function unpack(name: string): boolean {
  const cache = path.join(UNPACKED, name);
  const archives = path.join(cache, "archives");
  mkdirSync(path.join(archives, "partial"), { recursive: true });
  const own = ["-o", "Debug::NoLocking=1", "-o", `Dir::Cache=${cache}`];
  const download = () => run(APT, ["install", "--download-only", "--no-install-recommends", "-y", ...own, name]);
  const isDownloaded = download() || (process.getuid?.() === 0 && run(APT, ["update"]) && download());
  if (!isDownloaded) return false;
  const packages = readdirSync(archives).filter((file) => file.endsWith(".deb"));
  return packages.every((file) => run("dpkg", ["-x", path.join(archives, file), path.join(cache, "root")]));
}

const run = (command: string, args: string[]): boolean =>
  spawnSync(command, args, { stdio: "ignore", timeout: 120_000 }).status === 0;
