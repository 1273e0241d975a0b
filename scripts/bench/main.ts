import { type Bed, startBed } from "@/scripts/bench/bed";
import { benchChanges } from "@/scripts/bench/changes";
import { benchChecks } from "@/scripts/bench/checks";
import { benchConnections } from "@/scripts/bench/connections";
import { benchGrowth } from "@/scripts/bench/growth";
import { benchMemory } from "@/scripts/bench/memory";
import { benchPages } from "@/scripts/bench/pages";
import { startedBy } from "@/scripts/bench/processes";
import { benchReads } from "@/scripts/bench/reads";
import { writeReport } from "@/scripts/bench/report";
import { keep, readResults, type Section } from "@/scripts/bench/results";
import { benchSoak } from "@/scripts/bench/soak";

/** In the order in which they run. */
const SECTIONS: Record<Section, (bed: Bed) => Promise<unknown>> = {
  checks: async (bed) => keep("checks", await benchChecks(bed)),
  reads: async (bed) => keep("reads", await benchReads(bed)),
  changes: async (bed) => keep("changes", await benchChanges(bed)),
  connections: async (bed) => keep("connections", await benchConnections(bed)),
  pages: async (bed) => keep("pages", await benchPages(bed)),
  memory: async (bed) => keep("memory", await benchMemory(bed)),
  growth: async (bed) => keep("growth", await benchGrowth(bed)),
  soak: async (bed) => keep("soak", await benchSoak(bed)),
};

const isSection = (name: string): name is Section => name in SECTIONS;

/**
 * Measures the production build on databases of its own and writes docs/performance.json and, from it,
 * docs/performance.md: the sections that the arguments name, or all but the soak, which takes SOAK_MINUTES. `report`
 * alone writes the page anew.
 */
async function main(asked: string[]): Promise<void> {
  const unknown = asked.filter((name) => !isSection(name) && name !== "report");
  if (unknown.length > 0) {
    throw new Error(`There is no ${unknown.join(", ")}. Sections: ${Object.keys(SECTIONS).join(", ")}, report.`);
  }
  const soaks = asked.includes("soak") || (asked.length === 0 && process.env.SOAK_MINUTES !== undefined);
  const chosen = Object.keys(SECTIONS)
    .filter(isSection)
    .filter((name) => (name === "soak" ? soaks : asked.length === 0 || asked.includes(name)));
  if (!soaks) console.log("Without the soak: npm run bench -- soak, or SOAK_MINUTES=10, runs it.");
  if (chosen.length > 0) await runAll(chosen);
  writeReport(readResults());
}

async function runAll(chosen: Section[]): Promise<void> {
  const bed = await startBed();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void abandon(bed));
  try {
    for (const name of chosen) {
      const started = performance.now();
      console.log(`\n${name}`);
      await SECTIONS[name](bed);
      console.log(`${name} took ${((performance.now() - started) / 1000).toFixed(0)} s`);
    }
  } finally {
    await bed.stop();
  }
}

/** Cut short, it leaves nothing running behind. */
async function abandon(bed: Bed): Promise<void> {
  const database = new Set([bed.postgres, ...startedBy(bed.postgres)]);
  for (const pid of startedBy(process.pid)) if (!database.has(pid)) end(pid);
  await bed.stop().finally(() => process.exit(1));
}

function end(pid: number): void {
  try {
    process.kill(pid, "SIGTERM");
  } catch {
    // It has ended by itself.
  }
}

await main(process.argv.slice(2));
process.exit(0);
