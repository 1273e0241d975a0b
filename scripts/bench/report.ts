import { writeFile } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import { CONNECTIONS, ROUNDS, type Sample, SECONDS } from "@/scripts/bench/measure";
import { MANY, type PageTime } from "@/scripts/bench/pages";

type Named = Sample & { name: string };

/** Writes docs/performance.md: what was measured, on which machine, on which day. */
export async function writeReport(reads: Named[], checks: Named[], pages: PageTime[]): Promise<void> {
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim() ?? "unknown"}), ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}`;
  const lines = [
    "# Performance",
    "",
    `Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}: ${machine}. The load generator, PostgreSQL and what is compared share the machine, each in a process of its own.`,
    "",
    `${CONNECTIONS} connections and 512 keys; ${ROUNDS} interleaved rounds of ${SECONDS} s after a warm-up, medians. Memory is the largest resident size of the process.`,
    "",
    "## Reading one key with a token",
    "",
    "`GET /v4/account/api-keys/{id}`: authenticates the token, checks its address rule, reads the key. Two prepared statements.",
    "",
    ...table(reads),
    "",
    `The fast lane answers ${ratio(reads[0], reads[1])} times as many requests as the same handler through Next.`,
    "",
    "## Checking a token",
    "",
    "`POST /v4/verify` authenticates the calling service and decides on the token: two prepared statements. `GET /v4/authorize` decides on the client's own: one. Both check permissions against the catalogue, a scope, and address rules, and count the use. No cache.",
    "",
    ...table(checks),
    "",
    `Verify reaches ${percent(checks[0], checks[2])} and authorize ${percent(checks[1], checks[2])} of a server that does one prepared primary-key SELECT a request.`,
    "",
    `## The API Keys page with ${MANY.toLocaleString("en")} keys`,
    "",
    "Rendered on the server for a signed-in owner, one request at a time, 60 times each, total count included.",
    "",
    "| view | p50 | p95 |",
    "|---|---|---|",
    ...pages.map(({ name, p50, p95 }) => `| ${name} | ${p50.toFixed(0)} ms | ${p95.toFixed(0)} ms |`),
    "",
  ];
  await writeFile("docs/performance.md", lines.join("\n"));
  console.log(`\n${lines.join("\n")}`);
}

function table(samples: Named[]): string[] {
  const row = (s: Named) =>
    `| ${s.name} | ${Math.round(s.perSecond).toLocaleString("en")} | ${s.p50} ms | ${s.p99} ms | ${s.memoryMb} MB | ${s.errors} |`;
  return ["| | requests/s | p50 | p99 | memory | errors |", "|---|---|---|---|---|---|", ...samples.map(row)];
}

const ratio = (a: Named | undefined, b: Named | undefined): string =>
  ((a?.perSecond ?? 0) / (b?.perSecond ?? 1)).toFixed(1);
const percent = (a: Named | undefined, b: Named | undefined): string =>
  `${Math.round((100 * (a?.perSecond ?? 0)) / (b?.perSecond ?? 1))} %`;
