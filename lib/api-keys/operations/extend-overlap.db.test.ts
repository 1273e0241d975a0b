import { beforeEach, describe, expect, test } from "vitest";
import { getDb } from "@/lib/db";
import { apiClient, type Client } from "@/lib/testing/client";
import { truncateAll } from "@/lib/testing/database";
import { makeKey, makeMember, makeOrganization, type TestKey, type TestOrganization } from "@/lib/testing/factories";

const KEYS = "/v4/account/api-keys";
const HOUR = 3600;
const WEEK = 604_800;

let organization: TestOrganization;
let key: TestKey;
let startedAt: number;
beforeEach(async () => {
  await truncateAll();
  organization = await makeOrganization();
  key = await makeKey(organization);
});

const path = () => `${KEYS}/${key.id}/grace-period`;
const extend = (grace_period_seconds: unknown, client: Client = organization.owner.client) =>
  client.post(path(), { grace_period_seconds });
const statusOf = async (token: string) => (await apiClient({ token }).get(KEYS)).status;
const endOf = async () => (await organization.owner.client.get(`${KEYS}/${key.id}`)).body.grace_period_ends_at;
async function regenerate(grace_period_seconds = HOUR) {
  const { body } = await organization.owner.client.post(`${KEYS}/${key.id}/regenerate`, { grace_period_seconds });
  startedAt = body.regenerated_at;
  return body;
}
async function events() {
  const sql = "SELECT changes FROM audit_events WHERE action = 'api_key.grace_period_extended' AND outcome = 'done'";
  return (await getDb().pool.query(sql)).rows.map(({ changes }) => changes);
}

