import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CHANGES, markerText } from "@/lib/coherence/announcements";
import type { Run } from "@/lib/coherence/instances";
import { keyCoherence } from "@/lib/coherence/key-coherence";
import { LEASE_MS } from "@/lib/coherence/lease";
import { CoherenceRuntime } from "@/lib/coherence/runtime";
import { getDb } from "@/lib/db";
import { newId } from "@/lib/ids";
import { log } from "@/lib/log";
import { asSuperuser, truncateAll } from "@/lib/testing/database";
import { makeKey, makeOrganization } from "@/lib/testing/factories";
import { inTransaction } from "@/lib/transaction";

type Runtime = CoherenceRuntime<string>;
const names = new Map<Runtime, string>();

beforeEach(truncateAll);
afterEach(async () => {
  for (const runtime of names.keys()) await runtime.stop();
  names.clear();
});

const query: Run = (text, values) => getDb().pool.query(text, values);

const ORIGIN = "https://keys.example.com";

function makeRuntime(url = process.env.DATABASE_URL ?? "", pool: Run = query, origin = ORIGIN): Runtime {
  const name = newId("ins");
  const runtime = new CoherenceRuntime<string>({
    process: name,
    origin,
    limits: { max: 1_000 },
    url: () => url,
    query: pool,
  });
  names.set(runtime, name);
  return runtime;
}

async function until(holds: () => boolean | Promise<boolean>, ms = 8_000): Promise<void> {
  const deadline = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`Not within ${ms} ms: ${holds}`);
    await sleep(10);
  }
}

/** Processes that hold their leases. */
async function started(count: number): Promise<Runtime[]> {
  const runtimes = Array.from({ length: count }, () => makeRuntime());
  for (const runtime of runtimes) runtime.start();
  await until(() => runtimes.every(({ lease }) => lease.held));
  return runtimes;
}

function keep(runtime: Runtime, key: string, subject: string): void {
  const fill = runtime.cache.beginFill();
  fill.put(key, "known", [subject]);
  fill.end();
  expect(runtime.cache.get(key)).toBe("known");
}

/** A change of `subject` as the kernel makes one, made by this process. */
async function change(runtime: Runtime, subject: string) {
  const id = await runtime.begin();
  if (id === false) return { confirmed: false as const };
  const marker = markerText(id, names.get(runtime) ?? "");
  await inTransaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_notify(${CHANGES}, ${subject})`;
    await tx.$executeRaw`SELECT pg_notify(${CHANGES}, ${marker})`;
  });
  return runtime.committed(id);
}

const rowsOf = async (runtime: Runtime) => {
  const name = names.get(runtime);
  const { rows } = await getDb().pool.query("SELECT id FROM instances WHERE id LIKE $1", [`${name}.%`]);
  return rows.length;
};

/** Ends the listening connections, as a network or a restarted server does. */
const cutOff = () =>
  asSuperuser((client) =>
    client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = 'latchkey-coherence' AND datname = current_database()`,
    ),
  );

test("a change of one process is forgotten by all when it is in force, and nothing else is", async () => {
  const [a, b, c] = (await started(3)) as [Runtime, Runtime, Runtime];
  for (const one of [a, b, c]) {
    keep(one, "token", "key_1");
    keep(one, "other", "key_2");
  }
  expect(await change(a, "key:key_1")).toMatchObject({ confirmed: true, instances: 3 });
  expect([a, b, c].map(({ cache }) => cache.get("token"))).toEqual([undefined, undefined, undefined]);
  expect([a, b, c].map(({ cache }) => cache.get("other"))).toEqual(["known", "known", "known"]);
});

test("an emptied table empties the caches", async () => {
  const [a, b] = (await started(2)) as [Runtime, Runtime];
  keep(b, "token", "key_1");
  expect(await change(a, "everything")).toMatchObject({ confirmed: true });
  expect(b.cache.get("token")).toBeUndefined();
});

test("hundreds of changes at once are all acknowledged", async () => {
  const [a, b] = (await started(2)) as [Runtime, Runtime];
  const changes = Array.from({ length: 300 }, (_, i) => {
    keep(b, `token ${i}`, `key_${i}`);
    return change(i % 2 === 0 ? a : b, `key:key_${i}`).then((outcome) => {
      expect(b.cache.get(`token ${i}`)).toBeUndefined();
      return outcome;
    });
  });
  const outcomes = await Promise.all(changes);
  expect(outcomes.every((outcome) => outcome.confirmed && outcome.instances === 2)).toBe(true);
});

