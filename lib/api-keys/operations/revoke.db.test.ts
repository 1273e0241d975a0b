import { beforeEach, describe, expect, test } from "vitest";
import { getDb } from "@/lib/db";
import { truncateAll } from "@/lib/testing/database";
import { makeKey, makeMember, makeOrganization, type TestOrganization } from "@/lib/testing/factories";

const KEYS = "/v4/account/api-keys";
const at = (id: string) => `${KEYS}/${id}`;

let organization: TestOrganization;
beforeEach(async () => {
  await truncateAll();
  organization = await makeOrganization();
});

describe("DELETE /v4/account/api-keys/{id}", () => {
  test("AN-14 the token stops, the id is gone, and the record stays under the revoked", async () => {
    const { client } = organization.owner;
    const key = await makeKey(organization);
    expect((await client.delete(at(key.id))).status).toBe(204);
    expect((await key.client.get(KEYS)).status).toBe(401);
    for (const [method, path, body] of [
      ["GET", at(key.id), undefined],
      ["PUT", at(key.id), { name: "x" }],
      ["DELETE", at(key.id), undefined],
      ["POST", `${at(key.id)}/regenerate`, undefined],
    ] as const) {
      expect((await client.send(method, path, { body })).status).toBe(404);
    }
    expect((await client.get(KEYS)).body.data).toEqual([]);
    const revoked = (await client.get(`${KEYS}?status=revoked`)).body.data;
    expect(revoked).toMatchObject([{ id: key.id, status: "revoked", revoked_at: expect.any(Number) }]);
    expect((await client.get(`${at(key.id)}?include_revoked=true`)).body.id).toBe(key.id);
  });

  test("a revoked key has no overlap any more", async () => {
    const { client } = organization.owner;
    const key = await makeKey(organization);
    await client.post(`${at(key.id)}/regenerate`, { grace_period_seconds: 3600 });
    await client.delete(at(key.id));
    expect((await client.get(`${at(key.id)}?include_revoked=true`)).body.grace_period_ends_at).toBeNull();
  });

  test("purge removes the record, of a live key or of a revoked one, and the audit log keeps its history", async () => {
    const { client } = organization.owner;
    const [live, revoked] = [await makeKey(organization), await makeKey(organization)];
    await client.delete(at(revoked.id));
    for (const { id } of [live, revoked]) {
      expect((await client.delete(`${at(id)}?purge=true`)).status).toBe(204);
      expect((await client.get(`${at(id)}?include_revoked=true`)).status).toBe(404);
      const { rows } = await getDb().pool.query("SELECT action FROM audit_events WHERE target_id = $1 ORDER BY at", [
        id,
      ]);
      expect(rows.at(-1)?.action).toBe("api_key.deleted");
    }
    expect((await live.client.get(KEYS)).status).toBe(401);
    const { rows } = await getDb().pool.query("SELECT count(*)::int AS n FROM token_digests");
    expect(rows[0].n).toBe(0);
  });

  test("a lesser key may revoke a stronger one", async () => {
    const lesser = await makeKey(organization, { permissions: ["account:apikeys:delete"], scopes: [] });
    const stronger = await makeKey(organization);
    expect((await lesser.client.delete(at(stronger.id))).status).toBe(204);
  });

  test("two keys that revoke each other at once do not both end, and neither waits for ever", async () => {
    for (let round = 0; round < 5; round++) {
      const [a, b] = [await makeKey(organization), await makeKey(organization)];
      const answers = await Promise.all([a.client.delete(at(b.id)), b.client.delete(at(a.id))]);
      expect(answers.map((answer) => answer.status).sort()).toEqual([204, 401]);
    }
  });

  test("CC-04 an update that races a revoke never brings the key back", async () => {
    const { client } = organization.owner;
    const key = await makeKey(organization);
    const answers = await Promise.all([
      client.delete(at(key.id)),
      ...Array.from({ length: 5 }, (_, i) => client.put(at(key.id), { name: `${i}` })),
    ]);
    for (const { status } of answers) expect([200, 204, 404]).toContain(status);
    expect((await client.get(at(key.id))).status).toBe(404);
    expect((await key.client.get(KEYS)).status).toBe(401);
  });
});

