import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { getDb } from "@/lib/db";
import { ownDatabase, truncateAll, withClient } from "@/lib/testing/database";
import { makeKey, makeOrganization, type TestKey, type TestOrganization } from "@/lib/testing/factories";
import type { Outcome } from "@/lib/usage/outcome";
import { flushForReport, flushUsage, recordUse, usedToken } from "@/lib/usage/recorder";
import { addUses, trimUsage, type UsedSlot } from "@/lib/usage/repository";

let organization: TestOrganization;
let key: TestKey;

beforeEach(async () => {
  await flushUsage();
  await truncateAll();
  organization = await makeOrganization();
  key = await makeKey(organization);
});

afterEach(() => vi.restoreAllMocks());

/** Written by a process of its own. */
const added = (slots: UsedSlot[]) => addUses(slots, { recorder: randomUUID(), number: 1 });
const NEW = { presented_preview: "new", previous_token: false };
const use = (outcome: Outcome, given: { ip?: string; previousToken?: boolean } = {}) =>
  recordUse({
    organizationId: organization.id,
    apiKeyId: key.id,
    outcome,
    token: { preview: given.previousToken ? "old" : "new", previous: given.previousToken ?? false },
    ip: given.ip ?? null,
  });
const slot = (age_ms: number, given: { count?: number; ip?: string; outcome?: Outcome } = {}) => ({
  api_key_id: key.id,
  organization_id: organization.id,
  outcome: given.outcome ?? ("VALID" as const),
  token_preview: "new",
  previous_token: false,
  count: given.count ?? 1,
  ip: given.ip ?? null,
  accepted: true,
  age_ms,
});
const counts = async (interval = "minute") =>
  (
    await getDb().pool.query(
      `SELECT outcome, previous_token, sum(count)::int AS count FROM usage_counts WHERE "interval" = $1 AND api_key_id = $2
       GROUP BY 1, 2 ORDER BY 1, 2`,
      [interval, key.id],
    )
  ).rows;
async function whileLocked(work: () => Promise<void>): Promise<void> {
  const { ownerUrl } = await ownDatabase();
  await withClient(ownerUrl, async (owner) => {
    await owner.query("BEGIN; LOCK TABLE usage_counts IN EXCLUSIVE MODE");
    await work();
    await owner.query("ROLLBACK");
  });
}
const record = async () =>
  (
    await getDb().pool.query(
      "SELECT last_used_at, last_used_ip, updated_at, version, xmin::text FROM api_keys WHERE id = $1",
      [key.id],
    )
  ).rows[0];

