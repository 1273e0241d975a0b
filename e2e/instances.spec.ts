import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "@playwright/test";
import pg from "pg";
import { GATEWAYS, type Gateway, startGateway } from "@/e2e/gateways/gateways";
import { CLIENT, send } from "@/e2e/gateways/service";
import { type Client, startLoad } from "@/e2e/load";
import { METRICS_TOKEN, metric, type SharedDatabase, sharedDatabase, workersOf } from "@/e2e/shared-database";
import { createKey, type Traffic } from "@/e2e/traffic";
import { withDatabase } from "@/lib/postgres/connection-url";
import { freePort, type Instance, OWNER, signInOverHttp } from "@/lib/testing/instance";

// Several instances on one PostgreSQL: side by side behind real nginx, in several processes, stopping, and started anew.

const KEYS = "/v4/account/api-keys";
const MANAGER = ["create", "read", "update", "delete", "regenerate", "verify"].map((verb) => `account:apikeys:${verb}`);

let database: SharedDatabase;
const running = new Set<Instance>();

test.describe.configure({ timeout: 180_000 });
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
  const instance = await database.start(env);
  running.add(instance);
  return instance;
}

async function stop(instance: Instance): Promise<void> {
  await instance.stop();
  running.delete(instance);
}

/** An empty database on the same server. */
async function emptyDatabase(name: string): Promise<string> {
  await query(database.superuserUrl, `CREATE DATABASE ${name}`);
  return withDatabase(database.superuserUrl, name);
}

async function query<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const json = (text: string) => JSON.parse(text) as Record<string, unknown>;

/** A client's own key, and one that it asks about; each client has its own, so no limit is met. */
type Owned = { manager: Traffic; checked: Traffic };

async function ownedKeys(instance: Instance, cookie: string, count: number): Promise<Owned[]> {
  const owned: Owned[] = [];
  for (let i = 0; i < count; i++) {
    const manager = await createKey(instance, cookie, {
      name: `Manager ${i}`,
      permissions: [...MANAGER, "residential:read"],
    });
    owned.push({
      manager,
      checked: await createKey(instance, cookie, { name: `Checked ${i}`, permissions: ["residential:read"] }),
    });
  }
  return owned;
}

function verifying({ manager, checked }: Owned, count: () => void, permission = "residential:read"): Client {
  return {
    ask: () => ({
      method: "POST",
      path: "/v4/verify",
      headers: bearer(manager.token),
      body: { token: checked.token, permissions: [permission] },
    }),
    answered: ({ status, body }) => {
      const code = permission === "residential:read" ? "VALID" : "INSUFFICIENT_PERMISSIONS";
      if (status !== 200 || json(body).code !== code) return `${status} ${body}`;
      count();
      return null;
    },
  };
}

const reading = ({ manager, checked }: Owned): Client => ({
  ask: () => ({ method: "GET", path: `${KEYS}/${checked.id}`, headers: bearer(manager.token) }),
  answered: ({ status, body }) => (status === 200 && json(body).id === checked.id ? null : `${status} ${body}`),
});

/** Makes keys, and edits and revokes those that it made. */
function changing({ manager }: Owned, name: string, made: Set<string>): Client {
  let step = 0;
  let id = "";
  return {
    ask: () => {
      const headers = bearer(manager.token);
      const kind = step++ % 3;
      if (kind === 0)
        return {
          method: "POST",
          path: KEYS,
          headers,
          body: { name: `${name} ${step}`, permissions: ["residential:read"] },
        };
      if (kind === 1) return { method: "PATCH", path: `${KEYS}/${id}`, headers, body: { description: `step ${step}` } };
      return { method: "DELETE", path: `${KEYS}/${id}`, headers };
    },
    answered: ({ status, body }) => {
      const kind = (step - 1) % 3;
      if (status !== [201, 200, 204][kind]) return `${status} ${body}`;
      if (kind === 0) {
        id = String(json(body).id);
        made.add(id);
      }
      return null;
    },
  };
}