describe("a region that always keeps one active key", () => {
  beforeEach(async () => {
    await organization.owner.client.patch(`/v4/account/regions/${organization.regionId}`, {
      always_keep_one_active_key: true,
    });
  });

  test("PZ-17 refuses to revoke, disable or end the last one, on every surface", async () => {
    const { client } = organization.owner;
    const { id } = await makeKey(organization);
    const soon = Math.floor(Date.now() / 1000) + 2;
    for (const answer of [
      await client.delete(at(id)),
      await client.delete(`${at(id)}?purge=true`),
      await client.patch(at(id), { is_active: false }),
      await client.patch(at(id), { expires_at: soon }),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([409, "last_active_key"]);
    }
    const bulk = await client.post(`${KEYS}/bulk`, { action: "revoke", ids: [id] });
    expect(bulk.body.results).toMatchObject([{ id, ok: false, code: "last_active_key" }]);
    await makeKey(organization);
    expect((await client.delete(at(id))).status).toBe(204);
  });

  test("a key of seconds does not stand in for one that lasts", async () => {
    const { client } = organization.owner;
    const lasting = await makeKey(organization);
    await makeKey(organization, { expires_at: Math.floor(Date.now() / 1000) + 30 });
    expect((await client.delete(at(lasting.id))).body.code).toBe("last_active_key");
    await makeKey(organization, { expires_at: Math.floor(Date.now() / 1000) + 2 * 86_400 });
    expect((await client.delete(at(lasting.id))).status).toBe(204);
  });

  test("ten revocations at once leave one key", async () => {
    const keys = await Promise.all(Array.from({ length: 10 }, () => makeKey(organization)));
    const answers = await Promise.all(keys.map(({ id }) => organization.owner.client.delete(at(id))));
    expect(answers.filter((answer) => answer.status === 409)).toHaveLength(1);
    expect((await organization.owner.client.get(`${KEYS}?status=active`)).body.data).toHaveLength(1);
  });
});

describe("POST /v4/account/api-keys/bulk", () => {
  test("each id stands alone, in the order it was given", async () => {
    const { client } = organization.owner;
    const [a, b] = [await makeKey(organization), await makeKey(organization)];
    const ids = [a.id, "key_000000000000000000000000", b.id];
    const { status, body } = await client.post(`${KEYS}/bulk`, { action: "disable", ids });
    expect(status).toBe(200);
    expect(
      body.results.map((result: { id: string; ok: boolean; code: string | null }) => [
        result.id,
        result.ok,
        result.code,
      ]),
    ).toEqual([
      [a.id, true, null],
      [ids[1], false, "not_found"],
      [b.id, true, null],
    ]);
    expect((await client.get(`${KEYS}?status=disabled`)).body.data).toHaveLength(2);
    await client.post(`${KEYS}/bulk`, { action: "reactivate", ids: [a.id] });
    await client.post(`${KEYS}/bulk`, { action: "revoke", ids: [b.id] });
    expect(
      (await client.get(`${KEYS}?status=active,revoked`)).body.data.map((key: { status: string }) => key.status).sort(),
    ).toEqual(["active", "revoked"]);
  });

  test("needs the permission of its action, and holds every rule of the single change", async () => {
    const updater = await makeKey(organization, { permissions: ["account:apikeys:update"], scopes: [] });
    const stronger = await makeKey(organization);
    const revoke = await updater.client.post(`${KEYS}/bulk`, { action: "revoke", ids: [stronger.id] });
    expect([revoke.status, revoke.body.code]).toEqual([403, "insufficient_permissions"]);
    const reactivate = await updater.client.post(`${KEYS}/bulk`, {
      action: "reactivate",
      ids: [stronger.id, updater.id],
    });
    expect(reactivate.body.results).toMatchObject([{ code: "exceeds_own_access" }, { code: "key_in_use" }]);
    const developer = await makeMember(organization, "developer");
    const disable = await developer.client.post(`${KEYS}/bulk`, { action: "disable", ids: [stronger.id] });
    expect(disable.body.results).toMatchObject([{ ok: false, code: "insufficient_permissions" }]);
  });

  test.each([
    [{ action: "purge", ids: ["key_a"] }],
    [{ action: "revoke", ids: [] }],
    [{ action: "revoke", ids: Array.from({ length: 101 }, (_, i) => `key_${i}`) }],
  ])("refuses a list or an action that is not offered", async (body) => {
    expect((await organization.owner.client.post(`${KEYS}/bulk`, body)).status).toBe(422);
  });
});
