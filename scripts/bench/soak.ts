import { type Bed, serve } from "@/scripts/bench/bed";
import { startFilling } from "@/scripts/bench/fill";
import { generate } from "@/scripts/bench/load";
import { CONNECTIONS } from "@/scripts/bench/measure";
import { residentMb } from "@/scripts/bench/processes";
import {
  authorizeRequests,
  createRequests,
  getRequests,
  makeCallers,
  subjectOf,
  verifyRequests,
} from "@/scripts/bench/subjects";

const MINUTES = Number(process.env.SOAK_MINUTES ?? 10);
const METRICS_TOKEN = "what-reads-the-metrics-here";
const KEYS = 10_000;
/** Of six turns, four verify, one authorizes and reads, one creates. */
const TURN_SECONDS = Math.max(1, Math.min(5, Math.round(10 * MINUTES)));

export type SoakSample = { minute: number; residentMb: number; heapMb: number };
export type Soak = {
  minutes: number;
  requests: number;
  errors: number;
  samples: SoakSample[];
  /** Megabytes a minute over the second half, by least squares; the first fills caches. */
  residentSlope: number;
  heapSlope: number;
};

/** Mixed load for minutes on end, and whether what is resident, or the heap in use, goes on growing. */
export async function benchSoak(bed: Bed): Promise<Soak> {
  const served = await serve(bed, { LATCHKEY_METRICS_TOKEN: METRICS_TOKEN });
  try {
    const { instance } = served;
    const callers = await makeCallers(served);
    const filler = await startFilling(served.databaseUrl);
    await filler.upTo(KEYS);
    const tokens = filler.keys.map(({ token }) => token);
    const ids = filler.keys.map(({ id }) => id);
    const verify = await subjectOf("verify", instance, verifyRequests(callers, tokens));
    const authorize = await subjectOf("authorize", instance, authorizeRequests(tokens));
    const get = await subjectOf("get by id", instance, getRequests(callers, ids));
    const create = await subjectOf("create", instance, createRequests(callers));
    const turns = [verify, authorize, verify, get, verify, create];
    const samples: SoakSample[] = [];
    let [requests, errors] = [0, 0];
    const started = performance.now();
    const minutes = () => (performance.now() - started) / 60_000;
    for (let turn = 0; minutes() < MINUTES; turn++) {
      const subject = turns[turn % turns.length] ?? verify;
      const load = await generate({ ...subject, connections: CONNECTIONS, seconds: TURN_SECONDS });
      requests += load.requests;
      errors += load.errors;
      // Only after the same kind of turn, so that samples are alike.
      if (turn % turns.length !== turns.length - 1) continue;
      const sample = {
        minute: minutes(),
        residentMb: residentMb(instance.pid).own,
        heapMb: await heapOf(instance.url),
      };
      samples.push(sample);
      console.log(`soak  ${sample.minute.toFixed(1)} min  ${sample.residentMb} MB resident  ${sample.heapMb} MB heap`);
    }
    const half = samples.slice(Math.floor(samples.length / 2));
    const slope = (pick: (sample: SoakSample) => number) => slopeOf(half.map((s) => [s.minute, pick(s)]));
    return {
      minutes: MINUTES,
      requests,
      errors,
      samples,
      residentSlope: slope((s) => s.residentMb),
      heapSlope: slope((s) => s.heapMb),
    };
  } finally {
    await served.instance.stop();
  }
}

/** The process's own word for its heap, in megabytes; NaN where it says none. */
async function heapOf(url: string): Promise<number> {
  const headers = { authorization: `Bearer ${METRICS_TOKEN}` };
  const text = await (await fetch(`${url}/metrics`, { headers })).text();
  const bytes = /^\S*nodejs_heap_size_used_bytes(?:\{[^}]*\})? (\S+)$/m.exec(text)?.[1];
  return Math.round(Number(bytes) / 2 ** 20);
}

/** By least squares; 0 for fewer than two points. */
function slopeOf(points: [number, number][]): number {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(points.map(([at]) => at)), mean(points.map(([, value]) => value))];
  const spread = points.reduce((sum, [at]) => sum + (at - x) ** 2, 0);
  return spread === 0 ? 0 : points.reduce((sum, [at, value]) => sum + (at - x) * (value - y), 0) / spread;
}
