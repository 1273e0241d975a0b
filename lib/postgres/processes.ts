import { existsSync, readdirSync, readlinkSync, realpathSync } from "node:fs";

/** Whether a process with this id lives, anyone's. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/**
 * Whether the process works in the directory, as every process of a server does in its data. Where /proc is missing, a
 * live id is believed.
 */
export function livesIn(pid: number, data: string): boolean {
  if (!existsSync("/proc/self/cwd")) return true;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(data);
  } catch {
    return false;
  }
}

/** Whether any process works in the directory. */
export function anyProcessIn(data: string): boolean {
  if (!existsSync("/proc/self/cwd")) return true;
  return readdirSync("/proc").some((name) => /^\d+$/.test(name) && livesIn(Number(name), data));
}
