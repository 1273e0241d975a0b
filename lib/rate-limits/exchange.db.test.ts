import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { findProgram } from "@/e2e/gateways/programs";
import { getDb } from "@/lib/db";
import { SharedLimiter } from "@/lib/rate-limits/exchange";
import type { Limit } from "@/lib/rate-limits/limiter";
import { postgresStore } from "@/lib/rate-limits/postgres-store";
import { redisStore } from "@/lib/rate-limits/redis-store";
import type { CountStore } from "@/lib/rate-limits/store";
import { truncateAll } from "@/lib/testing/database";
import { freePort } from "@/lib/testing/instance";

const LIMIT: Limit = { name: "few", quota: 10, window: 3_600, subjects: 100 };
const redisProgram = findProgram("redis-server", "--version");
if (!redisProgram) console.warn("redis-server cannot be had on this machine: its tests are skipped.");

const open: SharedLimiter[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((limiter) => limiter.close()));
});

function limiterOn(store: CountStore): SharedLimiter {
  const limiter = new SharedLimiter(store);
  open.push(limiter);
  return limiter;
}

function allowed(limiter: SharedLimiter, subject: string, tries: number): number {
  let passed = 0;
  for (let i = 0; i < tries; i++) if (limiter.count(LIMIT, subject).allowed) passed++;
  return passed;
}

/** Two instances share a quota, by themselves and within a second or so. */
async function shareAQuota(makeStore: () => CountStore): Promise<void> {
  const [a, b] = [limiterOn(makeStore()), limiterOn(makeStore())];
  expect(allowed(a, "shared", 6)).toBe(6);
  await a.exchange();
  // Not before: it would tell by itself what it has counted, and might learn before the other has told.
  expect(allowed(b, "shared", 3)).toBe(3);
  await b.exchange();
  expect(allowed(b, "shared", 10)).toBe(1);
  await b.exchange();
  expect(allowed(b, "shared", 10)).toBe(0);
  // What the other one has counted since, this one learns when it has something to tell.
  expect(allowed(a, "shared", 1)).toBe(1);
  await vi.waitFor(() => expect(allowed(a, "shared", 1)).toBe(0), { timeout: 5_000, interval: 200 });
  expect(allowed(a, "other", 10)).toBe(10);
}

describe("through the database", () => {
  beforeEach(truncateAll);

  test("two instances share a quota", () => shareAQuota(postgresStore));

  test("an exchange is one statement however many subjects it tells of, and none when there is nothing to tell", async () => {
    const limiter = limiterOn(postgresStore());
    await limiter.exchange();
    // The first one also deletes what is past.
    allowed(limiter, "warm-up", 1);
    await limiter.exchange();
    const query = vi.spyOn(getDb().pool, "query");
    for (let i = 0; i < 50; i++) allowed(limiter, `subject ${i}`, 2);
    await limiter.exchange();
    expect(query).toHaveBeenCalledTimes(1);
    await limiter.exchange();
    expect(query).toHaveBeenCalledTimes(1);
    query.mockRestore();
    const { rows } = await getDb().pool.query("SELECT sum(count)::int AS total FROM rate_limit_counts");
    expect(rows[0].total).toBe(101);
  });

  test("while the database is away it counts by itself and forgets nothing that it has to tell", async () => {
    const [a, b] = [limiterOn(postgresStore()), limiterOn(postgresStore())];
    const away = vi.spyOn(getDb().pool, "query").mockImplementation(() => Promise.reject(new Error("away")) as never);
    expect(allowed(a, "shared", 4)).toBe(4);
    await a.exchange();
    expect(allowed(a, "shared", 4)).toBe(4);
    away.mockRestore();
    await a.exchange();
    allowed(b, "shared", 1);
    await b.exchange();
    expect(allowed(b, "shared", 10)).toBe(1);
  });

  test("counts that are past are deleted", async () => {
    await getDb().pool.query(
      "INSERT INTO rate_limit_counts VALUES ('past', 1, 5, now() - interval '1 second'), ('kept', 1, 5, now() + interval '1 hour')",
    );
    const limiter = limiterOn(postgresStore());
    allowed(limiter, "any", 1);
    await limiter.exchange();
    await vi.waitFor(async () => {
      const { rows } = await getDb().pool.query("SELECT subject FROM rate_limit_counts WHERE period = 1");
      expect(rows).toEqual([{ subject: "kept" }]);
    });
  });
});

