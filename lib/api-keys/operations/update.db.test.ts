import { beforeEach, describe, expect, test } from "vitest";
import { getDb } from "@/lib/db";
import { turnOf } from "@/lib/principal-turns";
import { apiClient } from "@/lib/testing/client";
import { truncateAll } from "@/lib/testing/database";
import {
  ALL_KEY_PERMISSIONS,
  makeKey,
  makeMember,
  makeOrganization,
  type TestOrganization,
} from "@/lib/testing/factories";

const KEYS = "/v4/account/api-keys";
const at = (id: string) => `${KEYS}/${id}`;

let organization: TestOrganization;
beforeEach(async () => {
  await truncateAll();
  organization = await makeOrganization();
});

describe("PUT and PATCH /v4/account/api-keys/{id}", () => {
  test("IV-18 what is left out stays, and null clears description and expiry", async () => {
    const soon = Math.floor(Date.now() / 1000) + 900;
    const { id, key } = await makeKey(organization, {
      description: "old",
      expires_at: soon,
      allowed_ips: ["203.0.113.0/24"],
    });
    const { client } = organization.owner;
    const renamed = await client.put(at(id), { name: "New name" });
    expect(renamed.status).toBe(200);
    expect(renamed.headers.get("etag")).toBe('"2"');
    expect({ ...renamed.body, updated_at: 0 }).toEqual({ ...key, name: "New name", updated_at: 0 });
    const cleared = await client.patch(at(id), { description: null, expires_at: null });
    expect(cleared.body).toMatchObject({ description: null, expires_at: null, allowed_ips: ["203.0.113.0/24"] });
  });

  test.each([
    ["an empty body", {}, ""],
    ["IP-12 null for a list", { allowed_ips: null }, "/allowed_ips"],
    ["both lists emptied", { permissions: [], scopes: [] }, "/permissions"],
    ["IV-16 is_active that is no boolean", { is_active: "false" }, "/is_active"],
    ["fields that only create takes", { environment: "preview" }, "/environment"],
    ["TM-10 times of its own", { created_at: 1 }, "/created_at"],
  ])("refuses %s with 422 and changes nothing", async (_what, body, pointer) => {
    const { id, key } = await makeKey(organization);
    const answer = await organization.owner.client.put(at(id), body);
    expect(answer.status).toBe(422);
    expect(answer.body.errors[0].pointer).toBe(pointer);
    expect((await organization.owner.client.get(at(id))).body).toEqual(key);
  });

  test("emptying one list is refused when the other holds nothing", async () => {
    const { id } = await makeKey(organization, { permissions: ["residential:read"], scopes: [] });
    const { status, body } = await organization.owner.client.put(at(id), { permissions: [] });
    expect([status, body.errors[0].code]).toEqual([422, "nothing_granted"]);
  });

  test("writing back what was read is no change: same version, no event", async () => {
    const { id, key } = await makeKey(organization, { description: "same", allowed_ips: ["203.0.113.0/24"] });
    const { name, description, permissions, scopes, allowed_subaccounts, allowed_ips, expires_at, is_active } = key;
    const same = { name, description, permissions, scopes, allowed_subaccounts, allowed_ips, expires_at, is_active };
    const written = await organization.owner.client.put(at(id), same);
    expect([written.status, written.headers.get("etag"), written.body]).toEqual([200, '"1"', key]);
    const { rows } = await getDb().pool.query("SELECT count(*)::int AS n FROM audit_events WHERE target_id = $1", [id]);
    expect(rows[0].n).toBe(1);
  });

  test("AN-13 disable stops the token at the next request, reactivate starts it again, and both are audited", async () => {
    const { id, client } = await makeKey(organization);
    await organization.owner.client.patch(at(id), { is_active: false });
    expect((await client.get(KEYS)).status).toBe(401);
    const again = await organization.owner.client.patch(at(id), { is_active: true });
    expect(again.body.status).toBe("active");
    expect((await client.get(KEYS)).status).toBe(200);
    const { rows } = await getDb().pool.query("SELECT action FROM audit_events WHERE target_id = $1 ORDER BY at", [id]);
    expect(rows.map((row) => row.action)).toEqual(["api_key.created", "api_key.disabled", "api_key.reactivated"]);
  });

  test("IP-14 rules that are narrowed bind the next request, permissions too", async () => {
    const { id, client } = await makeKey(organization);
    await organization.owner.client.patch(at(id), { allowed_ips: ["198.51.100.0/24"] });
    expect((await client.get(KEYS)).body.code).toBe("ip_not_allowed");
    await organization.owner.client.patch(at(id), { allowed_ips: [], permissions: ["residential:read"] });
    expect((await client.get(KEYS)).body.code).toBe("insufficient_permissions");
  });

  test("CC-05 a stale If-Match is 412 and changes nothing; of two at once with it, one wins", async () => {
    const { id } = await makeKey(organization);
    const { client } = organization.owner;
    const both = await Promise.all(["a", "b"].map((name) => client.put(at(id), { name }, { "if-match": '"1"' })));
    expect(both.map((answer) => answer.status).sort()).toEqual([200, 412]);
    expect((await client.put(at(id), { name: "c" }, { "if-match": '"1"' })).body.code).toBe("version_mismatch");
    expect((await client.put(at(id), { name: "c" }, { "if-match": 'W/"2"' })).status).toBe(412);
    expect((await client.put(at(id), { name: "c" }, { "if-match": '"1", "2"' })).status).toBe(200);
    expect((await client.delete(at(id), { "if-match": '"2"' })).status).toBe(412);
  });

  test("PZ-18 another organization's key is not found, exactly like one that never was", async () => {
    const foreign = await makeOrganization();
    const theirs = await makeKey(foreign);
    const { client } = organization.owner;
    for (const [method, suffix, body] of [
      ["GET", "", undefined],
      ["PUT", "", { name: "x" }],
      ["DELETE", "", undefined],
      ["POST", "/regenerate", undefined],
      ["DELETE", "/grace-period", undefined],
    ] as const) {
      const [a, b] = await Promise.all(
        [theirs.id, "key_000000000000000000000000"].map((id) => client.send(method, at(id) + suffix, { body })),
      );
      expect(a?.status).toBe(404);
      expect({ ...a?.body, request_id: "" }).toEqual({ ...b?.body, request_id: "" });
    }
    expect((await theirs.client.get(KEYS)).status).toBe(200);
  });

  test("a key of another environment or region is not found, never forbidden", async () => {
    const preview = await makeKey(organization, { environment: "preview" });
    const region = await organization.owner.client.post("/v4/account/regions", { name: "Elsewhere" });
    const elsewhere = await makeKey(organization, { region_id: region.body.id });
    const key = await makeKey(organization);
    for (const { id } of [preview, elsewhere]) {
      expect((await key.client.get(at(id))).status).toBe(404);
      expect((await key.client.put(at(id), { name: "x" })).status).toBe(404);
      expect((await key.client.delete(at(id))).status).toBe(404);
    }
    const { body } = await key.client.get(KEYS);
    expect(body.data.map((one: { id: string }) => one.id)).toEqual([key.id]);
  });
});

