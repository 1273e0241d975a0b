// `npm run torture [-- minutes [seed [instances]]]`: the production build, three instances of it, under load while
// everything around it fails, at random. What one instance has acknowledged is asked of the next. Exits with 1 when an
// acknowledged change was lost, one was made by half, any instance allowed a token that it should not have, or the
// audit log's chain is broken. The seed, which is printed, repeats the order of events.
import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type FaultStage, startFaultStage } from "@/lib/testing/fault-stage";
import { type Random, randomOf } from "@/lib/testing/random";
import { mountSmallDisk } from "@/lib/testing/small-disk";
import type { Workload } from "@/lib/testing/workload";
import { FAULTS } from "@/scripts/torture/faults";

const DISK_MB = 2_048;
/** How soon it must serve again after what happened is over. */
const RECOVERY_MS = 5_000;
/** The same where connections have fallen silent: those in use must be found out first. */
const SILENT_RECOVERY_MS = 20_000;

/** How soon after that every instance must take changes again: the lease of one that died may have to end first. */
const CHANGES_AGAIN_MS = 15_000;

type Round = { fault: string; acknowledged: number; unanswered: number; slowestMs: number; recoveryMs: number };

const minutes = Number(process.argv[2] ?? 5);
const seed = Number(process.argv[3] ?? randomInt(1_000_000));
const instances = Number(process.argv[4] ?? 3);
if (!(minutes > 0) || !Number.isInteger(seed) || !(Number.isInteger(instances) && instances > 0)) {
  console.error("npm run torture -- minutes seed instances: a positive number and two whole ones.");
  process.exit(2);
}

const disk = await mountSmallDisk(DISK_MB);
if (!disk) console.log("This user may not mount a file system: the disk will not be full.");
console.log(`Seed ${seed}, ${minutes} minutes, ${instances} instances.`);
const rounds: Round[] = [];
const wrong: string[] = [];
try {
  const stage = await startFaultStage({ instances, clients: 8, ...(disk ? { directory: disk.directory } : {}) });
  try {
    await torture(stage, randomOf(seed));
    wrong.push(...(await stage.judgeLog()));
  } finally {
    await stage.stop();
  }
} finally {
  await disk?.unmount();
}
report();
process.exit(wrong.length === 0 ? 0 : 1);

async function torture(stage: FaultStage, random: Random): Promise<void> {
  const names = Object.keys(FAULTS).filter((name) => disk !== null || name !== "the disk is full");
  const end = performance.now() + minutes * 60_000;
  while (performance.now() < end && wrong.length === 0) {
    // Each once before any comes again: a short run, too, sees them all.
    if (rounds.length % names.length === 0) shuffle(names, random);
    const name = names[rounds.length % names.length] ?? "";
    const workload = stage.workload(seed * 1_000 + rounds.length);
    workload.start();
    await sleep(500 + random.below(1_500));
    await FAULTS[name]?.({ stage, workload, random, disk });
    await stage.databaseBack();
    const limit = /silent|stands still/.test(name) ? SILENT_RECOVERY_MS : RECOVERY_MS;
    const recoveryMs = await within(limit, stage.recovery(), `${name}: served again`);
    await within(CHANGES_AGAIN_MS, stage.changesAgain(), `${name}: took changes again`);
    await sleep(500 + random.below(1_500));
    await workload.stop();
    wrong.push(...(await stage.judge(workload)).map((what) => `${name}: ${what}`));
    note(name, workload, recoveryMs);
  }
}

/** Milliseconds; notes when they were too many, or when it never came to it. */
async function within(limit: number, taken: Promise<number>, what: string): Promise<number> {
  try {
    const ms = await taken;
    if (ms > limit) wrong.push(`${what} only after ${Math.round(ms)} ms`);
    return ms;
  } catch (error) {
    wrong.push(`${what}: never. ${error instanceof Error ? error.message : error}`);
    return 0;
  }
}

function shuffle(names: string[], random: Random): void {
  for (let i = names.length - 1; i > 0; i--) names.push(...names.splice(random.below(i + 1), 1));
}

function note(fault: string, { acknowledged, statuses, slowestMs }: Workload, recoveryMs: number): void {
  const unanswered = (statuses.get(503) ?? 0) + (statuses.get(0) ?? 0);
  const round = { fault, acknowledged: acknowledged.length, unanswered, slowestMs, recoveryMs };
  rounds.push(round);
  const [slowest, recovered] = [slowestMs, recoveryMs].map((ms) => `${(ms / 1_000).toFixed(1)} s`);
  console.log(
    `${String(rounds.length).padStart(4)}  ${fault.padEnd(44)} ${round.acknowledged} changes acknowledged, ` +
      `${unanswered} requests refused or unanswered, slowest ${slowest}, serves again after ${recovered}` +
      `${wrong.length > 0 ? "  WRONG" : ""}`,
  );
}

function report(): void {
  const sum = (value: (round: Round) => number) => rounds.reduce((total, round) => total + value(round), 0);
  console.log(
    `\n${rounds.length} rounds, ${sum(({ acknowledged }) => acknowledged)} changes acknowledged, ` +
      `${sum(({ unanswered }) => unanswered)} requests refused or unanswered. Seed ${seed}.`,
  );
  if (wrong.length === 0) console.log("Nothing acknowledged was lost, nothing was made by half, the chain is whole.");
  for (const what of wrong.slice(0, 50)) console.log(`WRONG  ${what}`);
}
