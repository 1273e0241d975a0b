import type { Bed } from "@/scripts/bench/bed";
import { startEvery } from "@/scripts/bench/every";
import { startFilling } from "@/scripts/bench/fill";
import { interleaved, KEYS, type Sample, SECONDS } from "@/scripts/bench/measure";

const STEPS = [1, 8, 64];

export type ConnectionStep = { connections: number; samples: Sample[] };

/** Every operation over 1, 8 and 64 connections. */
export async function benchConnections(bed: Bed): Promise<ConnectionStep[]> {
  const every = await startEvery(bed);
  try {
    const filler = await startFilling(every.served.databaseUrl);
    await filler.upTo(2 * KEYS);
    const subjects = [
      ...(await every.reads(filler.keys.slice(0, -KEYS))),
      ...(await every.changes(filler.keys.slice(-KEYS))),
    ];
    const steps: ConnectionStep[] = [];
    for (const connections of STEPS) {
      const plan = { connections, rounds: 1, seconds: Math.max(1, Math.round(SECONDS / 2)), postgres: bed.postgres };
      steps.push({ connections, samples: await interleaved(subjects, plan) });
    }
    return steps;
  } finally {
    await every.stop();
  }
}
