import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { getDb } from "@/lib/db";
import { truncateAll } from "@/lib/testing/database";
import { makeKey, makeOrganization, type TestKey, type TestOrganization } from "@/lib/testing/factories";

const ME = "/auth/regions/me";
const KEYS = "/auth/region/api-keys";
const at = (id: string) => `${KEYS}/${id}`;
const IN_AN_HOUR = () => Math.floor(Date.now() / 1000) + 3600;

let organization: TestOrganization;
beforeEach(async () => {
  await truncateAll();
  organization = await makeOrganization();
});

const set = (assignment: string, id: string) =>
  getDb().pool.query(`UPDATE api_keys SET ${assignment} WHERE id = $1`, [id]);
const activeKeys = async () => {
  const { rows } = await getDb().pool.query(
    "SELECT id FROM api_keys WHERE revoked_at IS NULL AND disabled_at IS NULL AND (expires_at IS NULL OR expires_at > now())",
  );
  return rows.map(({ id }) => id as string);
};
const addRegion = async (): Promise<string> =>
  (await organization.owner.client.post("/v4/account/regions", { name: randomUUID() })).body.id;

describe("GET /auth/regions/me", () => {
  test("answers the key's region with its keys, revoked ones left out, and nothing that is not promised", async () => {
    const key = await makeKey(organization, { name: "Mine", description: "For CI" });
    const disabled = await makeKey(organization);
    await set("disabled_at = now()", disabled.id);
    const revoked = await makeKey(organization);
    await set("revoked_at = now()", revoked.id);
    const { status, headers, body } = await key.client.get(ME);
    expect([status, headers.get("cache-control")]).toEqual([200, "no-store"]);
    const region = (await organization.owner.client.get("/v4/account/regions")).body.data[0];
    const shown = (
      { key: { id, description, name, token_preview, created_at, updated_at } }: TestKey,
      state: string,
    ) => ({
      ...{ id, description, name, token_preview, created_at },
      status: state,
      updated_at: expect.toSatisfy((time: number) => time >= updated_at),
    });
    expect(body).toEqual({
      id: organization.regionId,
      name: region.name,
      description: region.description,
      created_at: region.created_at,
      updated_at: region.updated_at,
      api_keys: [shown(disabled, "disabled"), shown(key, "active")],
    });
    expect(JSON.stringify(body)).not.toContain(key.token);
  });

  test("PZ-19 PZ-25 shows no key of another region, environment, organization or beyond its subaccounts", async () => {
    await makeKey(await makeOrganization());
    await makeKey(organization, { region_id: await addRegion() });
    await makeKey(organization, { environment: "preview" });
    const subaccount = (await organization.owner.client.post("/v4/account/subaccounts", { name: "S" })).body.id;
    const all = await makeKey(organization);
    const limited = await makeKey(organization, { allowed_subaccounts: [subaccount] });
    const seen = async (key: TestKey) => (await key.client.get(ME)).body.api_keys.map(({ id }: { id: string }) => id);
    expect(await seen(all)).toEqual([limited.id, all.id]);
    expect(await seen(limited)).toEqual([limited.id]);
  });
});

