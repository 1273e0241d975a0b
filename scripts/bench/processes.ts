import { readdirSync, readFileSync } from "node:fs";

/** Linux counts a process's time in hundredths of a second. */
const MICROS_PER_TICK = 10_000;

type Entry = { pid: number; parent: number; ticks: number; ticksOfGone: number };

/** The processor time that a process and all below it have used, those that are gone included, in microseconds. */
export function processorMicros(pid: number): number {
  const all = entries();
  const ticks = below(pid, all).map((entry) => entry.ticks + entry.ticksOfGone);
  return MICROS_PER_TICK * ticks.reduce((sum, value) => sum + value, 0);
}

/** What is resident of a process, and of all below it together, in megabytes. */
export function residentMb(pid: number): { own: number; children: number } {
  const children = below(pid, entries()).filter((entry) => entry.pid !== pid);
  return { own: rssOf(pid), children: children.reduce((sum, child) => sum + rssOf(child.pid), 0) };
}

/** The processes that `pid` started, and theirs. */
export const startedBy = (pid: number): number[] =>
  below(pid, entries())
    .map((entry) => entry.pid)
    .filter((other) => other !== pid);

/** The process that started `pid`. */
export function parentOf(pid: number): number {
  const entry = readEntry(pid);
  if (!entry) throw new Error(`There is no process ${pid}.`);
  return entry.parent;
}

function rssOf(pid: number): number {
  try {
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Math.round(Number(kilobytes ?? 0) / 1024);
  } catch {
    return 0;
  }
}

function below(pid: number, all: Entry[]): Entry[] {
  const own = all.filter((entry) => entry.pid === pid);
  const children = all.filter((entry) => entry.parent === pid && entry.pid !== pid);
  return [...own, ...children.flatMap((child) => below(child.pid, all))];
}

const entries = (): Entry[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readEntry(Number(name)) ?? []);

function readEntry(pid: number): Entry | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name before may hold anything, also spaces and brackets: fields are counted from the last bracket.
    const fields = text
      .slice(text.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
    const at = (field: number) => fields[field - 3] ?? 0;
    return { pid, parent: at(4), ticks: at(14) + at(15), ticksOfGone: at(16) + at(17) };
  } catch {
    // It ended between the listing and the reading.
    return null;
  }
}
