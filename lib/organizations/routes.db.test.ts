import { beforeEach, describe, expect, test } from "vitest";
import { getDb } from "@/lib/db";
import { truncateAll } from "@/lib/testing/database";
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

  test("a key that is being made at the same moment does not outlive it", async () => {
    const admin = await makeMember(organization, "admin");
    const body = { name: "Late", permissions: ["residential:read"] };
    const [made, removed] = await Promise.all([admin.client.post("/v4/account/api-keys", body), remove()]);
    expect(removed.status).toBe(204);
    expect([201, 401]).toContain(made.status);
    expect((await getDb().pool.query("SELECT FROM api_keys")).rowCount).toBe(0);
  });
});