describe("counting", () => {
  test("adds up per outcome and token, the same in minutes, hours and days", async () => {
    for (let i = 0; i < 1_000; i++) use("VALID");
    use("EXPIRED");
    use("VALID", { previousToken: true });
    expect(await counts()).toEqual([]);
    await flushUsage();
    const expected = [
      { outcome: "EXPIRED", previous_token: false, count: 1 },
      { outcome: "VALID", previous_token: false, count: 1_000 },
      { outcome: "VALID", previous_token: true, count: 1 },
    ];
    for (const interval of ["minute", "hour", "day"]) expect(await counts(interval)).toEqual(expected);
  });

  test("several instances that write the same keys at once add up to all of them", async () => {
    const other = await makeKey(organization);
    const slots = [slot(0), { ...slot(0), api_key_id: other.id }];
    await Promise.all(Array.from({ length: 40 }, (_, i) => added(i % 2 === 0 ? slots : slots.toReversed())));
    expect(await counts()).toEqual([{ outcome: "VALID", previous_token: false, count: 40 }]);
  });

  test("happens in one statement within a second, without being asked for", async () => {
    use("VALID");
    await expect.poll(counts, { timeout: 3_000, interval: 100 }).toHaveLength(1);
  });

  test("a flush that fails keeps its counts and adds them later, once", async () => {
    const { ownerUrl } = await ownDatabase();
    await withClient(ownerUrl, async (owner) => {
      await owner.query("ALTER TABLE usage_counts RENAME TO usage_counts_away");
      try {
        use("VALID");
        expect(await flushUsage()).toBe(false);
        use("VALID");
        expect(await flushUsage()).toBe(false);
      } finally {
        await owner.query("ALTER TABLE usage_counts_away RENAME TO usage_counts");
      }
    });
    expect(await flushUsage()).toBe(true);
    expect(await flushUsage()).toBe(true);
    expect(await counts()).toEqual([{ outcome: "VALID", previous_token: false, count: 2 }]);
  });

  test("a write whose answer is lost is counted once, with what came since", async () => {
    const { pool } = getDb();
    const query = pool.query.bind(pool) as (...given: unknown[]) => Promise<unknown>;
    const lossy = vi.spyOn(pool, "query").mockImplementation((async (...given: unknown[]) => {
      await query(...given);
      throw new Error("Connection terminated unexpectedly");
    }) as never);
    for (let i = 0; i < 3; i++) {
      use("VALID");
      use("EXPIRED");
      expect(await flushUsage()).toBe(false);
    }
    lossy.mockRestore();
    use("VALID");
    expect(await flushUsage()).toBe(true);
    expect(await counts()).toEqual([
      { outcome: "EXPIRED", previous_token: false, count: 3 },
      { outcome: "VALID", previous_token: false, count: 4 },
    ]);
    expect(await flushUsage()).toBe(true);
    expect(await counts()).toHaveLength(2);
  });

  test("a write that is still at work when it is sent again is counted once, also when the second is refused", async () => {
    const { pool } = getDb();
    const query = pool.query.bind(pool) as (...given: unknown[]) => Promise<unknown>;
    let first: Promise<unknown> | undefined;
    let writes = 0;
    vi.spyOn(pool, "query").mockImplementation((async (...given: unknown[]) => {
      writes++;
      if (writes === 2) throw Object.assign(new Error("timeout"), { severity: "ERROR", code: "57014" });
      if (writes > 2) return query(...given);
      first = query(...given);
      throw new Error("Connection terminated unexpectedly");
    }) as never);
    await whileLocked(async () => {
      use("VALID");
      expect(await flushUsage()).toBe(false);
      use("VALID");
      expect(await flushUsage()).toBe(false);
    });
    expect(await flushUsage()).toBe(true);
    await first;
    expect(await counts()).toEqual([{ outcome: "VALID", previous_token: false, count: 2 }]);
  });

  test("reports join the write that waits for its turn, and wait a few seconds for it, not for each other", async () => {
    const query = vi.spyOn(getDb().pool, "query");
    await whileLocked(async () => {
      use("VALID");
      void flushUsage();
      await new Promise((resolve) => setTimeout(resolve, 100));
      use("VALID");
      const began = performance.now();
      await Promise.all(Array.from({ length: 6 }, flushForReport));
      expect(performance.now() - began).toBeLessThan(5_000);
    });
    expect(await flushUsage()).toBe(true);
    expect(query.mock.calls.length).toBeLessThanOrEqual(3);
    query.mockRestore();
    expect(await counts()).toEqual([{ outcome: "VALID", previous_token: false, count: 2 }]);
  });

  test("of many keys, what was written before one statement failed is not written again", async () => {
    const { ownerUrl } = await ownDatabase();
    const spoiled = "key_spoiled";
    const count = (apiKeyId: string) =>
      recordUse({ organizationId: organization.id, apiKeyId, outcome: "VALID", token: usedToken(NEW), ip: null });
    await withClient(ownerUrl, async (owner) => {
      await owner.query(`ALTER TABLE usage_counts ADD CONSTRAINT unspoiled CHECK (api_key_id <> '${spoiled}')`);
      try {
        for (let i = 0; i < 4_500; i++) count(`key_${i}`);
        count(spoiled);
        expect(await flushUsage()).toBe(false);
        for (let i = 0; i < 4_500; i++) count(`key_${i}`);
        expect(await flushUsage()).toBe(false);
      } finally {
        await owner.query("ALTER TABLE usage_counts DROP CONSTRAINT unspoiled");
      }
    });
    expect(await flushUsage()).toBe(true);
    const { rows } = await getDb().pool.query(
      `SELECT api_key_id = '${spoiled}' AS spoiled, count(*)::int AS keys, min(count)::int, max(count)::int
       FROM usage_counts WHERE "interval" = 'day' GROUP BY 1 ORDER BY 1`,
    );
    expect(rows).toEqual([
      { spoiled: false, keys: 4_500, min: 2, max: 2 },
      { spoiled: true, keys: 1, min: 1, max: 1 },
    ]);
  });

  test("twenty thousand keys that were never used before take a few seconds, not their square", async () => {
    const { ownerUrl } = await ownDatabase();
    const { rows } = await withClient(ownerUrl, (owner) =>
      owner.query<{ id: string }>(
        `INSERT INTO api_keys SELECT (jsonb_populate_record(k, jsonb_build_object('id', k.id || n))).*
         FROM api_keys k, generate_series(1, 20000) n WHERE k.id = $1 RETURNING id`,
        [key.id],
      ),
    );
    // After five times PostgreSQL takes one plan for all that may be given, which does not know how much that is.
    for (let i = 0; i < 6; i++) await added([slot(0)]);
    await added(rows.map(({ id }) => ({ ...slot(0, { ip: "203.0.113.1" }), api_key_id: id })));
    const used = await getDb().pool.query("SELECT count(*)::int FROM api_keys WHERE last_used_at IS NOT NULL");
    expect(used.rows).toEqual([{ count: 20_001 }]);
  });

  test("what waited is counted when it happened, not when it was written", async () => {
    await added([slot(3 * 3_600_000)]);
    const { rows } = await getDb().pool.query(
      `SELECT now() - at BETWEEN interval '3 hours' AND interval '3 hours 1 minute' AS ok FROM usage_counts WHERE "interval" = 'minute'`,
    );
    expect(rows).toEqual([{ ok: true }]);
  });

  test("a key that is gone is still counted", async () => {
    await getDb().pool.query("DELETE FROM api_keys WHERE id = $1", [key.id]);
    use("REVOKED");
    expect(await flushUsage()).toBe(true);
    expect(await counts()).toEqual([{ outcome: "REVOKED", previous_token: false, count: 1 }]);
  });
});

