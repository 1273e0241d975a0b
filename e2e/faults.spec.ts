import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "@playwright/test";
import { type FaultStage, startFaultStage, untilDecided } from "@/lib/testing/fault-stage";
import { freePort, startInstance } from "@/lib/testing/instance";
import { mountSmallDisk } from "@/lib/testing/small-disk";
import type { StagedInstance } from "@/lib/testing/staged-instance";
import type { Workload } from "@/lib/testing/workload";

// Crashes and faults under load. After each: what was acknowledged holds, what was not is there entirely or not at
// all, nothing is allowed that should not be, and the audit log's chain is whole. `npm run torture` does it for longer.

let stage: FaultStage;
let instance: StagedInstance;

test.describe.configure({ timeout: 60_000 });
test.beforeAll(async () => {
  test.setTimeout(120_000);
  stage = await startFaultStage();
  [instance] = stage.instances;
});
test.afterAll(async () => stage?.stop());

/** The workload goes on before, while and after `fault` happens, and is then judged. */
async function under(seed: number, fault: (workload: Workload) => Promise<void>, on = stage): Promise<Workload> {
  const workload = on.workload(seed);
  workload.start();
  await moreWork(workload);
  await fault(workload);
  await moreWork(workload);
  await workload.stop();
  expect(await on.judge(workload)).toEqual([]);
  return workload;
}

async function moreWork({ acknowledged }: Workload): Promise<void> {
  const enough = acknowledged.length + 25;
  await expect.poll(() => acknowledged.length, { timeout: 20_000, intervals: [50] }).toBeGreaterThan(enough);
}

test("what these tests look for, they find: a change that was acknowledged and is not there", async () => {
  const workload = await under(0, async () => undefined);
  const [lost] = workload.keys.map(({ id }) => id);
  const addToVersion = (by: number) =>
    stage.asSuperuser((client) => client.query("UPDATE api_keys SET version = version + $2 WHERE id = $1", [lost, by]));
  await addToVersion(-1);
  const found = (await stage.judge(workload)).join("\n");
  await addToVersion(1);
  expect(found).toContain(`a key whose version is not the number of its events: ${lost}`);
  expect(found).toContain(`${lost}: found as {"id":"${lost}"`);
});

test("kill -9 of the instance under load", async () => {
  await under(1, async (workload) => {
    workload.mayLoseAnswers.add(instance.url);
    instance.kill();
    await instance.restart();
    workload.mayLoseAnswers.clear();
  });
});

test("an instance that is killed leaves nothing in the temporary directory", async () => {
  const TMPDIR = await mkdtemp(path.join(tmpdir(), "latchkey-killed-"));
  try {
    const killed = await startInstance({ env: { ...stage.env, TMPDIR, PORT: String(await freePort()) } });
    const left = async () => (await readdir(TMPDIR)).filter((name) => name.startsWith("latchkey-pages-"));
    expect(await left()).toHaveLength(1);
    process.kill(killed.pid, "SIGKILL");
    await expect.poll(left).toEqual([]);
    await killed.stop();
  } finally {
    await rm(TMPDIR, { recursive: true, force: true });
  }
});

test("kill -9 of PostgreSQL under load: 503 until it is back, and nothing needs to be started", async () => {
  const { statuses } = await under(2, async () => {
    stage.killPostgres();
    await sleep(100);
    await stage.databaseBack();
    expect(await stage.recovery()).toBeLessThan(5_000);
  });
  expect(statuses.get(503)).toBeGreaterThan(0);
});

test("kill -9 of one connection's process under load, upon which PostgreSQL ends all others", async () => {
  await under(3, async () => {
    const pid = await stage.asSuperuser(async (client) => {
      const { rows } = await client.query(
        "SELECT pid FROM pg_stat_activity WHERE application_name = 'latchkey' ORDER BY state = 'active' DESC LIMIT 1",
      );
      return Number(rows[0]?.pid);
    });
    process.kill(pid, "SIGKILL");
    await sleep(100);
    await stage.databaseBack();
    expect(await stage.recovery()).toBeLessThan(5_000);
  });
});

for (const server of ["has_not_seen_it", "has_done_it"] as const) {
  test(`DB-10 a connection that is lost at a COMMIT which the server ${server.replaceAll("_", " ")}`, async () => {
    await under(server === "has_done_it" ? 4 : 5, async () => {
      const before = instance.proxy.cuts;
      for (let i = 0; i < 4; i++) {
        instance.proxy.fault = { kind: "cut_at_commit", server };
        await sleep(150);
        instance.proxy.fault = { kind: "none" };
        await sleep(200);
      }
      expect(instance.proxy.cuts - before).toBeGreaterThan(3);
    });
  });
}

