import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { startEmbedded } from "@/lib/postgres/embedded";
import { type Instance, OWNER_ENV, startInstance } from "@/lib/testing/instance";

export const METRICS_TOKEN = "metrics-of-the-tests";

export type SharedDatabase = {
  superuserUrl: string;
  /** What its instances have in common. */
  env: Record<string, string>;
  /** Another instance on the same database. */
  start: (env?: Record<string, string>, options?: { detached?: boolean }) => Promise<Instance>;
  stop: () => Promise<void>;
};

/** One real PostgreSQL that several instances share. The first one makes the owner. */
export async function sharedDatabase(): Promise<SharedDatabase> {
  const directory = await mkdtemp(path.join(tmpdir(), "latchkey-shared-"));
  // As root, PostgreSQL runs as another user, who must be able to pass.
  await chmod(directory, 0o711);
  const server = await startEmbedded(directory, { durable: false, settings: { fsync: "off", max_connections: "150" } });
  const shared = {
    ...OWNER_ENV,
    DATABASE_URL: server.ownerUrl,
    LATCHKEY_MASTER_KEY: randomBytes(32).toString("base64"),
    LATCHKEY_METRICS_TOKEN: METRICS_TOKEN,
    LATCHKEY_TRUSTED_PROXIES: "127.0.0.1",
  };
  const superuserUrl = new URL(server.superuserUrl);
  superuserUrl.pathname = "/latchkey";
  return {
    superuserUrl: superuserUrl.toString(),
    env: shared,
    start: (env = {}, options = {}) => startInstance({ env: { ...shared, ...env }, ...options }),
    async stop() {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The value of a metric without labels; 0 where it is not there. */
export async function metric(instance: Instance, name: string): Promise<number> {
  const answer = await fetch(`${instance.url}/metrics`, { headers: { authorization: `Bearer ${METRICS_TOKEN}` } });
  const text = await answer.text();
  return Number(new RegExp(`^${name}(?:\\{\\})? (\\S+)$`, "m").exec(text)?.[1] ?? 0);
}

/** The workers of a primary, by their program. */
export async function workersOf(pid: number): Promise<number[]> {
  const listing = spawn("ps", ["-o", "pid=,args=", "--ppid", String(pid)]);
  let text = "";
  for await (const part of listing.stdout.setEncoding("utf8")) text += part;
  return text
    .split("\n")
    .filter((line) => line.includes("dist/server.mjs"))
    .map((line) => Number.parseInt(line, 10));
}