describe("POST /auth/region/api-keys", () => {
  test("without a body the new key is what the key is, in its region, and its token works", async () => {
    const subaccount = (await organization.owner.client.post("/v4/account/subaccounts", { name: "S" })).body.id;
    const key = await makeKey(organization, {
      environment: "preview",
      region_id: await addRegion(),
      permissions: ["account:apikeys:create", "account:apikeys:read", "residential:read"],
      scopes: [{ action: "read", resource: "PLACE/*" }],
      allowed_subaccounts: [subaccount],
      allowed_ips: ["203.0.113.0/24"],
      expires_at: IN_AN_HOUR(),
    });
    const { status, headers, body } = await key.client.post(KEYS);
    const { environment, region_id, permissions, scopes, allowed_subaccounts, allowed_ips, expires_at } = key.key;
    expect([status, headers.get("cache-control")]).toEqual([201, "no-store"]);
    expect(headers.get("location")).toBe(`/v4/account/api-keys/${body.id}`);
    expect(body).toMatchObject({
      ...{ name: "API key", description: null, status: "active", all_subaccounts: false },
      ...{ environment, region_id, permissions, scopes, allowed_subaccounts, allowed_ips, expires_at },
      created_by: { type: "api_key", id: key.id },
    });
    const fresh = await key.client.get(ME, { authorization: `Bearer ${body.token}` });
    expect([fresh.status, fresh.body.id]).toEqual([200, region_id]);
  });

  test("the name defaults to the description, as much of it as a name may hold", async () => {
    const { client } = await makeKey(organization);
    expect((await client.post(KEYS, { description: " For CI " })).body).toMatchObject({
      name: "For CI",
      description: "For CI",
    });
    expect((await client.post(KEYS, { name: "Named", description: "For CI" })).body.name).toBe("Named");
    const long = await client.post(KEYS, { description: "ü".repeat(500) });
    expect([long.status, long.body.name]).toEqual([201, "ü".repeat(100)]);
    for (const body of [{}, { description: null }, { description: "" }]) {
      expect((await client.post(KEYS, body)).body.name).toBe("API key");
    }
  });

  test("PZ-02 nothing beyond its own is handed out, and no other region or environment", async () => {
    const key = await makeKey(organization, {
      permissions: ["account:apikeys:create"],
      scopes: [],
      allowed_ips: ["203.0.113.7"],
      expires_at: IN_AN_HOUR(),
    });
    for (const body of [
      { permissions: ["residential:read"] },
      { scopes: [{ action: "read", resource: "a" }] },
      { allowed_ips: [] },
      { expires_at: null },
      { region_id: await addRegion() },
    ]) {
      const { status, body: problem } = await key.client.post(KEYS, body);
      expect([JSON.stringify(body), status, problem.code]).toEqual([JSON.stringify(body), 403, "exceeds_own_access"]);
    }
    expect((await key.client.post(KEYS, { region_id: organization.regionId })).status).toBe(201);
    expect((await key.client.post(KEYS, { environment: "preview" })).body.errors).toMatchObject([
      { pointer: "/environment", code: "unknown_field" },
    ]);
    expect((await key.client.post(KEYS, { permissions: [] })).body.code).toBe("validation_failed");
    expect(await activeKeys()).toHaveLength(2);
  });

  test("a permission of a retired product is the key's own, but is not handed on", async () => {
    const key = await makeKey(organization, { permissions: ["account:apikeys:create", "residential:read"] });
    await organization.owner.client.patch("/v4/account/products/residential", { retired: true });
    expect((await key.client.post(KEYS)).body.permissions).toEqual(["account:apikeys:create"]);
  });

  test("CC-07 a retry with the same Idempotency-Key makes nothing new", async () => {
    const { client } = await makeKey(organization);
    const headers = { "idempotency-key": "0123456789abcdef" };
    const first = await client.post(KEYS, { name: "Once" }, headers);
    const again = await client.post(KEYS, { name: "Once" }, headers);
    expect([again.status, again.body.id, again.body.token]).toEqual([201, first.body.id, null]);
    expect((await client.post(KEYS, { name: "Other" }, headers)).body.code).toBe("idempotency_conflict");
  });
});