test("a database that is away in the middle, and comes back", async () => {
  const { statuses } = await under(6, async () => {
    await instance.proxy.close();
    await sleep(1_000);
    const page = await fetch(`${instance.url}/api-keys`, { headers: { cookie: stage.cookie }, redirect: "manual" });
    expect([page.status, page.headers.get("location")]).toEqual([503, null]);
    await sleep(500);
    await instance.proxy.open();
    expect(await stage.recovery()).toBeLessThan(5_000);
  });
  expect(statuses.get(503)).toBeGreaterThan(0);
});

test("DB-03 every connection is held by a slow lock: what needs one is answered 503 in time, and all recovers", async () => {
  await under(7, async () => {
    await stage.asSuperuser(async (client) => {
      await client.query("BEGIN");
      await client.query("LOCK TABLE api_keys IN ACCESS EXCLUSIVE MODE");
      // More than there are connections: these wait for the lock, those for one of them.
      const lists = Array.from({ length: 30 }, async () => {
        const headers = { authorization: `Bearer ${stage.tokens[0]}` };
        const answer = await fetch(`${instance.url}/v4/account/api-keys`, { headers });
        await answer.arrayBuffer();
        return answer;
      });
      await sleep(6_500);
      await client.query("COMMIT");
      const refused = (await Promise.all(lists)).filter(({ status }) => status !== 200);
      expect(refused.length).toBeGreaterThan(10);
      for (const { status, headers } of refused) expect([status, headers.has("retry-after")]).toEqual([503, true]);
    });
    expect(await stage.recovery()).toBeLessThan(5_000);
  });
});

test("a slow database: every answer comes in time", async () => {
  await under(8, async () => {
    instance.proxy.fault = { kind: "slow", ms: 150 };
    await sleep(4_000);
    instance.proxy.fault = { kind: "none" };
    expect(await stage.recovery()).toBeLessThan(5_000);
  });
});

test("connections that fall silent: requests are answered 503 in time, and the next ones connect anew", async () => {
  await under(9, async () => {
    instance.proxy.fault = { kind: "silent" };
    await sleep(3_000);
    instance.proxy.fault = { kind: "none" };
    expect(await stage.recovery()).toBeLessThan(15_000);
    // None of the connections that were idle meanwhile is still waiting to be found dead.
    expect(await stage.recovery()).toBeLessThan(1_000);
  });
});

test("DB-13 a database that is away at the start: it serves 503 until it is there", async () => {
  await instance.proxy.close();
  const url = `http://127.0.0.1:${await freePort()}`;
  const starting = startInstance({ env: { ...stage.env, PORT: new URL(url).port, LOG_LEVEL: "error" } });
  await expect.poll(async () => (await fetch(`${url}/healthz`).catch(() => null))?.status).toBe(200);
  for (const path of ["/readyz", "/v4/authorize", "/v4/account/api-keys", "/sign-in"]) {
    const answer = await fetch(url + path, { headers: { authorization: `Bearer ${stage.tokens[0]}` } });
    expect([path, answer.status, answer.headers.has("retry-after")]).toEqual([path, 503, true]);
  }
  const opened = performance.now();
  await instance.proxy.open();
  await untilDecided(url, stage.tokens[0] ?? "");
  expect(performance.now() - opened).toBeLessThan(5_000);
  await (await starting).stop();
});

test("after all of it, the audit log's chain is whole", async () => {
  expect(await stage.judgeLog()).toEqual([]);
});

test("DB-08 a disk that is full: changes are answered 503, and all goes on once there is room", async () => {
  const disk = await mountSmallDisk(256);
  test.skip(disk === null, "this user may not mount a small file system");
  if (!disk) return;
  try {
    const small = await startFaultStage({ clients: 4, directory: disk.directory });
    try {
      const { statuses } = await under(
        10,
        async () => {
          await disk.fill();
          const read = await fetch(`${small.instances[0].url}/v4/account/api-keys`, {
            headers: { authorization: `Bearer ${small.tokens[0]}` },
          });
          expect(read.status).toBe(200);
          await sleep(500);
          // The write-ahead log wants a new segment, for which there is no room either: the server gives up.
          await small.asSuperuser((client) => client.query("SELECT pg_switch_wal()")).catch(() => undefined);
          await sleep(1_500);
          await disk.makeRoom();
          await small.databaseBack();
          expect(await small.recovery()).toBeLessThan(5_000);
        },
        small,
      );
      expect(statuses.get(503)).toBeGreaterThan(0);
      expect(await small.judgeLog()).toEqual([]);
    } finally {
      await small.stop();
    }
  } finally {
    await disk.unmount();
  }
});