test("an instance that says nothing costs the rest of its lease, and its row goes", async () => {
  const [a] = (await started(1)) as [Runtime];
  await getDb().pool.query("INSERT INTO instances (id, host, pid) VALUES ('ins_dead.1', 'h', 1)");
  const begun = performance.now();
  expect(await change(a, "key:key_1")).toMatchObject({ confirmed: true, instances: 1 });
  expect(performance.now() - begun).toBeGreaterThan(1_900);
  expect(performance.now() - begun).toBeLessThan(6_000);
  await until(async () => (await getDb().pool.query("SELECT FROM instances WHERE id = 'ins_dead.1'")).rowCount === 0);
  const afterwards = performance.now();
  expect(await change(a, "key:key_1")).toMatchObject({ confirmed: true });
  expect(performance.now() - afterwards).toBeLessThan(1_000);
});

test("a lost connection empties the cache, and is made again", async () => {
  const [a, b] = (await started(2)) as [Runtime, Runtime];
  keep(b, "token", "key_1");
  await cutOff();
  await until(() => !b.lease.held || b.cache.get("token") === undefined);
  await until(() => a.lease.held && b.lease.held, 5_000);
  expect(b.cache.get("token")).toBeUndefined();
  keep(b, "token", "key_1");
  expect(await change(a, "key:key_1")).toMatchObject({ confirmed: true });
  expect(b.cache.get("token")).toBeUndefined();
});

test("changes while connections are cut again and again are in force, or not made, or nobody says that they are", async () => {
  const [a, b] = (await started(2)) as [Runtime, Runtime];
  let cutting = true;
  const cut = (async () => {
    while (cutting) {
      await cutOff();
      await sleep(300);
    }
  })();
  let confirmed = 0;
  try {
    for (let i = 0; i < 20; i++) {
      const fill = b.cache.beginFill();
      fill.put(`token ${i}`, "known", [`key_${i}`]);
      fill.end();
      const outcome = await change(a, `key:key_${i}`);
      if (!outcome.confirmed) continue;
      confirmed++;
      expect(b.cache.get(`token ${i}`)).toBeUndefined();
    }
  } finally {
    cutting = false;
    await cut;
  }
  expect(confirmed).toBeGreaterThan(0);
  await until(() => a.lease.held && b.lease.held, 5_000);
});

test("one that is fenced by others begins anew with nothing", async () => {
  const [a] = (await started(1)) as [Runtime];
  keep(a, "token", "key_1");
  await getDb().pool.query("UPDATE instances SET fenced = true");
  await until(() => a.cache.get("token") === undefined);
  await until(() => a.lease.held);
  expect(await rowsOf(a)).toBe(1);
});

test("a process that stops leaves nobody to wait for, and can make changes still", async () => {
  const [a, b] = (await started(2)) as [Runtime, Runtime];
  keep(b, "token", "key_1");
  await b.stop();
  expect(b.cache.get("token")).toBeUndefined();
  expect(await rowsOf(b)).toBe(0);
  const begun = performance.now();
  expect(await change(a, "key:key_1")).toMatchObject({ confirmed: true, instances: 1 });
  expect(performance.now() - begun).toBeLessThan(1_000);
  await a.stop();
  expect(await change(b, "key:key_1")).toMatchObject({ confirmed: true, instances: 0 });
});

test("a process that does not serve waits for those that do", async () => {
  const [a] = (await started(1)) as [Runtime];
  keep(a, "token", "key_1");
  const script = makeRuntime();
  expect(await change(script, "key:key_1")).toMatchObject({ confirmed: true });
  expect(a.cache.get("token")).toBeUndefined();
  // Now that it knows that there are others, it listens.
  await until(() => script.lease.held);
  const begun = performance.now();
  expect(await change(script, "key:key_1")).toMatchObject({ confirmed: true, instances: 2 });
  expect(performance.now() - begun).toBeLessThan(1_000);
});

test("a change that could not be heard of is not begun", async () => {
  const unreachable = makeRuntime("postgresql://nobody:x@127.0.0.1:9/latchkey");
  unreachable.start();
  const begun = performance.now();
  expect(await unreachable.begin()).toBe(false);
  expect(performance.now() - begun).toBeGreaterThan(1_500);
  expect(performance.now() - begun).toBeLessThan(4_000);
});

