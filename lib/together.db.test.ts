import { beforeEach, describe, expect, test, vi } from "vitest";
import { createApiKey } from "@/lib/api-keys/operations/create";
import { rereadPrincipal } from "@/lib/auth/repository";
import type { RequestContext } from "@/lib/context";
import { closeDb, getDb } from "@/lib/db";
import type { AppError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { turnOf } from "@/lib/principal-turns";
import { asSuperuser, truncateAll } from "@/lib/testing/database";
import { startDatabaseProxy } from "@/lib/testing/database-proxy";
import { makeKey, makeOrganization, type TestKey, type TestOrganization } from "@/lib/testing/factories";
import { inTransaction } from "@/lib/transaction";

const KEYS = "/v4/account/api-keys";

let organization: TestOrganization;
let makers: TestKey[];
beforeEach(async () => {
  await truncateAll();
  organization = await makeOrganization();
  makers = [];
  for (let i = 0; i < 8; i++) makers.push(await makeKey(organization));
});

const create = ({ client }: TestKey, body: object = {}) =>
  client.post(KEYS, { name: "Made", permissions: ["residential:read"], ...body });
const createAll = (bodies: object[] = []) => Promise.all(makers.map((maker, i) => create(maker, bodies[i])));
const statuses = (answers: { status: number }[]) => answers.map(({ status }) => status);
const madeKeys = async (): Promise<{ id: string; created_by_id: string }[]> =>
  (await getDb().pool.query("SELECT id, created_by_id FROM api_keys WHERE created_by_type = 'api_key'")).rows;

/** How many transactions `work` takes. */
async function transactionsOf(work: () => Promise<unknown>): Promise<number> {
  const connections = vi.spyOn(getDb().pool, "connect");
  await work();
  const count = connections.mock.calls.filter(([callback]) => callback === undefined).length;
  connections.mockRestore();
  return count;
}

/** Runs `work` while somebody holds the key's turn alone. */
const whileHeld = <T>(id: string, work: () => Promise<T>): Promise<T> =>
  asSuperuser(async (db) => {
    await db.query("BEGIN");
    await db.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [turnOf(organization.id, id)]);
    const done = await work();
    await db.query("COMMIT");
    return done;
  });

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Starts requests while nobody can make keys of the organization's regions. @returns their answers. */
const whileRegionIsHeld = (start: () => Promise<ReturnType<typeof create>[]>) =>
  asSuperuser(async (db) => {
    await db.query("BEGIN");
    await db.query("SELECT FROM regions WHERE organization_id = $1 FOR UPDATE", [organization.id]);
    const pending = await start();
    await db.query("COMMIT");
    return Promise.all(pending);
  });

describe("keys that are made at the same time", () => {
  test("share a transaction, each with its own maker, token and audit event", async () => {
    await createAll();
    let answers: Awaited<ReturnType<typeof createAll>> = [];
    const transactions = await transactionsOf(async () => {
      answers = await createAll();
    });
    expect(statuses(answers)).toEqual(Array(8).fill(201));
    expect(transactions).toBeLessThan(8);
    for (const [i, { body }] of answers.entries()) {
      const { token, ...key } = body;
      expect((await makers[i]?.client.get(`${KEYS}/${key.id}`))?.body).toEqual(key);
      expect(key.created_by.id).toBe(makers[i]?.id);
      expect(token).toMatch(/^lk_prod_/);
    }
    const { rows } = await getDb().pool.query(
      "SELECT principal_id, target_id, request_id FROM audit_events WHERE action = 'api_key.created' AND principal_type = 'api_key'",
    );
    const made = await madeKeys();
    expect(made).toHaveLength(16);
    expect(new Set(rows.map((row) => `${row.principal_id} ${row.target_id}`))).toEqual(
      new Set(made.map(({ id, created_by_id }) => `${created_by_id} ${id}`)),
    );
    expect(new Set(rows.map(({ request_id }) => request_id)).size).toBe(16);
  });

  test("are refused each for itself, and each refusal is in the log", async () => {
    const bodies = [
      {},
      { scopes: [{ action: "*", resource: "*" }], environment: "preview" },
      { allowed_subaccounts: [`sub_${"0".repeat(24)}`] },
    ];
    const answers = await createAll([...bodies, { permissions: ["serp_api:read"] }, { expires_at: 1 }]);
    expect(statuses(answers)).toEqual([201, 403, 422, 403, 422, 201, 201, 201]);
    expect(await madeKeys()).toHaveLength(4);
    const { rows } = await getDb().pool.query("SELECT principal_id FROM audit_events WHERE outcome = 'denied'");
    expect(new Set(rows.map(({ principal_id }) => principal_id))).toEqual(new Set([makers[1]?.id, makers[3]?.id]));
  });

  test("of several organizations share nothing", async () => {
    const stranger = await makeKey(await makeOrganization());
    const answers = await Promise.all([...makers.map((maker) => create(maker)), create(stranger)]);
    expect(statuses(answers)).toEqual(Array(9).fill(201));
    expect((await stranger.client.get(`${KEYS}/${answers[0]?.body.id}`)).status).toBe(404);
    expect((await makers[0]?.client.get(`${KEYS}/${answers[8]?.body.id}`))?.status).toBe(404);
  });
});

