import { beforeEach, describe, expect, test } from "vitest";
import { signIn } from "@/lib/auth/sign-in";
import { getDb } from "@/lib/db";
import { publicError } from "@/lib/http/problem";
import { asSuperuser, truncateAll } from "@/lib/testing/database";
import { makeKey, makeOrganization, type TestOrganization } from "@/lib/testing/factories";
import { inTransaction } from "@/lib/transaction";

const KEYS = "/v4/account/api-keys";

let organization: TestOrganization;
beforeEach(async () => {
  await truncateAll();
  organization = await makeOrganization();
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("inTransaction", () => {
  test("DB-04 two changes that deadlock both come through", async () => {
    const [a, b] = [await makeKey(organization), await makeKey(organization)];
    let attempts = 0;
    let holding = 0;
    const both = [
      [a.id, b.id],
      [b.id, a.id],
    ].map((ids) =>
      inTransaction(async (tx) => {
        attempts++;
        for (const id of ids) {
          await tx.$executeRaw`UPDATE api_keys SET version = version + 1 WHERE id = ${id}`;
          holding++;
          while (holding < 2) await pause(5);
        }
      }),
    );
    await Promise.all(both);
    expect(attempts).toBeGreaterThan(2);
    const { rows } = await getDb().pool.query("SELECT version FROM api_keys");
    expect(rows.map((row) => row.version)).toEqual([3, 3]);
  });

  test("DB-04 what never comes through is 503 with Retry-After, not a stack", async () => {
    let attempts = 0;
    const never = inTransaction(() => {
      attempts++;
      return Promise.reject(Object.assign(new Error("could not serialize access"), { code: "40001" }));
    });
    await expect(never).rejects.toMatchObject({ code: "unavailable", extras: { retryAfter: 1 } });
    expect(attempts).toBe(4);
  });

  test("an error of the domain is not tried again", async () => {
    let attempts = 0;
    await expect(
      inTransaction(() => {
        attempts++;
        return Promise.reject(new Error("no"));
      }),
    ).rejects.toThrow("no");
    expect(attempts).toBe(1);
  });
});

describe("a connection that is lost", () => {
  test("DB-10 in the middle of a create is 503, and the retry with the same Idempotency-Key makes exactly one key", async () => {
    const { client } = organization.owner;
    const headers = { "idempotency-key": "lost-connection-0001" };
    const body = { name: "once", permissions: ["residential:read"] };
    const answer = await asSuperuser(async (db) => {
      await db.query("BEGIN");
      await db.query("LOCK TABLE api_keys IN ACCESS EXCLUSIVE MODE");
      const pending = client.post(KEYS, body, headers);
      for (let i = 0; i < 50; i++) {
        const { rowCount } = await db.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        if (rowCount) break;
        await pause(20);
      }
      const answered = await pending;
      await db.query("COMMIT");
      return answered;
    });
    expect([answer.status, answer.body.code]).toEqual([503, "unavailable"]);
    expect(answer.headers.get("retry-after")).not.toBeNull();
    expect(answer.body.token).toBeUndefined();
    expect((await client.post(KEYS, body, headers)).status).toBe(201);
    const { rows } = await getDb().pool.query("SELECT count(*)::int AS n FROM api_keys");
    expect(rows[0].n).toBe(1);
  });

  test("SH-08 of a key that was not made, no digest is left", async () => {
    const { rows } = await getDb().pool.query(
      "SELECT count(*)::int AS n FROM token_digests d LEFT JOIN api_keys k ON k.id = d.api_key_id WHERE k.id IS NULL",
    );
    expect(rows[0].n).toBe(0);
  });
});

test("DS-06 two hundred sign-ins at once are bounded, and keys go on being answered", async () => {
  const key = await makeKey(organization);
  const attempts = Array.from({ length: 200 }, (_, i) =>
    signIn({ email: `nobody${i}@example.com`, password: "a wrong password", ip: `192.0.2.${i}`, userAgent: null }).then(
      (result) => result.outcome,
      (error: unknown) => publicError(error).code,
    ),
  );
  expect((await key.client.get(KEYS)).status).toBe(200);
  const outcomes = await Promise.all(attempts);
  expect(new Set(outcomes)).toEqual(new Set(["wrong", "unavailable"]));
  expect(outcomes.filter((outcome) => outcome === "wrong").length).toBeLessThanOrEqual(1 + 64 + 60);
});

test("CC-12 TM-05 a key that is revoked while its list is read gets a list or 401, never a failure", async () => {
  const key = await makeKey(organization);
  const lists = Array.from({ length: 20 }, () => key.client.get(KEYS));
  await organization.owner.client.delete(`${KEYS}/${key.id}`);
  for (const { status } of await Promise.all(lists)) expect([200, 401]).toContain(status);
  expect((await key.client.get(KEYS)).status).toBe(401);
});

describe("a busy key", () => {
  test("cannot keep its own revocation waiting with changes of its own", async () => {
    const busy = await makeKey(organization);
    let stop = false;
    let made = 0;
    const crowd = Array.from({ length: 25 }, async () => {
      while (!stop) {
        const { status } = await busy.client.post(KEYS, { name: "more", permissions: ["residential:read"] });
        if (status === 201) made++;
        if (status === 401) return;
      }
    });
    while (made < 20) await pause(10);
    const started = performance.now();
    const { status } = await organization.owner.client.delete(`${KEYS}/${busy.id}`);
    const took = performance.now() - started;
    stop = true;
    await Promise.all(crowd);
    expect(status).toBe(204);
    expect(took).toBeLessThan(3_000);
  });

  test("renames itself as often as it likes without waiting for itself", async () => {
    const key = await makeKey(organization);
    const started = performance.now();
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) => key.client.put(`${KEYS}/${key.id}`, { name: `name ${i}` })),
    );
    expect(answers.map((answer) => answer.status)).toEqual(Array(12).fill(200));
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

test("behind a locked table no change waits beyond its patience and a statement, and what was refused is not made", async () => {
  const key = await makeKey(organization, {
    permissions: ["account:apikeys:create", "account:apikeys:read"],
    scopes: [],
  });
  const body = { name: "Late", permissions: ["account:apikeys:read"] };
  await asSuperuser(async (client) => {
    await client.query("BEGIN; LOCK TABLE api_keys IN SHARE MODE");
    const began = performance.now();
    const waits = [organization.owner.client, key.client].flatMap((by) =>
      Array.from({ length: 90 }, async () => {
        const { status, body: problem } = await by.post(KEYS, body);
        return { status, code: problem.code, detail: problem.detail, ms: performance.now() - began };
      }),
    );
    const answers = await Promise.all(waits);
    expect(answers.every(({ status, code }) => status === 503 && code === "unavailable")).toBe(true);
    expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(20_000);
    expect(answers.filter(({ detail, ms }) => /Nothing was changed/.test(detail) && ms < 6_000).length).toBeGreaterThan(
      80,
    );
    await client.query("ROLLBACK");
  });
  const { rows } = await getDb().pool.query("SELECT FROM api_keys WHERE name = 'Late'");
  expect(rows).toEqual([]);
});