describe("POST /v4/account/api-keys/{id}/grace-period", () => {
  test("the old token works until so long after the regeneration, not after now, and both ends are audited", async () => {
    const { token } = await regenerate();
    await getDb().pool.query("UPDATE api_keys SET regenerated_at = regenerated_at - interval '30 minutes'");
    const { status, headers, body } = await extend(2 * HOUR);
    expect([status, body.grace_period_ends_at]).toEqual([200, startedAt - 1800 + 2 * HOUR]);
    expect(body.token).toBeUndefined();
    expect(headers.get("etag")).toBe((await organization.owner.client.get(`${KEYS}/${key.id}`)).headers.get("etag"));
    expect(await Promise.all([key.token, token].map(statusOf))).toEqual([200, 200]);
    const changes = { grace_period_ends_at: [startedAt + HOUR, body.grace_period_ends_at] };
    expect(await events()).toEqual([changes]);
    expect((await organization.owner.client.delete(path())).body.grace_period_ends_at).toBeNull();
    expect(await statusOf(key.token)).toBe(401);
  });

  test("at most seven days from the start in all, however often it is extended", async () => {
    await regenerate();
    expect((await extend(WEEK)).body.grace_period_ends_at).toBe(startedAt + WEEK);
    expect((await extend(WEEK + 1)).status).toBe(422);
    expect(await endOf()).toBe(startedAt + WEEK);
  });

  test("never past the key's own expiry", async () => {
    const expires_at = Math.floor(Date.now() / 1000) + 2 * HOUR;
    await organization.owner.client.patch(`${KEYS}/${key.id}`, { expires_at });
    await regenerate();
    expect((await extend(WEEK)).body.grace_period_ends_at).toBe(expires_at);
    await organization.owner.client.patch(`${KEYS}/${key.id}`, { expires_at: null });
    expect(await endOf()).toBe(expires_at);
  });

  test("the same end again is no change and no event; an earlier one is refused", async () => {
    await regenerate();
    const first = await extend(2 * HOUR);
    const again = await extend(2 * HOUR);
    expect([again.status, again.body]).toEqual([200, first.body]);
    const earlier = await extend(HOUR);
    expect([earlier.status, earlier.body.errors[0].code]).toEqual([422, "not_longer"]);
    expect(await endOf()).toBe(startedAt + 2 * HOUR);
    expect(await events()).toHaveLength(1);
  });

  test("without an overlap in progress nothing comes back to life", async () => {
    expect((await extend(HOUR)).body.errors[0].code).toBe("no_overlap");
    await regenerate();
    await getDb().pool.query("UPDATE token_digests SET ends_at = now() WHERE ends_at IS NOT NULL");
    expect((await extend(WEEK)).status).toBe(422);
    await regenerate();
    await organization.owner.client.delete(path());
    expect((await extend(WEEK)).body.errors[0].code).toBe("no_overlap");
    expect(await statusOf(key.token)).toBe(401);
  });

  test("PZ-18 a revoked or foreign key is not found", async () => {
    const foreign = await makeOrganization();
    await regenerate();
    expect((await extend(WEEK, foreign.owner.client)).status).toBe(404);
    await organization.owner.client.delete(`${KEYS}/${key.id}`);
    expect((await extend(WEEK)).status).toBe(404);
  });

  test.each([[0], [-1], [604_801], [1.5], ["3600"], [null], [undefined]])("refuses %j seconds", async (seconds) => {
    await regenerate();
    const { status, body } = await extend(seconds);
    expect([status, body.errors[0].pointer]).toEqual([422, "/grace_period_seconds"]);
    expect(await endOf()).toBe(startedAt + HOUR);
  });

  test("the old token of a stronger key is not kept alive: that would hand it out", async () => {
    await regenerate();
    const lesser = await makeKey(organization, { permissions: ["account:apikeys:regenerate"], scopes: [] });
    const refused = await extend(WEEK, lesser.client);
    expect([refused.status, refused.body.code]).toEqual([403, "exceeds_own_access"]);
    expect(await endOf()).toBe(startedAt + HOUR);
    const equal = await makeKey(organization);
    expect((await extend(WEEK, equal.client)).status).toBe(200);
  });

  test("needs the permission to regenerate; a developer extends only their own keys; a viewer none", async () => {
    await regenerate();
    const without = await makeKey(organization, { permissions: ["account:apikeys:read"] });
    const [developer, viewer] = [await makeMember(organization, "developer"), await makeMember(organization, "viewer")];
    for (const client of [without.client, developer.client, viewer.client]) {
      const { status, body } = await extend(WEEK, client);
      expect([status, body.code]).toEqual([403, "insufficient_permissions"]);
    }
    expect(await endOf()).toBe(startedAt + HOUR);
  });

  test("PZ-14 a key does not extend its own overlap, with the old token or the new", async () => {
    const { token } = await regenerate();
    for (const own of [key.token, token]) {
      const { status, body } = await extend(WEEK, apiClient({ token: own }));
      expect([status, body.code]).toEqual([409, "key_in_use"]);
    }
    expect(await endOf()).toBe(startedAt + HOUR);
  });

  test("CC-05 extensions at once leave the longest, and one that meets an ending revives nothing", async () => {
    await regenerate();
    const hours = [2, 9, 4, 7, 3, 8, 5, 6];
    const answers = await Promise.all(hours.map((count) => extend(count * HOUR)));
    expect(answers.every(({ status }) => status === 200 || status === 422)).toBe(true);
    expect(await endOf()).toBe(startedAt + 9 * HOUR);

    const [ended] = await Promise.all([organization.owner.client.delete(path()), extend(WEEK)]);
    expect([ended.status, await endOf()]).toEqual([200, null]);
    expect(await statusOf(key.token)).toBe(401);
  });
});

describe("an overlap and an earlier expiry", () => {
  const expire = (expires_at: number | null) => organization.owner.client.patch(`${KEYS}/${key.id}`, { expires_at });
  const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

  test("TM-08 an old token ends with the key, and stays ended when the key is given a later expiry", async () => {
    const { token } = await regenerate(WEEK);
    const end = inSeconds(2);
    expect((await expire(end)).body.grace_period_ends_at).toBe(end);
    await new Promise((resolve) => setTimeout(resolve, end * 1000 - Date.now() + 300));
    expect((await organization.owner.client.delete(path())).status).toBe(200);
    expect((await expire(null)).body.grace_period_ends_at).toBeNull();
    expect(await Promise.all([key.token, token].map(statusOf))).toEqual([401, 200]);
  });

  test("a later expiry lengthens no overlap", async () => {
    await regenerate(HOUR);
    const end = await endOf();
    await expire(inSeconds(WEEK));
    expect(await endOf()).toBe(end);
  });
});

test("ending an overlap goes by the version that it was ended from", async () => {
  await regenerate();
  const stale = await organization.owner.client.delete(path(), { "if-match": '"1"' });
  expect([stale.status, stale.body.code]).toEqual([412, "version_mismatch"]);
  expect(await statusOf(key.token)).toBe(200);
  expect((await organization.owner.client.delete(path(), { "if-match": '"2"' })).status).toBe(200);
  expect(await statusOf(key.token)).toBe(401);
});
