import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "@playwright/test";
import { findProgram } from "@/e2e/gateways/programs";
import { type SharedDatabase, sharedDatabase } from "@/e2e/shared-database";
import { freePort, type Instance } from "@/lib/testing/instance";

// Two instances on one PostgreSQL: what one of them counts, the other knows a moment later.

let database: SharedDatabase;
const running: Instance[] = [];

test.describe.configure({ timeout: 120_000 });
test.beforeAll(async () => {
  test.setTimeout(120_000);
  database = await sharedDatabase();
});
test.afterEach(async () => {
  for (const instance of running.splice(0)) await instance.stop();
});
test.afterAll(() => database?.stop());

async function startTwo(env: Record<string, string> = {}): Promise<[Instance, Instance]> {
  const a = await database.start(env);
  running.push(a);
  const b = await database.start(env);
  running.push(b);
  return [a, b];
}

/** Status and RateLimit header of a request with a wrong token, from a client's own address. */
async function guess(instance: Instance, client: string): Promise<{ status: number; limit: string | null }> {
  const answer = await fetch(`${instance.url}/v4/account/api-keys`, {
    headers: { authorization: "Bearer wrong", "x-forwarded-for": client },
  });
  await answer.text();
  return { status: answer.status, limit: answer.headers.get("ratelimit") };
}

async function shareALimit([a, b]: [Instance, Instance], client: string): Promise<void> {
  for (let i = 0; i < 60; i++) {
    expect((await guess(a, client)).status).toBe(401);
  }
  // A second at most until both have told and learned.
  await sleep(1_500);
  expect((await guess(b, client)).status).toBe(401);
  await sleep(1_500);
  const statuses: number[] = [];
  for (let i = 0; i < 60; i++) statuses.push((await guess(b, client)).status);
  const allowed = statuses.filter((status) => status === 401).length;
  // 39 are left of the 100; some of those of the minute before may have faded meanwhile.
  expect(allowed).toBeGreaterThanOrEqual(39);
  expect(allowed).toBeLessThanOrEqual(48);
  expect((await guess(b, client)).limit).toMatch(/^"wrong-token";r=0;t=\d+$/);
  expect((await guess(a, "198.51.100.200")).status).toBe(401);
}

test("AN-21 guesses at one instance count at the other, through the database", async () => {
  await shareALimit(await startTwo(), "198.51.100.7");
});

test("AN-21 guesses at one instance count at the other, through Redis", async () => {
  const program = findProgram("redis-server", "--version");
  test.skip(program === null, "redis-server cannot be had on this machine.");
  const port = await freePort();
  const redis = spawn(program?.file ?? "", ["--port", String(port), "--bind", "127.0.0.1", "--save", ""], {
    env: program?.env,
    stdio: "ignore",
  });
  try {
    await shareALimit(await startTwo({ LATCHKEY_REDIS_URL: `redis://127.0.0.1:${port}` }), "198.51.100.8");
  } finally {
    const exited = once(redis, "exit");
    redis.kill();
    await exited;
  }
});