describe("last used", () => {
  test("CC-09 moves at most once a minute for one address, and touches neither updated_at nor version", async () => {
    const before = await record();
    await added([slot(0, { ip: "203.0.113.1" })]);
    const first = await record();
    expect(first.last_used_at).not.toBeNull();
    for (let i = 0; i < 5; i++) await added([slot(0, { ip: "203.0.113.1" })]);
    const after = await record();
    expect(after.xmin).toBe(first.xmin);
    expect([after.updated_at, after.version]).toEqual([before.updated_at, before.version]);
  });

  test("follows a changed address at once, and never goes back", async () => {
    await added([slot(0, { ip: "203.0.113.1" })]);
    await added([slot(0, { ip: "203.0.113.2" })]);
    const now = await record();
    expect(now.last_used_ip).toBe("203.0.113.2");
    await added([slot(3_600_000, { ip: "203.0.113.3" })]);
    expect(await record()).toEqual(now);
  });

  test("is not moved by who may not use the key: a dead key's client or a foreign address", async () => {
    for (const outcome of ["EXPIRED", "DISABLED", "REVOKED", "IP_NOT_ALLOWED"] as const)
      use(outcome, { ip: "198.51.100.1" });
    await flushUsage();
    expect((await record()).last_used_at).toBeNull();
    use("INSUFFICIENT_PERMISSIONS", { ip: "203.0.113.1" });
    await flushUsage();
    expect((await record()).last_used_ip).toBe("203.0.113.1");
  });

  test("waits for a change of the key that is under way, rather than failing", async () => {
    const client = await getDb().pool.connect();
    try {
      await client.query("BEGIN");
      await client.query("SELECT FROM api_keys WHERE id = $1 FOR UPDATE", [key.id]);
      const adding = added([slot(0)]);
      await new Promise((resolve) => setTimeout(resolve, 100));
      await client.query("COMMIT");
      await adding;
    } finally {
      client.release();
    }
    expect((await record()).last_used_at).not.toBeNull();
  });
});

test("counts past their time are removed, the finer the sooner, and removing twice is the same as once", async () => {
  const day = 86_400_000;
  for (const age of [0, 8 * day, 100 * day, 800 * day]) await added([slot(age)]);
  await Promise.all([trimUsage(), trimUsage(), trimUsage()]);
  await trimUsage();
  const kept = async (interval: string) => (await counts(interval))[0]?.count;
  expect([await kept("minute"), await kept("hour"), await kept("day")]).toEqual([1, 2, 3]);
});

test("however many counts are past their time, they are removed some at a time", async () => {
  await getDb().pool.query(
    `INSERT INTO usage_counts (api_key_id, "interval", at, outcome, previous_token, organization_id, count)
     SELECT 'key_' || n, 'minute', now() - interval '8 days', 'VALID', false, $1, 1 FROM generate_series(1, 45000) n`,
    [organization.id],
  );
  await getDb().pool.query(
    "INSERT INTO token_uses SELECT 'key_' || n, 'x', 1, now() - interval '91 days' FROM generate_series(1, 25000) n",
  );
  const connect = vi.spyOn(getDb().pool, "connect");
  await trimUsage();
  // Three of the minutes, one of the hours and days each, two of the tokens.
  expect(connect).toHaveBeenCalledTimes(7);
  connect.mockRestore();
  const { rows } = await getDb().pool.query(
    "SELECT (SELECT count(*) FROM usage_counts)::int AS counts, (SELECT count(*) FROM token_uses)::int AS tokens",
  );
  expect(rows).toEqual([{ counts: 0, tokens: 0 }]);
});