describe("no one hands out what they do not have, by editing", () => {
  const UPDATER = { permissions: ["account:apikeys:update", "account:apikeys:read", "residential:read"], scopes: [] };

  test("PZ-03 a key cannot add what it lacks to another, nor edit one that is already stronger", async () => {
    const updater = await makeKey(organization, UPDATER);
    const peer = await makeKey(organization, { permissions: ["residential:read"], scopes: [] });
    const added = await updater.client.put(at(peer.id), { permissions: ["residential:read", "residential:write"] });
    expect(added.body).toMatchObject({ code: "exceeds_own_access", exceeding: { permissions: ["residential:write"] } });
    const stronger = await makeKey(organization);
    for (const body of [{ name: "mine now" }, { allowed_ips: ["203.0.113.7"], name: "x" }, { is_active: true }]) {
      expect((await updater.client.put(at(stronger.id), body)).body.code).toBe("exceeds_own_access");
    }
    expect((await organization.owner.client.get(at(stronger.id))).body).toEqual(stronger.key);
  });

  test("taking power away from a stronger key is allowed: disabling it, or narrowing it", async () => {
    const updater = await makeKey(organization, UPDATER);
    const stronger = await makeKey(organization);
    expect((await updater.client.put(at(stronger.id), { permissions: ALL_KEY_PERMISSIONS.slice(1) })).status).toBe(200);
    expect((await updater.client.put(at(stronger.id), { is_active: false })).status).toBe(200);
    expect((await updater.client.put(at(stronger.id), { is_active: true })).body.code).toBe("exceeds_own_access");
  });

  test("PZ-13 PZ-15 a key changes nothing of itself but name and description, however its id is written", async () => {
    const key = await makeKey(organization);
    for (const id of [key.id, key.id.replace("_", "%5F")]) {
      expect((await key.client.put(at(id), { permissions: ["residential:read"] })).body.code).toBe("key_in_use");
      expect((await key.client.put(at(id), { is_active: false })).body.code).toBe("key_in_use");
      expect((await key.client.delete(at(id))).body.code).toBe("key_in_use");
      expect((await key.client.post(`${at(id)}/regenerate`)).body.code).toBe("key_in_use");
    }
    for (const id of [key.id.toUpperCase(), `${key.id}.`, `${key.id}/`, `%20${key.id}`]) {
      expect((await key.client.delete(at(id))).status).toBe(404);
    }
    expect((await key.client.put(at(key.id), { name: "Renamed", description: "by itself" })).status).toBe(200);
  });

  test("TM-08 an expired key works again by the hand of who may outlive it, and of nobody else", async () => {
    const updater = await makeKey(organization, { ...UPDATER, expires_at: Math.floor(Date.now() / 1000) + 600 });
    const expired = await makeKey(organization, {
      permissions: ["account:apikeys:read"],
      scopes: [],
      expires_at: Math.floor(Date.now() / 1000) + 600,
    });
    await getDb().pool.query("UPDATE api_keys SET expires_at = now() - interval '1 second' WHERE id = $1", [
      expired.id,
    ]);
    expect((await expired.client.get(KEYS)).status).toBe(401);
    expect(
      (await updater.client.put(at(expired.id), { expires_at: Math.floor(Date.now() / 1000) + 3600 })).status,
    ).toBe(403);
    expect((await organization.owner.client.put(at(expired.id), { expires_at: null })).status).toBe(200);
    expect((await expired.client.get(KEYS)).status).toBe(200);
  });

  test("a developer reads all keys but manages only their own", async () => {
    const developer = await makeMember(organization, "developer");
    const theirs = (await developer.client.post(KEYS, { name: "own", permissions: ["residential:read"] })).body;
    const other = await makeKey(organization, { permissions: ["residential:read"], scopes: [] });
    expect((await developer.client.get(at(other.id))).status).toBe(200);
    for (const answer of [
      await developer.client.put(at(other.id), { name: "x" }),
      await developer.client.delete(at(other.id)),
      await developer.client.post(`${at(other.id)}/regenerate`),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([403, "insufficient_permissions"]);
    }
    expect((await developer.client.put(at(theirs.id), { name: "renamed" })).status).toBe(200);
  });

  test("a permission of a retired product goes on granting but cannot be given anew", async () => {
    const { client } = organization.owner;
    const holder = await makeKey(organization, { permissions: ["serp_api:read"], scopes: [] });
    const other = await makeKey(organization, { permissions: ["residential:read"], scopes: [] });
    await client.patch("/v4/account/products/serp_api", { retired: true });
    expect((await client.put(at(holder.id), { permissions: ["serp_api:read", "residential:read"] })).status).toBe(200);
    const anew = await client.put(at(other.id), { permissions: ["serp_api:read"] });
    expect(anew.body.errors[0]).toMatchObject({ pointer: "/permissions/0", code: "product_retired" });
  });

  test("PZ-25 who is limited to subaccounts neither sees nor touches keys beyond them", async () => {
    const { client } = organization.owner;
    const [a, b] = await Promise.all(
      ["A", "B"].map(async (name) => (await client.post("/v4/account/subaccounts", { name })).body.id),
    );
    const everywhere = await makeKey(organization);
    const inB = await makeKey(organization, { allowed_subaccounts: [b] });
    const limited = await makeKey(organization, { allowed_subaccounts: [a] });
    const { body } = await limited.client.get(KEYS);
    expect(body.data.map((key: { id: string }) => key.id)).toEqual([limited.id]);
    for (const { id } of [everywhere, inB]) expect((await limited.client.delete(at(id))).status).toBe(404);
  });

  test("a key whose last subaccount is deleted reaches none, and writing back what was read keeps it so", async () => {
    const { client } = organization.owner;
    const sub = (await client.post("/v4/account/subaccounts", { name: "Gone soon" })).body.id;
    const { id } = await makeKey(organization, { allowed_subaccounts: [sub] });
    expect((await client.delete(`/v4/account/subaccounts/${sub}`)).status).toBe(204);
    const read = (await client.get(at(id))).body;
    expect(read).toMatchObject({ all_subaccounts: false, allowed_subaccounts: [] });
    const written = await client.put(at(id), { allowed_subaccounts: read.allowed_subaccounts });
    expect(written.body.all_subaccounts).toBe(false);
    expect((await client.put(at(id), { all_subaccounts: true })).body.all_subaccounts).toBe(true);
  });

  test("CC-08 a key that is revoked between check and write writes nothing", async () => {
    const updater = await makeKey(organization);
    const target = await makeKey(organization, { permissions: ["residential:read"], scopes: [] });
    const db = await getDb().pool.connect();
    try {
      await db.query("BEGIN");
      const turn = turnOf(organization.id, updater.id);
      await db.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [turn]);
      await db.query("UPDATE api_keys SET revoked_at = now() WHERE id = $1", [updater.id]);
      const pending = apiClient({ token: updater.token }).put(at(target.id), { name: "too late" });
      await new Promise((resolve) => setTimeout(resolve, 150));
      await db.query("COMMIT");
      expect((await pending).status).toBe(401);
    } finally {
      db.release();
    }
    expect((await organization.owner.client.get(at(target.id))).body.name).toBe(target.key.name);
  });
});
