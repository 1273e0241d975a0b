import { once } from "node:events";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { cpus, totalmem } from "node:os";
import autocannon from "autocannon";
import { type Instance, OWNER_ENV, signInOverHttp, startInstance } from "@/lib/testing/instance";

const ROUNDS = 3;
const SECONDS = Number(process.env.BENCH_SECONDS ?? 8);
const CONNECTIONS = 64;
// More keys than connections, so that no key meets its own rate limit of 6,000 a minute.
const KEYS = 512;

type Subject = { name: string; url: string; requests: autocannon.Request[]; pid: number };
type Sample = { perSecond: number; p50: number; p99: number; memoryMb: number; errors: number };

/** Reads through the fast lane, through Next, and a bare server with the same bytes: interleaved, medians of three. */
async function main(): Promise<void> {
  const fast = await startInstance({ env: OWNER_ENV });
  const next = await startInstance({ args: ["--no-fast-lane"], env: OWNER_ENV });
  const bare = createServer();
  try {
    const [fastRequests, nextRequests] = [await readsOf(fast), await readsOf(next)];
    const body = await (
      await fetch(fast.url + fastRequests[0]?.path, { headers: fastRequests[0]?.headers as Record<string, string> })
    ).text();
    bare.on("request", (_request, response) => {
      response
        .writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) })
        .end(body);
    });
    bare.listen(0, "127.0.0.1");
    await once(bare, "listening");
    const address = bare.address();
    const bareUrl = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
    const subjects: Subject[] = [
      { name: "Latchkey, fast lane", url: fast.url, requests: fastRequests, pid: fast.pid },
      { name: "Latchkey, Next mount", url: next.url, requests: nextRequests, pid: next.pid },
      { name: "bare node:http, same JSON", url: bareUrl, requests: [{ path: "/" }], pid: process.pid },
    ];
    const samples = new Map<string, Sample[]>(subjects.map(({ name }) => [name, []]));
    for (const subject of subjects) await run(subject, 2);
    for (let round = 1; round <= ROUNDS; round++) {
      for (const subject of subjects) {
        const sample = await run(subject, SECONDS);
        samples.get(subject.name)?.push(sample);
        console.log(`round ${round}  ${subject.name.padEnd(28)} ${summary(sample)}`);
      }
    }
    await report(subjects.map(({ name }) => [name, median(samples.get(name) ?? [])] as const));
  } finally {
    bare.close();
    await Promise.all([fast.stop(), next.stop()]);
  }
}

async function readsOf(instance: Instance): Promise<autocannon.Request[]> {
  const cookie = await signInOverHttp(instance.url);
  const headers = { cookie, origin: instance.url, "content-type": "application/json" };
  const requests: autocannon.Request[] = [];
  for (let i = 0; i < KEYS; i++) {
    const body = JSON.stringify({
      name: `Bench ${i}`,
      permissions: ["account:apikeys:read"],
      allowed_ips: ["127.0.0.0/8"],
    });
    const answer = await fetch(`${instance.url}/v4/account/api-keys`, { method: "POST", headers, body });
    if (answer.status !== 201) throw new Error(`No key was made: ${answer.status} ${await answer.text()}`);
    const { id, token } = (await answer.json()) as { id: string; token: string };
    requests.push({ method: "GET", path: `/v4/account/api-keys/${id}`, headers: { authorization: `Bearer ${token}` } });
  }
  return requests;
}

async function run({ url, requests, pid }: Subject, duration: number): Promise<Sample> {
  const result = await autocannon({ url, requests, connections: CONNECTIONS, duration });
  const errors = result.errors + result.non2xx;
  return {
    perSecond: result.requests.average,
    p50: result.latency.p50,
    p99: result.latency.p99,
    memoryMb: residentMb(pid),
    errors,
  };
}

function residentMb(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Math.round(Number(kilobytes ?? 0) / 1024);
}

function median(samples: Sample[]): Sample {
  const middle = (pick: (sample: Sample) => number) =>
    samples.map(pick).sort((a, b) => a - b)[Math.floor(samples.length / 2)] ?? 0;
  return {
    perSecond: middle((s) => s.perSecond),
    p50: middle((s) => s.p50),
    p99: middle((s) => s.p99),
    memoryMb: Math.max(...samples.map((s) => s.memoryMb)),
    errors: samples.reduce((sum, s) => sum + s.errors, 0),
  };
}

const summary = (s: Sample): string =>
  `${Math.round(s.perSecond)}/s  p50 ${s.p50} ms  p99 ${s.p99} ms  ${s.memoryMb} MB  ${s.errors} errors`;

async function report(rows: (readonly [string, Sample])[]): Promise<void> {
  const [fast, next] = [rows[0]?.[1].perSecond ?? 0, rows[1]?.[1].perSecond ?? 1];
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim() ?? "unknown"}), ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}`;
  const lines = [
    "# Performance",
    "",
    `Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}: ${machine}; the load generator and PostgreSQL share the machine.`,
    "",
    `## \`GET /v4/account/api-keys/{id}\` with a token`,
    "",
    `${CONNECTIONS} connections, ${KEYS} keys, ${ROUNDS} interleaved rounds of ${SECONDS} s after a warm-up, medians; memory is the largest resident size of the process. Each read authenticates the token, checks its address rule and reads the key: two prepared statements.`,
    "",
    "| | requests/s | p50 | p99 | memory | errors |",
    "|---|---|---|---|---|---|",
    ...rows.map(
      ([name, s]) =>
        `| ${name} | ${Math.round(s.perSecond).toLocaleString("en")} | ${s.p50} ms | ${s.p99} ms | ${s.memoryMb} MB | ${s.errors} |`,
    ),
    "",
    `The fast lane answers ${(fast / next).toFixed(1)} times as many requests as the same handler through Next. The bare server's memory is that of the benchmark process, load generator included.`,
    "",
  ];
  await writeFile("docs/performance.md", lines.join("\n"));
  console.log(`\n${lines.slice(5).join("\n")}`);
}

await main();
