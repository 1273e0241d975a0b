import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import type { ConnectionStep } from "@/scripts/bench/connections";
import type { Step } from "@/scripts/bench/growth";
import { GENERATOR } from "@/scripts/bench/load";
import { CONNECTIONS, KEYS, ROUNDS, type Sample, SECONDS } from "@/scripts/bench/measure";
import type { Memory } from "@/scripts/bench/memory";
import type { PageTime } from "@/scripts/bench/pages";
import type { Soak } from "@/scripts/bench/soak";

const FILE = "docs/performance.json";

type Measured = {
  reads: Sample[];
  checks: Sample[];
  changes: Sample[];
  connections: ConnectionStep[];
  growth: Step[];
  memory: Memory;
  pages: PageTime[];
  soak: Soak;
};
export type Section = keyof Measured;

/** When, where and how a section was measured. */
export type How = {
  day: string;
  machine: string;
  generator: string;
  connections: number;
  keys: number;
  rounds: number;
  seconds: number;
};

export type Results = { [S in Section]?: { how: How; measured: Measured[S] } };

/** What was measured last of each section, whenever that was. */
export const readResults = (): Results => (existsSync(FILE) ? (JSON.parse(readFileSync(FILE, "utf8")) as Results) : {});

/** Keeps a section as soon as it is measured: a run that is cut loses only what it had not come to. */
export function keep<S extends Section>(section: S, measured: Measured[S]): Results {
  const results = { ...readResults(), [section]: { how: how(), measured } };
  writeFileSync(FILE, `${JSON.stringify(results, null, 2)}\n`);
  return results;
}

const how = (): How => ({
  day: new Date().toISOString().slice(0, 10),
  machine: `${cpus().length} cores (${cpus()[0]?.model.trim() ?? "unknown"}), ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}`,
  generator: GENERATOR,
  connections: CONNECTIONS,
  keys: KEYS,
  rounds: ROUNDS,
  seconds: SECONDS,
});
