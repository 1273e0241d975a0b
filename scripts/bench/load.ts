import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import autocannon from "autocannon";
import { type Request, rawRequest } from "@/scripts/bench/request";

/** Latencies in milliseconds. `requests` is how many were answered; `errors` counts what was not answered with success. */
export type Load = { requests: number; perSecond: number; p50: number; p99: number; errors: number };

export type LoadOptions = { url: string; requests: Request[]; connections: number; seconds: number };

const hasWrk = spawnSync("wrk", ["-v"], { stdio: "ignore" }).error === undefined;

/**
 * wrk where it is installed: it takes a fraction of what autocannon takes of a machine that both sides share, and
 * tells latencies in microseconds.
 */
export const GENERATOR = hasWrk ? "wrk, one thread" : "autocannon, one thread";

/** Keeps so many connections busy for so long, each with the next of `requests`, in turn and round again. */
export const generate = (options: LoadOptions): Promise<Load> =>
  hasWrk ? generateWithWrk(options) : generateWithAutocannon(options);

type WrkSummary = { requests: number; micros: number; p50: number; p99: number; errors: number };

async function generateWithWrk({ url, requests, connections, seconds }: LoadOptions): Promise<Load> {
  const directory = await mkdtemp(path.join(tmpdir(), "latchkey-bench-"));
  try {
    const file = path.join(directory, "requests");
    const { host } = new URL(url);
    await writeFile(file, requests.map((request) => rawRequest(request, host)).join("\0"));
    const size = ["-t", "1", "-c", String(connections), "-d", `${seconds}s`, "--timeout", "30s"];
    const args = [...size, "-s", "scripts/bench/requests.lua", url, "--", file];
    const { stdout } = await promisify(execFile)("wrk", args);
    const summary = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as WrkSummary;
    return {
      requests: summary.requests,
      perSecond: (1e6 * summary.requests) / summary.micros,
      p50: summary.p50 / 1000,
      p99: summary.p99 / 1000,
      errors: summary.errors,
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function generateWithAutocannon({ url, requests, connections, seconds }: LoadOptions): Promise<Load> {
  // Every connection builds all that it is given: each gets its share, not the whole.
  let connection = 0;
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    setupClient: (client) => {
      const from = connection++;
      const share = requests.filter((_, i) => i % connections === from % Math.min(connections, requests.length));
      client.setRequests(share.map(({ method, path, headers, body }) => ({ method, path, headers, body: body ?? "" })));
    },
  });
  return {
    requests: result.requests.total,
    perSecond: result.requests.total / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    errors: result.errors + result.non2xx,
  };
}