test.describe("two instances behind nginx", () => {
  let gateway: Gateway | null = null;
  let ports: [number, number];
  let env: Record<string, string>;
  let first: Instance;
  let second: Instance;
  let cookie = "";

  // One process on one side, two workers on the other.
  const side = (index: 0 | 1) => start({ ...env, PORT: String(ports[index]), LATCHKEY_WORKERS: String(index + 1) });
  const throughGateway = () => ({ ...first, url: env.LATCHKEY_URL ?? "" });

  test.beforeAll(async () => {
    test.setTimeout(120_000);
    ports = [await freePort(), await freePort()];
    const nginx = GATEWAYS.find(({ name }) => name === "nginx");
    if (!nginx) throw new Error("The tests know no nginx.");
    const prepare: typeof nginx.prepare = (places) =>
      nginx.prepare({ ...places, config: places.config.replace("127.0.0.1:3001", `127.0.0.1:${ports[1]}`) });
    const balancer = { ...nginx, config: "nginx/balancer.conf", prepare };
    gateway = await startGateway(balancer, { latchkey: ports[0], service: 0 });
    if (!gateway) console.warn("  SKIPPED: nginx is not installed, and apt-get could not fetch it.");
    env = { LATCHKEY_URL: `http://127.0.0.1:${gateway?.port ?? ports[0]}` };
  });
  test.afterAll(() => gateway?.stop());
  test.beforeEach(async () => {
    [first, second] = await Promise.all([side(0), side(1)]);
    cookie ||= await signInOverHttp(first.url);
  });

  test("started at once on an empty database, both serve, and each migration was applied once", async () => {
    const applied = await query<{ times: string }>(
      database.superuserUrl,
      "SELECT count(*) AS times FROM _prisma_migrations WHERE rolled_back_at IS NULL GROUP BY migration_name",
    );
    expect(applied.length).toBeGreaterThan(5);
    expect(new Set(applied.map(({ times }) => times))).toEqual(new Set(["1"]));
    expect(await query(database.superuserUrl, "SELECT name FROM organizations")).toEqual([
      { name: OWNER.organization },
    ]);
    for (const { url } of [first, second]) expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });

  test("a session of one is a session of the other, until it ends anywhere", async () => {
    const session = await signInOverHttp(first.url);
    const headers = { cookie: session, origin: env.LATCHKEY_URL ?? "" };
    const sessions = `${second.url}/v4/account/sessions`;
    const listed = await fetch(sessions, { headers });
    expect(listed.status).toBe(200);
    const { data } = (await listed.json()) as { data: { id: string; is_current: boolean }[] };
    const own = data.find((session) => session.is_current);
    expect((await fetch(`${sessions}/${own?.id}`, { method: "DELETE", headers })).status).toBe(204);
    for (const { url } of [first, second])
      expect((await fetch(`${url}/v4/account/sessions`, { headers })).status).toBe(401);
  });

  test("the same Idempotency-Key at both at once makes one key", async () => {
    const headers = { cookie, origin: env.LATCHKEY_URL ?? "", "content-type": "application/json" };
    for (let round = 0; round < 20; round++) {
      const idempotencyKey = randomBytes(12).toString("hex");
      const body = JSON.stringify({ name: `Once ${round}`, permissions: ["residential:read"] });
      const create = ({ url }: Instance) =>
        fetch(url + KEYS, { method: "POST", headers: { ...headers, "idempotency-key": idempotencyKey }, body });
      const answers = await Promise.all([first, second, first, second].map(create));
      const made = answers.filter(({ status, headers }) => status === 201 && !headers.has("idempotent-replayed"));
      expect(made).toHaveLength(1);
      for (const { status } of answers) expect([201, 409]).toContain(status);
    }
    const rows = await query(database.superuserUrl, "SELECT FROM api_keys WHERE name LIKE 'Once %'");
    expect(rows).toHaveLength(20);
  });

  test("IP-04 the client's address is known through nginx, at whichever instance it arrives", async () => {
    test.skip(!gateway, "nginx cannot be had on this machine.");
    const limited = await createKey(throughGateway(), cookie, {
      name: "From one address",
      permissions: ["account:apikeys:read"],
      allowed_ips: [CLIENT],
    });
    for (let i = 0; i < 6; i++) {
      const got = await send(gateway?.port ?? 0, { path: KEYS, headers: bearer(limited.token) });
      expect(got.status, got.text).toBe(200);
      const elsewhere = await fetch(`${env.LATCHKEY_URL}${KEYS}`, { headers: bearer(limited.token) });
      expect(elsewhere.status).toBe(403);
    }
  });

  test("a rolling restart under load fails no request, and does none twice", async () => {
    test.skip(!gateway, "nginx cannot be had on this machine.");
    const owned = await ownedKeys(throughGateway(), cookie, 6);
    let verified = 0;
    const made = new Set<string>();
    const countOne = () => {
      verified++;
    };
    const clients = owned.flatMap((keys, i) => [
      verifying(keys, countOne),
      i % 2 ? reading(keys) : changing(keys, `Rolling ${i}`, made),
    ]);
    const load = startLoad(gateway?.port ?? 0, clients, { refusalIsFailure: true });
    for (const index of [0, 1] as const) {
      await sleep(1_000);
      const before = load.count();
      await stop(index === 0 ? first : second);
      const restarted = await side(index);
      if (index === 0) first = restarted;
      else second = restarted;
      expect(load.count()).toBeGreaterThan(before);
      // As the operating guide says: nginx leaves one out for two seconds after it refused.
      await sleep(3_000);
    }
    await load.stop();
    console.log(`  ${load.count()} requests, of them ${verified} verifications and ${made.size} keys made`);
    expect(load.failures).toEqual([]);
    expect(made.size).toBeGreaterThan(10);
    const rows = await query(database.superuserUrl, "SELECT FROM api_keys WHERE name LIKE 'Rolling %'");
    expect(rows).toHaveLength(made.size);
    const ids = owned.map(({ checked }) => `'${checked.id}'`).join(", ");
    const counted = `SELECT coalesce(sum(count), 0) AS uses FROM usage_counts WHERE interval = 'day' AND api_key_id IN (${ids})`;
    await expect.poll(async () => query(database.superuserUrl, counted)).toEqual([{ uses: String(verified) }]);
  });

  test("an instance goes on when the next version has migrated the database, and starts on it too", async () => {
    const [keys] = await ownedKeys(throughGateway(), cookie, 1);
    if (!keys) throw new Error("No keys were made.");
    const { checked, manager } = keys;
    const exercise = async ({ url }: Instance) => {
      const headers = { ...bearer(manager.token), "content-type": "application/json" };
      const post = (path: string, body: unknown, method = "POST") =>
        fetch(url + path, { method, headers, body: JSON.stringify(body) });
      const statuses = [
        await post("/v4/verify", { token: checked.token }),
        await fetch(`${url}${KEYS}`, { headers }),
        await fetch(`${url}${KEYS}/${checked.id}`, { headers }),
        await post(`${KEYS}/${checked.id}`, { description: String(Math.random()) }, "PATCH"),
        await post(KEYS, { name: "Across versions", permissions: ["residential:read"] }),
        await fetch(`${url}/readyz`),
        await fetch(`${url}/v4/account/sessions`, { headers: { cookie } }),
        await fetch(`${url}/api-keys`, { headers: { cookie }, redirect: "manual" }),
      ].map(({ status }) => status);
      expect(statuses).toEqual([200, 200, 200, 200, 201, 200, 200, 200]);
    };
    // Every connection of the pool has its prepared statements by then.
    for (let i = 0; i < 3; i++) await Promise.all([first, first, first, second].map(exercise));
    const tables = await query<{ name: string }>(
      database.superuserUrl,
      "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'",
    );
    const columns = tables.map(
      ({ name }) => `ALTER TABLE "${name}" ADD COLUMN of_the_future text NOT NULL DEFAULT 'x';`,
    );
    await query(
      database.superuserUrl,
      `${columns.join("\n")} CREATE TABLE of_the_future (id int);
       INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
         VALUES (gen_random_uuid(), '', '29991231000000_of_the_future', now(), 1);`,
    );
    for (let i = 0; i < 3; i++) await Promise.all([first, first, first, second].map(exercise));
    await stop(first);
    first = await side(0);
    await exercise(first);
  });

  test("one with another master key says so and does not start", async () => {
    const { output, code } = await outcomeOf({ ...env, LATCHKEY_MASTER_KEY: randomBytes(32).toString("base64") });
    expect(code).toBe(1);
    expect(output).toContain("The master key does not open the signing keys in this database.");
    expect(output).toContain("LATCHKEY_MASTER_KEY");
  });
});

