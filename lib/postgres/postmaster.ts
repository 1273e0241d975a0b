import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { clusterFiles, serverEnvironment } from "@/lib/postgres/cluster";
import type { Placement } from "@/lib/postgres/placement";
import { anyProcessIn, isAlive, livesIn } from "@/lib/postgres/processes";

/** Where a running server listens: a socket directory or a loopback address, and the port that names it. */
export type Endpoint = { host: string; port: number };

/** What postmaster.pid says about the server that wrote it. */
export type Postmaster = Endpoint & { pid: number };

/** The server that runs on this data directory, or null. A left-over postmaster.pid is not taken for one. */
export function runningPostmaster(data: string): Postmaster | null {
  const lines = readLines(path.join(data, "postmaster.pid"));
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  if (!pid || !port || !isAlive(pid) || !livesIn(pid, data)) return null;
  return { pid, port, host: lines[4] || lines[5] || "127.0.0.1" };
}

/**
 * Removes a postmaster.pid whose process id now belongs to some other program, which PostgreSQL itself takes for a
 * live server (a container's ids begin anew at each start). Left alone while any process is still at work in there.
 */
export async function removeStalePid(data: string): Promise<void> {
  const file = path.join(data, "postmaster.pid");
  const pid = Number(readLines(file)[0]);
  if (!pid || !isAlive(pid) || livesIn(pid, data) || anyProcessIn(data)) return;
  await rm(file, { force: true });
}

/**
 * Starts a server, in a session of its own so that Ctrl-C reaches the application first. Its log goes to a file.
 * The caller waits until it can connect.
 */
export function spawnPostmaster(place: Placement, port: number, settings: Record<string, string>): ChildProcess {
  const files = clusterFiles(place.home);
  const local = fitsSocket(files.socketDirectory);
  const all: Record<string, string> = {
    listen_addresses: local ? "" : "127.0.0.1",
    unix_socket_directories: local ? files.socketDirectory : "",
    unix_socket_permissions: "0700",
    port: String(port),
    // Two instances of ten connections and a listener each, with room for tools.
    max_connections: "60",
    timezone: "UTC",
    log_timezone: "UTC",
    // A failed statement may hold what must not be in a log.
    log_min_error_statement: "panic",
    ...settings,
  };
  const log = openSync(files.log, isLarge(files.log) ? "w" : "a", 0o600);
  const args = ["-D", files.data, ...Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`])];
  const child = spawn(place.binaries.postgres, args, {
    ...place.user,
    cwd: "/",
    detached: true,
    stdio: ["ignore", log, log],
    env: serverEnvironment(),
  });
  closeSync(log);
  child.unref();
  return child;
}

/** A socket's path may have 107 bytes; the file's own name takes some of them. */
export const fitsSocket = (directory: string): boolean => Buffer.byteLength(directory) < 85;

/** The last lines of the server's log, for an error message. */
export function logTail(home: string): string {
  return readLines(clusterFiles(home).log).filter(Boolean).slice(-6).join("\n");
}

const isLarge = (file: string) => existsSync(file) && statSync(file).size > 5_000_000;

function readLines(file: string): string[] {
  try {
    return readFileSync(file, "utf8")
      .split("\n")
      .map((line) => line.trim());
  } catch {
    return [];
  }
}