describe.skipIf(redisProgram === null)("through Redis", () => {
  let port = 0;
  let redis: ChildProcess | null = null;

  async function startRedis(): Promise<void> {
    const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
    const child = spawn(redisProgram?.file ?? "", args, {
      env: redisProgram?.env,
      stdio: ["ignore", "pipe", "ignore"],
    });
    redis = child;
    await new Promise<void>((resolve) => {
      child.stdout?.setEncoding("utf8").on("data", (text: string) => /ready to accept/i.test(text) && resolve());
    });
  }
  async function stopRedis(): Promise<void> {
    const running = redis;
    redis = null;
    if (!running) return;
    const exited = once(running, "exit");
    running.kill("SIGKILL");
    await exited;
  }

  beforeAll(async () => {
    port = await freePort();
    await startRedis();
  });
  afterAll(stopRedis);

  const url = () => `redis://127.0.0.1:${port}`;

  test("two instances share a quota", () => shareAQuota(() => redisStore(url())));

  test("a Redis that goes away and comes back is met again, and nothing that was counted meanwhile is lost", async () => {
    const limiter = limiterOn(redisStore(url()));
    allowed(limiter, "outage", 2);
    await limiter.exchange();
    await stopRedis();
    expect(allowed(limiter, "outage", 3)).toBe(3);
    await limiter.exchange();
    await startRedis();
    // The restarted server knows nothing of the first two; what was counted since reaches it.
    const other = limiterOn(redisStore(url()));
    await vi.waitFor(
      async () => {
        await limiter.exchange();
        const total = await readCount(url(), "outage");
        expect(total).toBe(3);
      },
      { timeout: 20_000, interval: 300 },
    );
    allowed(other, "outage", 1);
    await other.exchange();
    expect(allowed(other, "outage", 20)).toBe(6);
    expect(allowed(limiter, "outage", 20)).toBe(5);
  });

  test("a Redis that hangs is told everything once, when it goes on", async () => {
    const limiter = limiterOn(redisStore(url()));
    const clock = limiterOn(redisStore(url()));
    allowed(limiter, "paused", 1);
    await limiter.exchange();
    redis?.kill("SIGSTOP");
    for (let i = 0; i < 6; i++) {
      expect(allowed(limiter, "paused", 1)).toBe(1);
      void limiter.exchange();
      await new Promise((resolve) => setTimeout(resolve, 1_100));
    }
    redis?.kill("SIGCONT");
    await limiter.exchange();
    expect(await readCount(url(), "paused")).toBe(7);
    // It has learned from the late answers, and its time is that of the others still.
    allowed(clock, "paused", 1);
    await clock.exchange();
    expect(allowed(clock, "paused", 20)).toBe(2);
    await clock.exchange();
    allowed(limiter, "paused", 1);
    await limiter.exchange();
    expect(allowed(limiter, "paused", 20)).toBe(0);
  });

  test("a stop does not wait for a Redis that hangs", async () => {
    const limiter = limiterOn(redisStore(url()));
    allowed(limiter, "stopping", 1);
    await limiter.exchange();
    redis?.kill("SIGSTOP");
    allowed(limiter, "stopping", 1);
    const began = performance.now();
    await limiter.close();
    expect(performance.now() - began).toBeLessThan(4_000);
    redis?.kill("SIGCONT");
  });

  test("a Redis that was never there costs no request anything", async () => {
    const limiter = limiterOn(redisStore(`redis://127.0.0.1:${await freePort()}`));
    expect(allowed(limiter, "alone", 20)).toBe(10);
    await limiter.exchange();
    expect(allowed(limiter, "alone", 20)).toBe(0);
  });
});

async function readCount(url: string, subject: string): Promise<number> {
  const { createClient } = await import("@redis/client");
  const client = createClient({ url });
  await client.connect();
  const [key] = await client.keys(`latchkey:limit:few:${subject}:*`);
  const count = key === undefined ? 0 : Number(await client.get(key));
  client.destroy();
  return count;
}