for (const workers of [1, 3]) {
  test(`${workers === 1 ? "one process" : "three workers"}: a stop under load answers what was accepted, counts it, and seals the log`, async () => {
    const url = await emptyDatabase(`stopping_${workers}`);
    const instance = await start({ DATABASE_URL: url, LATCHKEY_WORKERS: String(workers) });
    const cookie = await signInOverHttp(instance.url);
    const owned = await ownedKeys(instance, cookie, 6);
    const done = { verified: 0, denied: 0, made: new Set<string>() };
    const clients = owned.flatMap((keys, i) => [
      verifying(keys, () => {
        done.verified++;
      }),
      i % 2 ? reading(keys) : changing(keys, `Stopping ${i}`, done.made),
    ]);
    const denied = await ownedKeys(instance, cookie, 1);
    const refused = denied.map((keys) => verifying(keys, () => done.denied++, "residential:write"));
    const load = startLoad(Number(new URL(instance.url).port), [...clients, ...refused]);
    // Fewer denials than are kept.
    await expect.poll(() => done.denied, { intervals: [20], timeout: 60_000 }).toBeGreaterThan(20);
    const startedAt = performance.now();
    await stop(instance);
    const tookMs = performance.now() - startedAt;
    await load.stop();
    console.log(`  ${load.count()} answers, ${done.denied} denials; it stopped in ${Math.round(tookMs)} ms`);
    expect(load.failures).toEqual([]);
    expect(load.isRefused()).toBe(true);
    expect(tookMs).toBeLessThan(10_000);
    const uses = (keys: Owned[]) =>
      query<{ uses: string }>(
        url,
        `SELECT coalesce(sum(count), 0) AS uses FROM usage_counts
           WHERE interval = 'day' AND api_key_id IN (${keys.map(({ checked }) => `'${checked.id}'`).join(", ")})`,
      );
    expect((await uses(denied))[0]?.uses).toBe(String(done.denied));
    expect((await uses(owned))[0]?.uses).toBe(String(done.verified));
    expect(await query(url, "SELECT FROM api_keys WHERE name LIKE 'Stopping %'")).toHaveLength(done.made.size);
    const records = await query<{ count: string }>(url, "SELECT count(*) FROM decision_records");
    expect(records[0]?.count).toBe(String(Math.min(1_000, done.denied)));
    const unsealed = "SELECT FROM audit_events e WHERE NOT EXISTS (SELECT FROM audit_seals s WHERE s.event_id = e.id)";
    expect(await query(url, unsealed)).toEqual([]);
  });
}

