import type { Bed } from "@/scripts/bench/bed";
import { startEvery } from "@/scripts/bench/every";
import { spread, startFilling } from "@/scripts/bench/fill";
import { KEYS, type Sample, SECONDS } from "@/scripts/bench/measure";

const STEPS = (process.env.BENCH_STEPS ?? "1000,10000,100000,1000000").split(",").map(Number);
/**
 * How many different keys the load presents, from all over the table: as many in each step, because each that is used
 * within a second costs PostgreSQL the counting of it, however many there are.
 */
const PRESENTED = 1_000;

export type Step = { keys: number; samples: Sample[] };

/** Every operation with 1,000 keys in the database, and with ten, a hundred and a thousand times as many. */
export async function benchGrowth(bed: Bed): Promise<Step[]> {
  const every = await startEvery(bed);
  try {
    const filler = await startFilling(every.served.databaseUrl);
    const steps: Step[] = [];
    // Keys that lost their tokens are not presented again.
    for (const count of STEPS) {
      const from = filler.keys.length;
      await filler.upTo(count + KEYS);
      const fresh = filler.keys.slice(from, -KEYS);
      const regenerated = filler.keys.splice(-KEYS);
      const plan = { rounds: 3, seconds: Math.max(1, Math.round(SECONDS / 3)), postgres: bed.postgres };
      const samples = await every.measure([...spread(fresh, PRESENTED), ...regenerated], plan);
      steps.push({ keys: count, samples });
    }
    return steps;
  } finally {
    await every.stop();
  }
}
