import { beforeEach, describe, expect, test } from "vitest";
import { getDb } from "@/lib/db";
import { asSuperuser, truncateAll } from "@/lib/testing/database";
import { makeKey, makeMember, makeOrganization, type TestOrganization } from "@/lib/testing/factories";
import { flushUsage } from "@/lib/usage/recorder";

const ONE = "/v4/account/organization";
const SIGNING_KEYS = "/v4/account/signing-keys";

let organization: TestOrganization;
beforeEach(async () => {
  await truncateAll();
  organization = await makeOrganization();
});

describe("the organization's name", () => {
  test.each(["owner", "admin", "developer", "viewer"] as const)("a %s reads it", async (role) => {
    const { client } = await makeMember(organization, role);
    const { status, body, headers } = await client.get(ONE);
    expect([status, body.id, body.name]).toEqual([200, organization.id, "Acme"]);
    expect(headers.get("etag")).toBe('"1"');
  });

  test.each([
    ["owner", 200],
    ["admin", 200],
    ["developer", 403],
    ["viewer", 403],
  ] as const)("PZ-21 as %s changing it is %i", async (role, expected) => {
    const { client } = await makeMember(organization, role);
    expect((await client.patch(ONE, { name: "Acme & Sons" })).status).toBe(expected);
    const { rows } = await getDb().pool.query("SELECT outcome FROM audit_events WHERE action = 'organization.updated'");
    expect(rows).toEqual([{ outcome: expected === 200 ? "done" : "denied" }]);
  });

  test("a key as principal neither reads nor changes it", async () => {
    const { client } = await makeKey(organization);
    expect((await client.get(ONE)).status).toBe(403);
    expect((await client.patch(ONE, { name: "x" })).status).toBe(403);
  });

  test("it is in force at once, in the next request of every session", async () => {
    await organization.owner.client.patch(ONE, { name: "  Acme Two " });
    expect((await organization.owner.client.get(ONE)).body.name).toBe("Acme Two");
  });

  test.each([
    [{}],
    [{ name: "" }],
    [{ name: "   " }],
    [{ name: null }],
    [{ name: "x".repeat(101) }],
    [{ name: "a\u202eb" }],
  ])("%j is 422", async (body) => {
    expect((await organization.owner.client.patch(ONE, body)).status).toBe(422);
  });

  test("CC-05 of two changes from one version at once, one wins and the other gets 412", async () => {
    const patch = (name: string) => organization.owner.client.patch(ONE, { name }, { "if-match": '"1"' });
    const answers = await Promise.all([patch("First"), patch("Second")]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
  });
});

describe("the signing key", () => {
  test.each([
    ["owner", 200, 201],
    ["admin", 200, 201],
    ["developer", 403, 403],
    ["viewer", 403, 403],
  ] as const)("as %s listing is %i and rotating %i", async (role, listed, rotated) => {
    const { client } = await makeMember(organization, role);
    expect((await client.get(SIGNING_KEYS)).status).toBe(listed);
    expect((await client.post(`${SIGNING_KEYS}/rotate`)).status).toBe(rotated);
  });

  test("rotating leaves every token working; new ones come under the new version", async () => {
    const before = await makeKey(organization);
    const { status, body } = await organization.owner.client.post(`${SIGNING_KEYS}/rotate`);
    expect([status, body.version, body.is_current, body.tokens]).toEqual([201, 2, true, 0]);
    const after = await makeKey(organization);
    for (const { client, id } of [before, after]) {
      expect((await client.get(`/v4/account/api-keys/${id}`)).status).toBe(200);
    }
    const list = (await organization.owner.client.get(SIGNING_KEYS)).body.data;
    expect(list).toMatchObject([
      { version: 2, is_current: true, tokens: 1, retired_at: null },
      { version: 1, is_current: false, tokens: 1, retired_at: null },
    ]);
    expect(Object.keys(list[0]).sort()).toEqual(["created_at", "is_current", "retired_at", "tokens", "version"]);
  });

  test("a version that no token is under is retired, once it was replaced an hour ago and not before", async () => {
    const kept = await makeKey(organization);
    await organization.owner.client.post(`${SIGNING_KEYS}/rotate`);
    await organization.owner.client.post(`${SIGNING_KEYS}/rotate`);
    const retired = async () =>
      (await organization.owner.client.get(SIGNING_KEYS)).body.data.flatMap(
        (one: { version: number; retired_at: number | null }) => (one.retired_at === null ? [] : [one.version]),
      );
    expect(await retired()).toEqual([]);
    await getDb().pool.query("UPDATE signing_keys SET created_at = created_at - interval '2 hours'");
    await organization.owner.client.post(`${SIGNING_KEYS}/rotate`);
    expect(await retired()).toEqual([2]);
    expect((await kept.client.get("/v4/account/api-keys")).status).toBe(200);
  });

  test("of several rotations at once, each makes a version of its own", async () => {
    const answers = await Promise.all([1, 2, 3].map(() => organization.owner.client.post(`${SIGNING_KEYS}/rotate`)));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(answers.map(({ body }) => body.version).sort()).toEqual([2, 3, 4]);
  });

  test("before API keys are set up there is none to rotate: 409", async () => {
    const bare = await makeOrganization({ bootstrapped: false });
    expect((await bare.owner.client.get(SIGNING_KEYS)).body.data).toEqual([]);
    expect((await bare.owner.client.post(`${SIGNING_KEYS}/rotate`)).body.code).toBe("not_bootstrapped");
  });
});

test("SH-11 DS-01 there are 16 versions in use at most, for every token is digested under each", async () => {
  const answers: number[] = [];
  for (let i = 0; i < 17; i++) {
    // A key that is never used holds its version.
    await makeKey(organization);
    answers.push((await organization.owner.client.post(`${SIGNING_KEYS}/rotate`)).status);
  }
  expect(answers).toEqual([...Array(15).fill(answers[0]), 409, 409]);
  const refused = await organization.owner.client.post(`${SIGNING_KEYS}/rotate`);
  expect(refused.body).toMatchObject({ code: "signing_key_in_use", detail: expect.stringContaining("16 versions") });
});

describe("SH-11 retiring a version of the signing key", () => {
  const retire = (version: number | string, body: unknown = {}, client = organization.owner.client) =>
    client.post(`${SIGNING_KEYS}/${version}/retire`, body);
  const rotate = () => organization.owner.client.post(`${SIGNING_KEYS}/rotate`);
  const anHourPasses = () =>
    getDb().pool.query("UPDATE signing_keys SET created_at = created_at - interval '61 minutes'");
  const events = async () =>
    (await getDb().pool.query("SELECT outcome, changes FROM audit_events WHERE action = 'signing_key.retired'")).rows;

  test.each(["developer", "viewer"] as const)("PZ-21 as %s it is 403, and audited", async (role) => {
    const key = await makeKey(organization);
    await rotate();
    const { client } = await makeMember(organization, role);
    expect((await retire(1, { end_tokens: true }, client)).status).toBe(403);
    expect((await key.client.get("/v4/account/api-keys")).status).toBe(200);
    expect(await events()).toMatchObject([{ outcome: "denied" }]);
    expect((await retire(1, {}, key.client)).status).toBe(403);
  });

  test("an admin may", async () => {
    await rotate();
    await anHourPasses();
    expect((await retire(1, {}, (await makeMember(organization, "admin")).client)).status).toBe(200);
  });

  test("while tokens depend on it: 409 that says how many, and nothing changes", async () => {
    const key = await makeKey(organization);
    await rotate();
    await anHourPasses();
    for (const body of [{}, { end_tokens: false }]) {
      const answer = await retire(1, body);
      expect([answer.status, answer.body.code, answer.body.tokens]).toEqual([409, "signing_key_in_use", 1]);
      expect(answer.body.detail).toBe("1 token depends on version 1 and would stop working.");
    }
    expect((await key.client.get("/v4/account/api-keys")).status).toBe(200);
    expect(await events()).toEqual([]);
  });

  test("confirmed, its tokens stop at the next request, other versions' go on, and the log says how many", async () => {
    const keys = [await makeKey(organization), await makeKey(organization)];
    await rotate();
    const after = await makeKey(organization);
    for (const { client } of [...keys, after]) expect((await client.get("/v4/account/api-keys")).status).toBe(200);
    const { status, body } = await retire(1, { end_tokens: true });
    expect([status, body.version, body.is_current, body.tokens]).toEqual([200, 1, false, 2]);
    expect(body.retired_at).toBeGreaterThan(0);
    for (const { client } of keys) expect((await client.get("/v4/account/api-keys")).status).toBe(401);
    expect((await after.client.get("/v4/account/api-keys")).status).toBe(200);
    expect(await events()).toEqual([{ outcome: "done", changes: { retired_version: [null, 1], tokens: [2, 0] } }]);
    expect((await retire(1)).status).toBe(200);
    expect(await events()).toHaveLength(1);
    const { body: regenerated } = await organization.owner.client.post(
      `/v4/account/api-keys/${keys[0]?.id}/regenerate`,
    );
    expect(regenerated.token).toMatch(/^lk_prod_/);
  });

  test("without tokens it needs no confirmation, an hour after it was replaced; a revoked key's token is none", async () => {
    const key = await makeKey(organization);
    await organization.owner.client.delete(`/v4/account/api-keys/${key.id}`);
    await rotate();
    const early = await retire(1);
    expect([early.status, early.body.code]).toEqual([409, "signing_key_in_use"]);
    expect(early.body.detail).toContain("less than an hour ago");
    await anHourPasses();
    expect((await retire(1)).body).toMatchObject({ version: 1, tokens: 0 });
  });

  test("the current version is never retired, confirmed or not", async () => {
    const key = await makeKey(organization);
    await rotate();
    for (const body of [{}, { end_tokens: true }]) {
      expect((await retire(2, body)).body.code).toBe("signing_key_in_use");
    }
    expect((await key.client.get("/v4/account/api-keys")).status).toBe(200);
  });

  test("what is no version of this organization is 404; another field is 422", async () => {
    await rotate();
    const other = await makeOrganization();
    for (const version of ["0", "3", "01", "1.0", "-1", "x", "99999999999999999999", "%00"]) {
      expect([version, (await retire(version, { end_tokens: true })).status]).toEqual([version, 404]);
    }
    expect((await other.owner.client.post(`${SIGNING_KEYS}/2/retire`, { end_tokens: true })).status).toBe(404);
    for (const body of [{ force: true }, { end_tokens: "true" }, { end_tokens: null }]) {
      expect((await retire(1, body)).status).toBe(422);
    }
  });

  test("CC a digest that is being made again under a version is counted before the version is retired", async () => {
    const key = await makeKey(organization);
    await rotate();
    await rotate();
    await anHourPasses();
    const client = await getDb().pool.connect();
    try {
      // What making a digest again does, cut before its end.
      await client.query("BEGIN");
      await client.query("SELECT FROM signing_keys WHERE organization_id = $1 AND version = 2 FOR SHARE", [
        organization.id,
      ]);
      await client.query("UPDATE token_digests SET signing_key_version = 2 WHERE api_key_id = $1", [key.id]);
      const retiring = retire(2);
      expect(await Promise.race([retiring, new Promise((done) => setTimeout(done, 300, "waits"))])).toBe("waits");
      await client.query("COMMIT");
      expect((await retiring).body.code).toBe("signing_key_in_use");
    } finally {
      client.release();
    }
  });
});

describe("deleting the organization", () => {
  const remove = (client = organization.owner.client, name = "Acme") => client.send("DELETE", ONE, { body: { name } });

  test.each(["admin", "developer", "viewer"] as const)("PZ-21 as %s it is 403 and nothing is lost", async (role) => {
    const { client } = await makeMember(organization, role);
    expect((await remove(client)).status).toBe(403);
    expect((await organization.owner.client.get(ONE)).status).toBe(200);
  });

  test("another name than its own, and a stale version, delete nothing", async () => {
    const wrong = await remove(organization.owner.client, "acme");
    expect([wrong.status, wrong.body.errors[0].pointer]).toEqual([422, "/name"]);
    const stale = { body: { name: "Acme" }, headers: { "if-match": '"7"' } };
    expect((await organization.owner.client.send("DELETE", ONE, stale)).status).toBe(412);
    expect((await organization.owner.client.get(ONE)).status).toBe(200);
  });

  test("AN-17 every key, session and row of it ends at once; others and the audit log stay", async () => {
    const theirs = await makeOrganization();
    const theirKey = await makeKey(theirs);
    const key = await makeKey(organization);
    await key.client.post("/v4/account/api-keys", { name: "Child", permissions: ["residential:read"] });
    await organization.owner.client.post("/v4/account/subaccounts", { name: "A customer" });
    const admin = await makeMember(organization, "admin");
    await getDb().pool.query(`INSERT INTO usage_counts VALUES ($1, 'hour', now(), 'VALID', false, $2, 1)`, [
      key.id,
      organization.id,
    ]);
    await getDb().pool.query(`INSERT INTO token_uses VALUES ($1, 'lk_prod_a…b', 1, now())`, [key.id]);
    await getDb().pool.query(
      `INSERT INTO decision_records (request_id, organization_id, at, source, code, checks)
       VALUES ('req_1', $1, now(), 'verify', 'NOT_FOUND', '[]')`,
      [organization.id],
    );
    // What was counted up to now is written now, not while the organization goes.
    await flushUsage();
    expect((await remove()).status).toBe(204);

    expect((await key.client.get("/v4/account/api-keys")).status).toBe(401);
    expect((await admin.client.get(ONE)).status).toBe(401);
    expect((await organization.owner.client.get(ONE)).status).toBe(401);
    const { rows } = await getDb().pool.query<{ table_name: string }>(
      `SELECT table_name FROM information_schema.columns
       WHERE table_schema = 'public' AND column_name = 'organization_id' AND table_name NOT LIKE 'audit%'`,
    );
    for (const { table_name } of rows) {
      const left = await getDb().pool.query(`SELECT FROM ${table_name} WHERE organization_id = $1`, [organization.id]);
      expect([table_name, left.rowCount]).toEqual([table_name, 0]);
    }
    const uses = await getDb().pool.query("SELECT FROM token_uses WHERE api_key_id = $1", [key.id]);
    expect(uses.rowCount).toBe(0);
    const log = await getDb().pool.query(
      "SELECT changes FROM audit_events WHERE organization_id = $1 AND action = 'organization.deleted'",
      [organization.id],
    );
    expect(log.rows).toEqual([{ changes: { keys: [2, 0], members: [2, 0] } }]);
    expect((await theirKey.client.get("/v4/account/api-keys")).status).toBe(200);
  });

  test("one with thousands of keys and counts goes in steps, the first of which ends every token", async () => {
    const key = await makeKey(organization);
    await asSuperuser(async (owner) => {
      await owner.query(
        `INSERT INTO api_keys SELECT (jsonb_populate_record(k, jsonb_build_object('id', k.id || n))).*
         FROM api_keys k, generate_series(1, 4500) n WHERE k.id = $1`,
        [key.id],
      );
      await owner.query(
        "INSERT INTO usage_counts SELECT 'key_' || n, 'hour', now(), 'VALID', false, $1, 1 FROM generate_series(1, 25000) n",
        [organization.id],
      );
    });
    // The newest, and so the last to be deleted.
    const last = await makeKey(organization);
    expect((await last.client.get("/v4/account/api-keys")).status).toBe(200);
    await flushUsage();
    // The last step cannot be made, as after a crash: what those before have done stands.
    await asSuperuser(async (owner) => {
      await owner.query("ALTER TABLE usage_counts RENAME TO usage_counts_away");
      expect((await remove()).status).toBe(500);
      await owner.query("ALTER TABLE usage_counts_away RENAME TO usage_counts");
    });
    const { rows } = await getDb().pool.query(
      "SELECT count(*)::int AS keys, count(*) FILTER (WHERE id = $1)::int AS last FROM api_keys",
      [last.id],
    );
    expect(rows).toEqual([{ keys: 502, last: 1 }]);
    expect((await last.client.get("/v4/account/api-keys")).status).toBe(401);
    expect((await organization.owner.client.get(ONE)).status).toBe(200);

    await flushUsage();
    // A busy machine may need another request.
    while ((await remove()).status === 503);
    for (const table of ["api_keys", "members", "usage_counts"]) {
      const left = await getDb().pool.query(`SELECT FROM ${table} WHERE organization_id = $1`, [organization.id]);
      expect([table, left.rowCount]).toEqual([table, 0]);
    }
    const log = await getDb().pool.query(
      "SELECT changes FROM audit_events WHERE organization_id = $1 AND action = 'organization.updated' ORDER BY at, id",
      [organization.id],
    );
    expect(log.rows).toEqual([
      { changes: { tokens_work: [true, false], keys_deleted: [null, 2_000] } },
      { changes: { keys_deleted: [null, 2_000] } },
      { changes: { keys_deleted: [null, 502] } },
    ]);
  });

  test("a key that is being made at the same moment does not outlive it", async () => {
    const admin = await makeMember(organization, "admin");
    const body = { name: "Late", permissions: ["residential:read"] };
    const [made, removed] = await Promise.all([admin.client.post("/v4/account/api-keys", body), remove()]);
    expect(removed.status).toBe(204);
    expect([201, 401]).toContain(made.status);
    expect((await getDb().pool.query("SELECT FROM api_keys")).rowCount).toBe(0);
  });
});