describe("DELETE /auth/region/api-keys/{id}", () => {
  test("AN-14 ends another key or itself while another active one remains, and is audited", async () => {
    const [a, b, c] = [await makeKey(organization), await makeKey(organization), await makeKey(organization)];
    expect((await a.client.delete(at(b.id))).status).toBe(204);
    expect((await b.client.get(ME)).status).toBe(401);
    expect((await a.client.delete(at(b.id))).status).toBe(404);
    expect((await a.client.delete(at(a.id))).status).toBe(204);
    expect((await a.client.get(ME)).status).toBe(401);
    expect(await activeKeys()).toEqual([c.id]);
    const { rows } = await getDb().pool.query(
      "SELECT principal_id, target_id FROM audit_events WHERE action = 'api_key.revoked' AND outcome = 'done' ORDER BY at",
    );
    expect(rows).toEqual([
      { principal_id: a.id, target_id: b.id },
      { principal_id: a.id, target_id: a.id },
    ]);
  });

  test("PZ-17 the last active key is 409, whatever the region's switch says; what does not work is no other key", async () => {
    const key = await makeKey(organization);
    const [disabled, expired] = [await makeKey(organization), await makeKey(organization)];
    await set("disabled_at = now()", disabled.id);
    await set("expires_at = now()", expired.id);
    await makeKey(organization, { region_id: await addRegion() });
    const { status, body } = await key.client.delete(at(key.id));
    expect([status, body.code]).toEqual([409, "last_active_key"]);
    expect((await key.client.delete(at(disabled.id))).status).toBe(204);
    expect((await key.client.delete(at(expired.id))).status).toBe(204);
    expect((await key.client.get(ME)).body.api_keys).toMatchObject([{ id: key.id, status: "active" }]);
  });

  test("PZ-18 a key of another region, environment or organization is 404 and lives on", async () => {
    const key = await makeKey(organization);
    await makeKey(organization);
    const others = [
      await makeKey(organization, { region_id: await addRegion() }),
      await makeKey(organization, { environment: "preview" }),
      await makeKey(await makeOrganization()),
    ];
    for (const other of others) {
      expect((await key.client.delete(at(other.id))).body.code).toBe("not_found");
      expect((await other.client.get(ME)).status).toBe(200);
    }
  });

  test("an If-Match of an older version is 412", async () => {
    const [a, b] = [await makeKey(organization), await makeKey(organization)];
    await a.client.patch(`/v4/account/api-keys/${b.id}`, { name: "Newer" });
    expect((await a.client.delete(at(b.id), { "if-match": '"1"' })).body.code).toBe("version_mismatch");
    expect((await a.client.delete(at(b.id), { "if-match": '"2"' })).status).toBe(204);
  });

  test("CC two keys that delete each other at once leave exactly one", async () => {
    for (let round = 0; round < 10; round++) {
      await getDb().pool.query("UPDATE api_keys SET revoked_at = now()");
      const [a, b] = [await makeKey(organization), await makeKey(organization)];
      const statuses = await Promise.all([a.client.delete(at(b.id)), b.client.delete(at(a.id))]);
      expect(await activeKeys()).toHaveLength(1);
      expect(statuses.map(({ status }) => status).sort()).toEqual([204, 401]);
    }
  });

  test("CC keys that all delete themselves at once leave exactly one", async () => {
    for (let round = 0; round < 4; round++) {
      await getDb().pool.query("UPDATE api_keys SET revoked_at = now()");
      const keys = await Promise.all(Array.from({ length: 6 }, () => makeKey(organization)));
      const statuses = await Promise.all(keys.map((key) => key.client.delete(at(key.id))));
      expect(await activeKeys()).toHaveLength(1);
      expect(statuses.map(({ status }) => status).sort()).toEqual([204, 204, 204, 204, 204, 409]);
    }
  });

  test("CC a ring of keys, each deleting the next, leaves at least one and never answers 5xx", async () => {
    for (let round = 0; round < 4; round++) {
      await getDb().pool.query("UPDATE api_keys SET revoked_at = now()");
      const keys = await Promise.all(Array.from({ length: 4 }, () => makeKey(organization)));
      const answers = await Promise.all(
        keys.map((key, i) => key.client.delete(at(keys[(i + 1) % keys.length]?.id ?? ""))),
      );
      for (const { status } of answers) expect([204, 401, 404, 409, 503]).toContain(status);
      expect((await activeKeys()).length).toBeGreaterThanOrEqual(1);
    }
  });

  test("a key that ends itself twice at once is answered 204 and 401", async () => {
    await makeKey(organization);
    for (let round = 0; round < 5; round++) {
      const key = await makeKey(organization);
      const answers = await Promise.all([key.client.delete(at(key.id)), key.client.delete(at(key.id))]);
      expect(answers.map(({ status }) => status).sort()).toEqual([204, 401]);
    }
  });
});

test("PZ-01 each needs its permission, and a session belongs to no region", async () => {
  const lacking = await makeKey(organization, { permissions: ["account:usage:read"] });
  const { client } = organization.owner;
  for (const [method, path] of [
    ["GET", ME],
    ["POST", KEYS],
    ["DELETE", at(lacking.id)],
  ] as const) {
    for (const one of [lacking.client, client]) {
      const { status, body } = await one.send(method, path);
      expect([method, status, body.code]).toEqual([method, 403, "insufficient_permissions"]);
    }
  }
  expect((await client.get(ME)).body.detail).toContain("a session belongs to no region");
});

test("a region that always keeps one active key keeps one that lasts, on this surface too", async () => {
  const lasting = await makeKey(organization);
  await makeKey(organization, { expires_at: Math.floor(Date.now() / 1000) + 60 });
  const region = `/v4/account/regions/${organization.regionId}`;
  await organization.owner.client.patch(region, { always_keep_one_active_key: true });
  const refused = await lasting.client.delete(at(lasting.id));
  expect([refused.status, refused.body.code]).toEqual([409, "last_active_key"]);
  await organization.owner.client.patch(region, { always_keep_one_active_key: false });
  expect((await lasting.client.delete(at(lasting.id))).status).toBe(204);
});

test("CC-07 an Idempotency-Key of the one endpoint is a conflict at the other", async () => {
  const principal = await makeKey(organization);
  const headers = { "idempotency-key": randomUUID() };
  const body = { name: "Same", permissions: ["residential:read"] };
  expect((await principal.client.post("/v4/account/api-keys", body, headers)).status).toBe(201);
  const other = await principal.client.post(KEYS, body, headers);
  expect([other.status, other.body.code]).toEqual([409, "idempotency_conflict"]);
});
