import { readFileSync } from "node:fs";
import autocannon from "autocannon";

export const ROUNDS = 3;
export const SECONDS = Number(process.env.BENCH_SECONDS ?? 8);
export const CONNECTIONS = 64;

export type Subject = { name: string; url: string; requests: autocannon.Request[]; pid: number };
export type Sample = { perSecond: number; p50: number; p99: number; memoryMb: number; errors: number };

/** The subjects one after another, three times over, so that what the machine does meanwhile falls on all alike. */
export async function interleaved(subjects: Subject[]): Promise<(Sample & { name: string })[]> {
  const samples = new Map<string, Sample[]>(subjects.map(({ name }) => [name, []]));
  for (const subject of subjects) await load(subject, 2);
  for (let round = 1; round <= ROUNDS; round++) {
    for (const subject of subjects) {
      const sample = await load(subject, SECONDS);
      samples.get(subject.name)?.push(sample);
      const { perSecond, p50, p99, memoryMb, errors } = sample;
      console.log(
        `round ${round}  ${subject.name.padEnd(28)} ${Math.round(perSecond)}/s  p50 ${p50} ms  p99 ${p99} ms  ${memoryMb} MB  ${errors} errors`,
      );
    }
  }
  return subjects.map(({ name }) => ({ name, ...medianOf(samples.get(name) ?? []) }));
}

async function load({ url, requests, pid }: Subject, duration: number): Promise<Sample> {
  const result = await autocannon({ url, requests, connections: CONNECTIONS, duration });
  const { p50, p99 } = result.latency;
  return {
    perSecond: result.requests.average,
    p50,
    p99,
    memoryMb: residentMb(pid),
    errors: result.errors + result.non2xx,
  };
}

function residentMb(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Math.round(Number(kilobytes ?? 0) / 1024);
}

function medianOf(samples: Sample[]): Sample {
  const middle = (pick: (sample: Sample) => number) => percentile(samples.map(pick), 0.5);
  return {
    perSecond: middle((sample) => sample.perSecond),
    p50: middle((sample) => sample.p50),
    p99: middle((sample) => sample.p99),
    memoryMb: Math.max(...samples.map((sample) => sample.memoryMb)),
    errors: samples.reduce((sum, sample) => sum + sample.errors, 0),
  };
}

/** The value below which this share of `values` lies (nearest rank). */
export function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