test("with a lead time readiness says at once that it leaves, while everything is still answered", async () => {
  const url = await emptyDatabase("lead_time");
  const instance = await start({ DATABASE_URL: url, LATCHKEY_DRAIN_SECONDS: "2" });
  const startedAt = performance.now();
  const stopped = stop(instance);
  await expect.poll(async () => (await fetch(`${instance.url}/readyz`)).status, { intervals: [20] }).toBe(503);
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  while (performance.now() - startedAt < 1_500) {
    expect((await fetch(`${instance.url}/healthz`, { headers: { connection: "close" } })).status).toBe(200);
    await sleep(50);
  }
  await stopped;
  expect(performance.now() - startedAt).toBeGreaterThan(2_000);
});

test("three workers: one that is killed is replaced, metrics speak for all, and the client's address is right", async () => {
  const url = await emptyDatabase("three_workers");
  const instance = await start({ DATABASE_URL: url, LATCHKEY_WORKERS: "3", LATCHKEY_TRUSTED_PROXIES: "" });
  const cookie = await signInOverHttp(instance.url);
  const port = Number(new URL(instance.url).port);
  await expect.poll(() => metric(instance, "latchkey_processes")).toBe(3);
  const limited = await createKey(instance, cookie, {
    name: "From one address",
    permissions: ["account:apikeys:read"],
    allowed_ips: [CLIENT],
  });
  for (let i = 0; i < 9; i++) {
    expect((await send(port, { path: KEYS, headers: bearer(limited.token) })).status).toBe(200);
    expect((await fetch(instance.url + KEYS, { headers: bearer(limited.token) })).status).toBe(403);
  }
  const scraped = await fetch(`${instance.url}/metrics`, { headers: bearer(METRICS_TOKEN) });
  expect(await scraped.text()).toMatch(
    /^latchkey_http_requests_total\{method="GET",path="\/v4\/account\/api-keys",status="200"\} 9$/m,
  );
  expect((await fetch(`${instance.url}/sign-in`)).status).toBe(200);

  const workers = await workersOf(instance.pid);
  expect(workers).toHaveLength(3);
  process.kill(workers[0] ?? 0, "SIGKILL");
  await expect.poll(async () => (await workersOf(instance.pid)).filter((pid) => !workers.includes(pid)).length).toBe(1);
  await expect.poll(() => metric(instance, "latchkey_processes"), { timeout: 20_000 }).toBe(3);
  for (let i = 0; i < 9; i++) expect((await send(port, { path: "/readyz" })).status).toBe(200);
});

