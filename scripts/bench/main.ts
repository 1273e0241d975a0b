import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { startEmbedded } from "@/lib/postgres/embedded";
import { OWNER_ENV, signInOverHttp, startInstance } from "@/lib/testing/instance";
import { benchChecks } from "@/scripts/bench/checks";
import { benchPages, fillWithKeys } from "@/scripts/bench/pages";
import { benchReads } from "@/scripts/bench/reads";
import { writeReport } from "@/scripts/bench/report";

/** Measures the production build on a database of its own and writes docs/performance.md. */
async function main(): Promise<void> {
  const directory = await mkdtemp(path.join(tmpdir(), "latchkey-bench-"));
  // As root, PostgreSQL runs as another user, who must be able to pass.
  await chmod(directory, 0o711);
  const database = await startEmbedded(directory);
  const masterKey = randomBytes(32).toString("base64");
  const env = {
    ...OWNER_ENV,
    DATABASE_URL: database.ownerUrl,
    LATCHKEY_MASTER_KEY: masterKey,
    // The gateway's address, as /v4/authorize sees it.
    LATCHKEY_TRUSTED_PROXIES: "127.0.0.1",
  };
  const fast = await startInstance({ env });
  const next = await startInstance({ env, args: ["--no-fast-lane"] });
  try {
    const cookie = await signInOverHttp(fast.url);
    const reads = await benchReads(fast, next, cookie).finally(() => next.stop());
    const checks = await benchChecks(fast, cookie, database.ownerUrl);
    await fillWithKeys(database.ownerUrl);
    const pages = await benchPages(fast, cookie);
    await writeReport(reads, checks, pages);
  } finally {
    await fast.stop();
    await database.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

await main();
process.exit(0);
