import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir, totalmem } from "node:os";
import path from "node:path";
import { startEmbedded } from "@/lib/postgres/embedded";
import { OWNER_ENV, signInOverHttp, startInstance } from "@/lib/testing/instance";
import { CONNECTIONS, ROUNDS, type Sample, SECONDS } from "@/scripts/bench/measure";
import { benchPages, fillWithKeys, MANY, type PageTime } from "@/scripts/bench/pages";
import { benchReads } from "@/scripts/bench/reads";

/** Measures the production build on a database of its own and writes docs/performance.md. */
async function main(): Promise<void> {
  const directory = await mkdtemp(path.join(tmpdir(), "latchkey-bench-"));
  // As root, PostgreSQL runs as another user, who must be able to pass.
  await chmod(directory, 0o711);
  const database = await startEmbedded(directory);
  const env = {
    ...OWNER_ENV,
    DATABASE_URL: database.ownerUrl,
    LATCHKEY_MASTER_KEY: randomBytes(32).toString("base64"),
  };
  const fast = await startInstance({ env });
  const next = await startInstance({ env, args: ["--no-fast-lane"] });
  try {
    const cookie = await signInOverHttp(fast.url);
    const reads = await benchReads(fast, next, cookie);
    await fillWithKeys(database.ownerUrl);
    const pages = await benchPages(fast, cookie);
    await writeReport(reads, pages);
  } finally {
    await Promise.all([fast.stop(), next.stop()]);
    await database.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function writeReport(reads: (Sample & { name: string })[], pages: PageTime[]): Promise<void> {
  const [fast, next] = [reads[0]?.perSecond ?? 0, reads[1]?.perSecond ?? 1];
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim() ?? "unknown"}), ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}`;
  const lines = [
    "# Performance",
    "",
    `Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}: ${machine}. The load generator and PostgreSQL share the machine.`,
    "",
    "## Reading one key with a token",
    "",
    `\`GET /v4/account/api-keys/{id}\`, ${CONNECTIONS} connections, ${ROUNDS} interleaved rounds of ${SECONDS} s after a warm-up, medians; memory is the largest resident size of the process. Each read authenticates the token, checks its address rule and reads the key: two prepared statements.`,
    "",
    "| | requests/s | p50 | p99 | memory | errors |",
    "|---|---|---|---|---|---|",
    ...reads.map(
      (s) =>
        `| ${s.name} | ${Math.round(s.perSecond).toLocaleString("en")} | ${s.p50} ms | ${s.p99} ms | ${s.memoryMb} MB | ${s.errors} |`,
    ),
    "",
    `The fast lane answers ${(fast / next).toFixed(1)} times as many requests as the same handler through Next. The bare server's memory is that of the benchmark's own process, load generator included.`,
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

await main();
process.exit(0);
