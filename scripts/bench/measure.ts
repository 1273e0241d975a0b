import { generate, type Load } from "@/scripts/bench/load";
import { processorMicros, residentMb } from "@/scripts/bench/processes";
import type { Request } from "@/scripts/bench/request";

export const ROUNDS = 3;
export const SECONDS = Math.max(1, Math.round(Number(process.env.BENCH_SECONDS ?? 5)));
export const CONNECTIONS = 64;
/** Different keys in the load: more than connections, so that none meets its own rate limit of 6,000 a minute. */
export const KEYS = 512;

export type Subject = { name: string; url: string; pid: number; requests: Request[] };

/** Milliseconds, megabytes, and microseconds of processor time for each request. */
export type Sample = Omit<Load, "requests"> & {
  name: string;
  memoryMb: number;
  /** Of the processes that it started: Latchkey renders pages in one of its own. */
  childrenMb: number;
  cpuMicros: number;
  postgresMicros: number;
};

export type Plan = { rounds?: number; seconds?: number; connections?: number; postgres: number };

/**
 * The subjects one after another, several times over, so that what the machine does meanwhile falls on all alike; every
 * other time backwards, so that none always has the same one before it, whose work PostgreSQL may still be finishing.
 */
export async function interleaved(subjects: Subject[], plan: Plan): Promise<Sample[]> {
  const { rounds = ROUNDS, seconds = SECONDS, connections = CONNECTIONS } = plan;
  const samples = subjects.map((): Sample[] => []);
  for (const { url, requests } of subjects) {
    await generate({ url, requests, connections, seconds: Math.min(seconds, 2) });
  }
  for (let round = 1; round <= rounds; round++) {
    const order = [...subjects.entries()];
    for (const [i, subject] of round % 2 === 0 ? order.reverse() : order) {
      const sample = await measured(subject, seconds, connections, plan.postgres);
      samples[i]?.push(sample);
      console.log(`${connections} conn  round ${round}  ${lineOf(sample)}`);
    }
  }
  return samples.map(medianOf);
}

async function measured(subject: Subject, seconds: number, connections: number, postgres: number): Promise<Sample> {
  const { name, url, pid, requests } = subject;
  const [own, database] = [processorMicros(pid), processorMicros(postgres)];
  const { requests: answered, ...load } = await generate({ url, requests, connections, seconds });
  const each = (micros: number) => Math.max(0, micros) / Math.max(1, answered);
  const memory = residentMb(pid);
  return {
    name,
    ...load,
    memoryMb: memory.own,
    childrenMb: memory.children,
    cpuMicros: each(processorMicros(pid) - own),
    postgresMicros: each(processorMicros(postgres) - database),
  };
}

const lineOf = ({ name, perSecond, p50, p99, cpuMicros, memoryMb, errors }: Sample): string =>
  `${name.padEnd(40)} ${Math.round(perSecond)}/s  p50 ${p50.toFixed(2)} ms  p99 ${p99.toFixed(2)} ms  ${cpuMicros.toFixed(0)} µs  ${memoryMb} MB  ${errors} errors`;

function medianOf(samples: Sample[]): Sample {
  const middle = (pick: (sample: Sample) => number) => percentile(samples.map(pick), 0.5);
  return {
    name: samples[0]?.name ?? "",
    perSecond: middle((sample) => sample.perSecond),
    p50: middle((sample) => sample.p50),
    p99: middle((sample) => sample.p99),
    cpuMicros: middle((sample) => sample.cpuMicros),
    postgresMicros: middle((sample) => sample.postgresMicros),
    memoryMb: Math.max(...samples.map((sample) => sample.memoryMb)),
    childrenMb: Math.max(...samples.map((sample) => sample.childrenMb)),
    errors: samples.reduce((sum, sample) => sum + sample.errors, 0),
  };
}

/** The value below which this share of `values` lies (nearest rank). */
export function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