test("workers that cannot listen end with one message", async () => {
  const url = await emptyDatabase("taken_port");
  const instance = await start({ DATABASE_URL: url });
  const env = { DATABASE_URL: url, PORT: new URL(instance.url).port, LATCHKEY_WORKERS: "2" };
  const { output, code } = await outcomeOf(env);
  expect(code).toBe(1);
  expect(output.match(/is in use/g)).toHaveLength(1);
});

test("a database that refuses a migration is tried again, and the log says why", async () => {
  const url = await emptyDatabase("refusing");
  await query(url, "CREATE TABLE organizations (made_by text)");
  const port = String(await freePort());
  const env = { ...process.env, ...database.env, DATABASE_URL: url, PORT: port, NODE_ENV: "production" as const };
  const child = spawn(process.execPath, ["dist/server.mjs"], { env, stdio: ["ignore", "pipe", "inherit"] });
  try {
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (part: string) => {
      output += part;
    });
    const readiness = async () => (await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null))?.status;
    await expect.poll(() => output, { timeout: 30_000 }).toContain("The database schema is not empty");
    expect(output).toMatch(/refused the migration \d+_init/);
    await expect.poll(readiness, { timeout: 30_000 }).toBe(503);
    await query(url, "DROP TABLE organizations");
    await expect.poll(readiness, { timeout: 30_000 }).toBe(200);
  } finally {
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  }
});

/** How the server ends that must not start. */
async function outcomeOf(env: Record<string, string>): Promise<{ output: string; code: number | null }> {
  const child: ChildProcess = spawn(process.execPath, ["dist/server.mjs"], {
    env: {
      ...process.env,
      ...database.env,
      PORT: String(await freePort()),
      ...env,
      NODE_ENV: "production",
      LOG_LEVEL: "error",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (part: string) => {
      output += part;
    });
  const timer = setTimeout(() => child.kill("SIGKILL"), 30_000);
  const [code] = await once(child, "close");
  clearTimeout(timer);
  return { output, code };
}
