import type { Bed } from "@/scripts/bench/bed";
import { type Every, startEvery } from "@/scripts/bench/every";
import { spread, startFilling } from "@/scripts/bench/fill";
import type { MadeKey } from "@/scripts/bench/make-keys";
import { interleaved, KEYS, type Plan, type Sample, SECONDS, type Subject } from "@/scripts/bench/measure";

const STEPS = (process.env.BENCH_STEPS ?? "1000,10000,100000,1000000").split(",").map(Number);
/**
 * How many different keys the load presents, from all over the table: as many of each number of keys, because each that
 * is used within a second costs PostgreSQL the counting of it, however many there are.
 */
const PRESENTED = 1_000;

/** More rounds than elsewhere: differences of a few in a hundred are looked for. */
const ROUNDS = { reads: 8, changes: 4 };
const EACH_SECONDS = Math.max(1, Math.round(SECONDS / 3));
/** How it is measured, for the report. */
export const GROWTH_PLAN = `${ROUNDS.reads} rounds of ${EACH_SECONDS} s, ${ROUNDS.changes} of changes`;

export type Step = { keys: number; samples: Sample[] };
/** One number of keys, in a database of its own. */
type Side = { keys: number; every: Every; presented: MadeKey[]; regenerated: MadeKey[] };

/**
 * Every operation with 1,000 keys in the database, and with ten, a hundred and a thousand times as many: on databases
 * beside each other, in turns. One after the other, what the machine does meanwhile would be taken for growth.
 */
export async function benchGrowth(bed: Bed): Promise<Step[]> {
  const sides: Side[] = [];
  try {
    for (const keys of STEPS) sides.push({ keys, every: await startEvery(bed), presented: [], regenerated: [] });
    for (const side of sides) await fill(side);
    await bed.settle();
    const plan = { seconds: EACH_SECONDS, postgres: bed.postgres };
    const reads = await Promise.all(sides.map(({ every, presented }) => every.reads(presented)));
    const read = await inTurns(reads, { ...plan, rounds: ROUNDS.reads });
    // Last, because they add to the keys.
    const changes = await Promise.all(sides.map(({ every, regenerated }) => every.changes(regenerated)));
    const changed = await inTurns(changes, { ...plan, rounds: ROUNDS.changes });
    return sides.map(({ keys }, i) => ({ keys, samples: [...(read[i] ?? []), ...(changed[i] ?? [])] }));
  } finally {
    for (const { every } of sides) await every.stop();
  }
}

async function fill(side: Side): Promise<void> {
  const filler = await startFilling(side.every.served.databaseUrl);
  await filler.upTo(side.keys + KEYS);
  side.presented = spread(filler.keys.slice(0, -KEYS), PRESENTED);
  side.regenerated = filler.keys.slice(-KEYS);
}

/** An operation of one side, the same of the next, and so on, so that what is compared is measured within seconds. */
async function inTurns(sides: Subject[][], plan: Plan): Promise<Sample[][]> {
  const operations = sides[0]?.length ?? 0;
  const turns = Array.from({ length: operations }, (_, operation) => sides.flatMap((side) => side[operation] ?? []));
  const samples = await interleaved(turns.flat(), plan);
  return sides.map((_, i) => samples.filter((_, turn) => turn % sides.length === i));
}
