import { type Bed, serve } from "@/scripts/bench/bed";
import { startFilling } from "@/scripts/bench/fill";
import { generate } from "@/scripts/bench/load";
import { CONNECTIONS } from "@/scripts/bench/measure";
import { residentMb } from "@/scripts/bench/processes";
import { makeCallers, subjectOf, verifyRequests } from "@/scripts/bench/subjects";

const COUNT = Number(process.env.BENCH_MEMORY_KEYS ?? 100_000);
/** A rate at which all are presented within the minute, many times over. */
const SLICES = 6;
const SLICE_SECONDS = Math.max(1, Math.round(Number(process.env.BENCH_MEMORY_SECONDS ?? 60) / SLICES));

export type Memory = {
  keys: number;
  seconds: number;
  verified: number;
  errors: number;
  idle: Resident;
  loaded: Resident[];
};
type Resident = { own: number; children: number };

/** What is resident while 100,000 keys are verified within a minute, after each sixth of it. */
export async function benchMemory(bed: Bed): Promise<Memory> {
  const served = await serve(bed);
  try {
    const callers = await makeCallers(served);
    const filler = await startFilling(served.databaseUrl);
    await filler.upTo(COUNT);
    const tokens = filler.keys.map(({ token }) => token);
    const { url, pid, requests } = await subjectOf("verify", served.instance, verifyRequests(callers, tokens));
    const idle = residentMb(pid);
    const loaded: Resident[] = [];
    let [verified, errors] = [0, 0];
    for (let slice = 0; slice < SLICES; slice++) {
      // Each slice starts where the list of keys has not been yet: a slow machine, too, comes to all of them.
      const from = Math.floor((slice * requests.length) / SLICES);
      const rotated = [...requests.slice(from), ...requests.slice(0, from)];
      const load = await generate({ url, requests: rotated, connections: CONNECTIONS, seconds: SLICE_SECONDS });
      verified += load.requests;
      errors += load.errors;
      loaded.push(residentMb(pid));
      console.log(`memory  ${verified} verified  ${JSON.stringify(loaded.at(-1))}`);
    }
    return { keys: COUNT, seconds: SLICES * SLICE_SECONDS, verified, errors, idle, loaded };
  } finally {
    await served.instance.stop();
  }
}