describe("one whose own key is being changed", () => {
  test("waits by itself: the others are made meanwhile", async () => {
    const [held, ...others] = makers as [TestKey, ...TestKey[]];
    let waiting: ReturnType<typeof create> | undefined;
    await whileHeld(held.id, async () => {
      waiting = create(held);
      expect(statuses(await Promise.all(others.map((maker) => create(maker))))).toEqual(Array(7).fill(201));
      expect(await madeKeys()).toHaveLength(7);
    });
    expect((await waiting)?.status).toBe(201);
  });

  test("is judged as it is then: a key that was revoked meanwhile makes nothing", async () => {
    const [held] = makers as [TestKey];
    let waiting: ReturnType<typeof createAll> | undefined;
    await asSuperuser(async (db) => {
      await db.query("BEGIN");
      await db.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [turnOf(organization.id, held.id)]);
      await db.query("UPDATE api_keys SET revoked_at = now() WHERE id = $1", [held.id]);
      waiting = createAll();
      await pause(200);
      await db.query("COMMIT");
    });
    expect(statuses((await waiting) ?? [])).toEqual([401, ...Array(7).fill(201)]);
  });
});

describe("one that was let in as it no longer is", () => {
  /** The request of a key as it stands now, to be made when it has changed. */
  const requestOf = (id: string): Promise<RequestContext> =>
    inTransaction(async (tx) => {
      const context = { principal: { type: "api_key", id }, requestId: newId("req"), ip: "203.0.113.7" };
      const { principal } = await rereadPrincipal(tx, context as RequestContext);
      return { ...context, principal };
    });
  const make = (context: RequestContext) =>
    createApiKey(context, { body: { name: "Made", permissions: ["residential:read"] } }).then(
      () => "made",
      (error: AppError) => error.code,
    );

  test.each([
    ["revoked", "revoked_at = now()", "invalid_token"],
    ["disabled", "disabled_at = now()", "invalid_token"],
    ["limited to other addresses", "allowed_ips = '{192.0.2.1/32}'", "ip_not_allowed"],
    ["without the permission to make keys", "permissions = '{residential:read}'", "insufficient_permissions"],
    ["without the permission that it gives", "permissions = '{account:apikeys:create}'", "exceeds_own_access"],
  ])("%s: it is refused in the transaction that the others share", async (_, change, code) => {
    const requests = await Promise.all(makers.map(({ id }) => requestOf(id)));
    await getDb().pool.query(`UPDATE api_keys SET ${change} WHERE id = $1`, [makers[2]?.id]);
    let outcomes: string[] = [];
    const transactions = await transactionsOf(async () => {
      outcomes = await Promise.all(requests.map(make));
    });
    expect(outcomes).toEqual(["made", "made", code, ...Array(5).fill("made")]);
    expect(transactions).toBe(1);
  });
});

