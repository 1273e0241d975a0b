import { readdirSync } from "node:fs";
import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "@playwright/test";
import { type SharedDatabase, sharedDatabase, workersOf } from "@/e2e/shared-database";
import type { Instance } from "@/lib/testing/instance";

// What becomes of connections while the processes of an instance are asked to end, are killed, or hang.

let database: SharedDatabase;
const running = new Set<Instance>();

test.describe.configure({ timeout: 120_000 });
test.beforeAll(async () => {
  test.setTimeout(120_000);
  database = await sharedDatabase();
});
test.afterEach(async () => {
  for (const instance of running) await instance.stop();
  running.clear();
});
test.afterAll(() => database?.stop());

async function start(env: Record<string, string>): Promise<Instance> {
  const instance = await database.start(env, { detached: true });
  running.add(instance);
  return instance;
}

/** What a request on a connection of its own comes to: a status, or why there is none. */
function ask({ url }: Instance, path: string): Promise<string> {
  return new Promise((resolve) => {
    const asked = request(url + path, { agent: false }, (answer) => {
      answer.resume().once("end", () => resolve(String(answer.statusCode)));
      answer.once("error", (error) => resolve(error.message));
    });
    asked.once("error", (error) => resolve("code" in error ? String(error.code) : error.message));
    asked.setTimeout(15_000, () => asked.destroy(new Error("No answer within 15 seconds.")));
    asked.end();
  });
}

/** Clients that connect anew for each request; the kinds of outcomes, once they have ended. */
function startConnecting(instance: Instance): () => Promise<string[]> {
  const outcomes = new Set<string>();
  let stopped = false;
  const run = async () => {
    while (!stopped) {
      outcomes.add(await ask(instance, "/healthz"));
      await sleep(5);
    }
  };
  const clients = Promise.all([run(), run(), run(), run()]);
  return async () => {
    stopped = true;
    await clients;
    return [...outcomes].sort();
  };
}

test("SIGTERM to the whole process group answers everything until nobody can connect any more", async () => {
  const instance = await start({ LATCHKEY_WORKERS: "2", LATCHKEY_DRAIN_SECONDS: "2" });
  const stopConnecting = startConnecting(instance);
  await sleep(500);
  const startedAt = performance.now();
  process.kill(-instance.pid, "SIGTERM");
  expect(await instance.ended).toBe(0);
  expect(performance.now() - startedAt).toBeGreaterThan(2_000);
  expect(await stopConnecting()).toEqual(["200", "ECONNREFUSED"]);
});

test("workers that are all asked to end are replaced one after the other, and no connection is lost", async () => {
  const instance = await start({ LATCHKEY_WORKERS: "2" });
  const stopConnecting = startConnecting(instance);
  const before = await workersOf(instance.pid);
  for (const pid of before) process.kill(pid, "SIGTERM");
  const ofBefore = async () => (await workersOf(instance.pid)).filter((pid) => before.includes(pid));
  await expect.poll(ofBefore, { timeout: 30_000 }).toEqual([]);
  expect(await stopConnecting()).toEqual(["200"]);
});

test("while no process serves connections wait, and one that starts while the instance leaves says that it does", async () => {
  const instance = await start({ LATCHKEY_WORKERS: "2", LATCHKEY_DRAIN_SECONDS: "8" });
  process.kill(instance.pid, "SIGTERM");
  await expect.poll(() => ask(instance, "/readyz"), { intervals: [50] }).toBe("503");
  for (const pid of await workersOf(instance.pid)) process.kill(pid, "SIGKILL");
  const answers = Array.from({ length: 6 }, () => ask(instance, "/readyz"));
  expect(new Set(await Promise.all(answers))).toEqual(new Set(["503"]));
  expect(await instance.ended).toBe(0);
});

test("connections on their way to a process that dies go to another one, and none stays open in between", async () => {
  test.skip(process.platform !== "linux", "Open descriptors are counted in /proc.");
  const instance = await start({ LATCHKEY_WORKERS: "2" });
  const descriptors = () => readdirSync(`/proc/${instance.pid}/fd`).length;
  expect(await ask(instance, "/healthz")).toBe("200");
  const before = descriptors();
  const [hanging = 0] = await workersOf(instance.pid);
  process.kill(hanging, "SIGSTOP");
  const answers = Array.from({ length: 20 }, () => ask(instance, "/healthz"));
  await expect.poll(descriptors).toBeGreaterThan(before + 8);
  process.kill(hanging, "SIGKILL");
  expect(new Set(await Promise.all(answers))).toEqual(new Set(["200"]));
  await expect.poll(async () => (await workersOf(instance.pid)).length).toBe(2);
  await expect.poll(descriptors).toBeLessThanOrEqual(before);
});

test("a signal that comes twice does not cut a stop short, and a second one later does", async () => {
  const patient = await start({ LATCHKEY_DRAIN_SECONDS: "3" });
  const startedAt = performance.now();
  process.kill(patient.pid, "SIGTERM");
  await sleep(300);
  process.kill(patient.pid, "SIGTERM");
  expect(await patient.ended).toBe(0);
  expect(performance.now() - startedAt).toBeGreaterThan(3_000);

  const hurried = await start({ LATCHKEY_DRAIN_SECONDS: "60" });
  process.kill(hurried.pid, "SIGTERM");
  await sleep(1_500);
  process.kill(hurried.pid, "SIGINT");
  expect(await hurried.ended).toBe(1);
});