test("where notifications do not arrive nothing is kept, and changes wait for those who keep something", async () => {
  // A pooler that lends connections by the transaction: what is sent arrives on a connection that nobody reads.
  const pooled: Run = (text, values = []) => query(text, values.includes("hello") ? ["nobody", "hello"] : values);
  const deaf = makeRuntime(undefined, pooled);
  deaf.start();
  expect(await deaf.begin()).not.toBe(false);
  expect(deaf.lease.held).toBe(false);
  expect(await rowsOf(deaf)).toBe(0);
  expect(await change(deaf, "key:key_1")).toMatchObject({ confirmed: true, instances: 0 });

  const [other] = (await started(1)) as [Runtime];
  keep(other, "token", "key_1");
  const begun = performance.now();
  expect(await change(deaf, "key:key_1")).toMatchObject({ confirmed: true });
  expect(performance.now() - begun).toBeLessThan(6_000);
  expect(other.cache.get("token")).toBeUndefined();
});

test("one that finds a live instance with another LATCHKEY_URL says so once, and goes on", async () => {
  const [a] = (await started(1)) as [Runtime];
  const other = makeRuntime(undefined, query, "https://other.example.com");
  const told = vi.spyOn(log, "warn");
  other.start();
  await until(() => told.mock.calls.length > 0);
  expect(told.mock.calls).toEqual([
    [{ own: "https://other.example.com", others: [ORIGIN] }, expect.stringContaining("LATCHKEY_URL")],
  ]);
  await getDb().pool.query("UPDATE instances SET fenced = true");
  await until(async () => (await rowsOf(other)) === 1 && other.lease.held);
  await sleep(LEASE_MS + 500);
  expect(told).toHaveBeenCalledTimes(1);
  expect(a.lease.held).toBe(true);
  told.mockRestore();
});

test("what a crashed instance left, an older version, and one with the same LATCHKEY_URL are no reason to", async () => {
  await getDb().pool.query(
    `INSERT INTO instances (id, host, pid, origin)
     VALUES ('ins_dead.1', 'h', 1, 'https://other.example.com'), ('ins_old.1', 'h', 1, NULL)`,
  );
  const beating = setInterval(() => {
    void query("UPDATE instances SET beat = beat + 1 WHERE id = 'ins_old.1'").catch(() => undefined);
  }, 500);
  const told = vi.spyOn(log, "warn");
  await started(2);
  await sleep(LEASE_MS + 500);
  clearInterval(beating);
  expect(told.mock.calls).toEqual([]);
  told.mockRestore();
});

test("a revocation through the API is in force in the other process when it is answered", async () => {
  const organization = await makeOrganization();
  const [other] = (await started(1)) as [Runtime];
  keyCoherence().start();
  await until(() => keyCoherence().lease.held);
  for (let i = 0; i < 20; i++) {
    const { id } = await makeKey(organization);
    keep(other, id, id);
    expect((await organization.owner.client.delete(`/v4/account/api-keys/${id}`)).status).toBe(204);
    expect(other.cache.get(id)).toBeUndefined();
  }
  await keyCoherence().stop();
});

test("a change that was made before waits again, and a new key waits for nobody", async () => {
  const organization = await makeOrganization();
  await getDb().pool.query("INSERT INTO instances (id, host, pid) VALUES ('ins_dead.1', 'h', 1)");
  const begun = performance.now();
  const { id } = await makeKey(organization);
  expect(performance.now() - begun).toBeLessThan(1_500);
  const { client } = organization.owner;
  // Nobody confirms the first one: as if its answer were lost while it waited.
  const first = client.patch(`/v4/account/api-keys/${id}`, { is_active: false });
  await until(async () => {
    const { rowCount } = await getDb().pool.query("SELECT FROM api_keys WHERE disabled_at IS NOT NULL");
    return rowCount === 1;
  });
  const again = await client.patch(`/v4/account/api-keys/${id}`, { is_active: false });
  expect(again.status).toBe(200);
  expect(again.headers.get("latchkey-propagation")).toMatch(/^instances=1; ms=\d{4}/);
  expect((await first).status).toBe(200);
});

test("a DELETE that finds nothing waits as the one did whose answer was lost, and only then says so", async () => {
  const organization = await makeOrganization();
  const { client } = organization.owner;
  const subaccount = (await client.post("/v4/account/subaccounts", { name: "A customer" })).body;
  const ends = [
    `/v4/account/api-keys/${(await makeKey(organization)).id}`,
    `/v4/account/api-keys/${(await makeKey(organization)).id}?purge=true`,
    `/v4/account/subaccounts/${subaccount.id}`,
  ];
  for (const path of ends) expect((await client.delete(path)).status).toBe(204);
  await getDb().pool.query("INSERT INTO instances (id, host, pid) VALUES ('ins_dead.1', 'h', 1)");
  const begun = performance.now();
  const again = await Promise.all(ends.map((path) => client.delete(path)));
  expect(again.map(({ status }) => status)).toEqual([404, 404, 404]);
  expect(performance.now() - begun).toBeGreaterThan(1_000);
});