describe("a shared transaction that fails", () => {
  test("for what one of them holds costs none of the others its key", async () => {
    await asSuperuser((db) => db.query("ALTER TABLE api_keys ADD CONSTRAINT poison CHECK (name <> 'poison')"));
    try {
      const answers = await createAll([{}, {}, { name: "poison" }]);
      expect(statuses(answers)).toEqual([201, 201, 500, 201, 201, 201, 201, 201]);
      expect(await madeKeys()).toHaveLength(7);
    } finally {
      await asSuperuser((db) => db.query("ALTER TABLE api_keys DROP CONSTRAINT poison"));
    }
  });

  test("because the audit log cannot be written makes none of them, and each is told", async () => {
    await asSuperuser((db) => db.query("REVOKE INSERT ON audit_events FROM latchkey_app"));
    try {
      const answers = await createAll();
      expect(statuses(answers)).toEqual(Array(8).fill(503));
      expect(answers[0]?.body.detail).toContain("audit log");
      expect(await madeKeys()).toEqual([]);
    } finally {
      await asSuperuser((db) => db.query("GRANT INSERT ON audit_events TO latchkey_app"));
    }
  });

  test("because its connection is lost is not tried again: nobody knows whether it was made", async () => {
    const answers = await asSuperuser(async (db) => {
      await db.query("BEGIN");
      await db.query("LOCK TABLE audit_events IN ACCESS EXCLUSIVE MODE");
      const pending = createAll();
      for (let ended = 0, i = 0; ended === 0 && i < 100; i++) {
        await pause(50);
        // A transaction sees the activity as it was when it first looked.
        await db.query("SELECT pg_stat_clear_snapshot()");
        const { rowCount } = await db.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        ended = rowCount ?? 0;
      }
      await db.query("ROLLBACK");
      return pending;
    });
    const told = answers.filter(({ status }) => status === 503).map(({ body }) => body.detail);
    for (const detail of told) expect(detail).not.toContain("nothing was changed");
    const lost = answers.filter(({ status }) => status === 503).length;
    expect(lost).toBeGreaterThan(0);
    expect(statuses(answers).filter((status) => status !== 503)).toEqual(Array(8 - lost).fill(201));
    expect(await madeKeys()).toHaveLength(8 - lost);
  });
});

test("DB-10 whose COMMIT is carried out and its answer lost are not made again, whatever is said in its place", async () => {
  const direct = process.env.DATABASE_URL ?? "";
  const proxy = await startDatabaseProxy(direct);
  await closeDb();
  process.env.DATABASE_URL = proxy.url;
  try {
    await createAll();
    const before = (await madeKeys()).length;
    // As poolers say it when their server is gone.
    proxy.fault = { kind: "fatal_at_commit", code: "58000" };
    const answers = await createAll();
    proxy.fault = { kind: "none" };
    expect(proxy.cuts).toBeGreaterThan(0);
    expect(statuses(answers)).toEqual(Array(8).fill(503));
    expect((await madeKeys()).length - before).toBe(8);
  } finally {
    await closeDb();
    process.env.DATABASE_URL = direct;
    await proxy.close();
  }
});

test("a key makes four at once at most, however many it asks for", async () => {
  const [maker] = makers as [TestKey];
  const answers = await whileRegionIsHeld(async () => {
    const pending = Array.from({ length: 20 }, () => create(maker));
    // All of them have arrived by then.
    await pause(500);
    return pending;
  });
  expect(statuses(answers)).toEqual(Array(20).fill(201));
  // What waits behind the first transactions shares the next: only what is under way can.
  const { rows } = await getDb().pool.query(
    "SELECT count(*)::int AS keys FROM api_keys WHERE created_by_type = 'api_key' GROUP BY xmin",
  );
  for (const { keys } of rows) expect(keys).toBeLessThanOrEqual(4);
});

test("whoever waits for a lock behind others waits with them, for its patience", async () => {
  const answers = await whileRegionIsHeld(async () => {
    const pending = [];
    for (const maker of makers) {
      pending.push(create(maker));
      // So that those that come later wait behind transactions that are under way.
      await pause(100);
    }
    await pause(1_500);
    return pending;
  });
  expect(statuses(answers)).toEqual(Array(8).fill(201));
});

test("with an Idempotency-Key it is made alone, and once", async () => {
  const headers = { "idempotency-key": "made-once-and-alone-0001" };
  const body = { name: "Once", permissions: ["residential:read"] };
  const answers = [];
  for (let i = 0; i < 3; i++) answers.push(await makers[0]?.client.post(KEYS, body, headers));
  expect(new Set(answers.map((answer) => answer?.body.id)).size).toBe(1);
  expect(await madeKeys()).toHaveLength(1);
});
