import { beforeEach, describe, expect, test } from "vitest";
import { getDb } from "@/lib/db";
import { apiClient } from "@/lib/testing/client";
import { truncateAll } from "@/lib/testing/database";
import { makeKey, makeOrganization, type TestKey, type TestOrganization } from "@/lib/testing/factories";

const KEYS = "/v4/account/api-keys";

let organization: TestOrganization;
let key: TestKey;
beforeEach(async () => {
  await truncateAll();
  organization = await makeOrganization();
  key = await makeKey(organization);
});

const regenerate = (body?: unknown, headers?: Record<string, string>) =>
  organization.owner.client.post(`${KEYS}/${key.id}/regenerate`, body, headers);
const statusOf = async (token: string) => (await apiClient({ token }).get(KEYS)).status;

describe("POST /v4/account/api-keys/{id}/regenerate", () => {
  test("AN-15 the old token stops at once, the new one works, and id and settings stay", async () => {
    const { status, headers, body } = await regenerate();
    expect(status).toBe(200);
    expect(headers.get("cache-control")).toBe("no-store");
    const { token, ...rest } = body;
    expect(token).not.toBe(key.token);
    expect(rest).toEqual({
      ...key.key,
      token_preview: expect.any(String),
      regenerated_at: expect.any(Number),
      updated_at: expect.any(Number),
    });
    expect(await statusOf(key.token)).toBe(401);
    expect(await statusOf(token)).toBe(200);
  });

  test("an overlap lets both work until its end, which the key shows and which can be brought forward", async () => {
    const { body } = await regenerate({ grace_period_seconds: 3600 });
    const inAnHour = Math.floor(Date.now() / 1000) + 3600;
    expect(Math.abs(body.grace_period_ends_at - inAnHour)).toBeLessThanOrEqual(2);
    expect([await statusOf(key.token), await statusOf(body.token)]).toEqual([200, 200]);
    const ended = await organization.owner.client.delete(`${KEYS}/${key.id}/grace-period`);
    expect([ended.status, ended.body.grace_period_ends_at]).toEqual([200, null]);
    expect([await statusOf(key.token), await statusOf(body.token)]).toEqual([401, 200]);
    const again = await organization.owner.client.delete(`${KEYS}/${key.id}/grace-period`);
    // Its uses above are written down in the meantime.
    expect(again.body).toEqual({ ...ended.body, last_used_at: again.body.last_used_at });
  });

  test("the old token of an overlap stops by itself, by the database's clock", async () => {
    await regenerate({ grace_period_seconds: 3600 });
    await getDb().pool.query("UPDATE token_digests SET ends_at = now() WHERE ends_at IS NOT NULL");
    expect(await statusOf(key.token)).toBe(401);
    expect((await organization.owner.client.get(`${KEYS}/${key.id}`)).body.grace_period_ends_at).toBeNull();
  });

  test("a second regenerate in an overlap leaves two tokens, not three", async () => {
    const second = (await regenerate({ grace_period_seconds: 3600 })).body.token;
    const third = (await regenerate({ grace_period_seconds: 3600 })).body.token;
    expect(await Promise.all([key.token, second, third].map(statusOf))).toEqual([401, 200, 200]);
    const fourth = (await regenerate()).body.token;
    expect(await Promise.all([second, third, fourth].map(statusOf))).toEqual([401, 401, 200]);
  });

  test("an overlap never outlives the key", async () => {
    const expires_at = Math.floor(Date.now() / 1000) + 600;
    await organization.owner.client.patch(`${KEYS}/${key.id}`, { expires_at });
    expect((await regenerate({ grace_period_seconds: 604_800 })).body.grace_period_ends_at).toBe(expires_at);
  });

  test.each([[-1], [604_801], [1.5], ["3600"], [null]])(
    "refuses %j as grace_period_seconds",
    async (grace_period_seconds) => {
      const { status, body } = await regenerate({ grace_period_seconds });
      expect([status, body.errors[0].pointer]).toEqual([422, "/grace_period_seconds"]);
      expect(await statusOf(key.token)).toBe(200);
    },
  );

  test("PZ-31 a disabled or expired key stays so, and its new token does not work", async () => {
    await organization.owner.client.patch(`${KEYS}/${key.id}`, { is_active: false });
    const disabled = await regenerate();
    expect(disabled.body.status).toBe("disabled");
    expect(await statusOf(disabled.body.token)).toBe(401);
    await getDb().pool.query("UPDATE api_keys SET disabled_at = NULL, expires_at = now() WHERE id = $1", [key.id]);
    const expired = await regenerate({ grace_period_seconds: 60 });
    expect([expired.body.status, expired.body.grace_period_ends_at]).toEqual(["expired", null]);
    expect(await statusOf(expired.body.token)).toBe(401);
  });

  test("PZ-14 a stronger key is not regenerated: its new token would be an escalation", async () => {
    const lesser = await makeKey(organization, { permissions: ["account:apikeys:regenerate"], scopes: [] });
    const { status, body } = await lesser.client.post(`${KEYS}/${key.id}/regenerate`);
    expect([status, body.code]).toEqual([403, "exceeds_own_access"]);
    expect(body.token).toBeUndefined();
    expect(await statusOf(key.token)).toBe(200);
  });

  test("a retry with the same Idempotency-Key makes no second token", async () => {
    const headers = { "idempotency-key": "regenerate-0123456789" };
    const first = await regenerate({ grace_period_seconds: 60 }, headers);
    const retry = await regenerate({ grace_period_seconds: 60 }, headers);
    expect(retry.body).toEqual({ ...first.body, token: null });
    expect(await statusOf(first.body.token)).toBe(200);
    expect((await regenerate({ grace_period_seconds: 61 }, headers)).body.code).toBe("idempotency_conflict");
  });

  test("ten at once leave exactly one working token", async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => regenerate()));
    const tokens = answers.filter((answer) => answer.status === 200).map((answer) => answer.body.token);
    const statuses = await Promise.all(tokens.map(statusOf));
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  });

  test("is audited with the previews, old and new, and never the token", async () => {
    const { body } = await regenerate({ grace_period_seconds: 60 });
    const { rows } = await getDb().pool.query("SELECT changes FROM audit_events WHERE action = 'api_key.regenerated'");
    expect(rows[0].changes.token_preview).toEqual([key.key.token_preview, body.token_preview]);
    expect(JSON.stringify(rows)).not.toContain(body.token);
  });
});
