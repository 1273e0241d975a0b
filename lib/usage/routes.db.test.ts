import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { findSession } from "@/lib/auth/repository";
import { readSessionSecret } from "@/lib/auth/session-cookie";
import type { RequestContext } from "@/lib/context";
import { getDb } from "@/lib/db";
import { apiClient } from "@/lib/testing/client";
import { truncateAll } from "@/lib/testing/database";
import { makeKey, makeMember, makeOrganization, type TestOrganization } from "@/lib/testing/factories";
import { usageCsv } from "@/lib/usage/csv";
import { getTokenUse } from "@/lib/usage/operations";
import { flushUsage } from "@/lib/usage/recorder";
import { addUses } from "@/lib/usage/repository";

const USAGE = "/v4/account/usage";
const LIST = "/v4/account/api-keys";

let organization: TestOrganization;

beforeEach(async () => {
  await flushUsage();
  await truncateAll();
  organization = await makeOrganization();
});

const total = async (query = "") => (await organization.owner.client.get(`${USAGE}${query}`)).body.total;
async function contextOf(cookie: string): Promise<RequestContext> {
  const principal = await findSession((await readSessionSecret(cookie)) ?? "");
  if (!principal) throw new Error("The member is signed in.");
  return { principal, requestId: "req_1", ip: null };
}
const NONE = { allowed: 0, denied: {}, previous_token: 0 };

describe("what is counted", () => {
  test("requests of a key: allowed, and denied for want of a permission", async () => {
    const reader = await makeKey(organization, { permissions: ["account:apikeys:read"] });
    await reader.client.get(LIST);
    await reader.client.get(`${LIST}?limit=nonsense`);
    await reader.client.post(LIST, { name: "x", permissions: ["residential:read"] });
    expect(await total()).toEqual({ allowed: 2, denied: { INSUFFICIENT_PERMISSIONS: 1 }, previous_token: 0 });
  });

  test("uses of a token that is disabled, expired or revoked, and from outside its addresses", async () => {
    const [disabled, expired, revoked] = [
      await makeKey(organization),
      await makeKey(organization),
      await makeKey(organization),
    ];
    const fenced = await makeKey(organization, { allowed_ips: ["198.51.100.0/24"] });
    await organization.owner.client.patch(`${LIST}/${disabled.id}`, { is_active: false });
    await getDb().pool.query("UPDATE api_keys SET expires_at = now() - interval '1 second' WHERE id = $1", [
      expired.id,
    ]);
    await organization.owner.client.delete(`${LIST}/${revoked.id}`);
    for (const key of [disabled, expired, revoked, fenced]) await key.client.get(LIST);
    expect((await total()).denied).toEqual({ DISABLED: 1, EXPIRED: 1, REVOKED: 1, IP_NOT_ALLOWED: 1 });
    expect(await total(`?api_key_id=${fenced.id}`)).toEqual({ ...NONE, denied: { IP_NOT_ALLOWED: 1 } });
  });

  test("every verify and authorize decision, for the key that the token belongs to", async () => {
    const service = await makeKey(organization);
    const customer = await makeKey(organization, { permissions: ["residential:read"] });
    await service.client.post("/v4/verify", { token: customer.token });
    await service.client.post("/v4/verify", { token: customer.token, permissions: ["residential:write"] });
    await service.client.post("/v4/verify", { token: "lk_prod_nonsense" });
    await customer.client.get("/v4/authorize?permission=residential:read");
    await customer.client.get("/v4/authorize?permission=residential:write");
    expect(await total(`?api_key_id=${customer.id}`)).toEqual({
      allowed: 2,
      denied: { INSUFFICIENT_PERMISSIONS: 2 },
      previous_token: 0,
    });
    expect((await total(`?api_key_id=${service.id}`)).allowed).toBe(3);
  });

  test("calls by the old token apart from the new one's during an overlap", async () => {
    const key = await makeKey(organization);
    await organization.owner.client.post(`${LIST}/${key.id}/regenerate`, { grace_period_seconds: 3600 });
    await key.client.get(LIST);
    await key.client.get(LIST);
    expect(await total(`?api_key_id=${key.id}`)).toEqual({ allowed: 2, denied: {}, previous_token: 2 });
  });

  test("how far the traffic has moved to the new token, without the calls from before it was made", async () => {
    const key = await makeKey(organization);
    for (let i = 0; i < 3; i++) await key.client.get(LIST);
    const regenerated = await organization.owner.client.post(`${LIST}/${key.id}/regenerate`, {
      grace_period_seconds: 3600,
    });
    await key.client.get(LIST);
    const renewed = apiClient({ token: regenerated.body.token });
    for (let i = 0; i < 2; i++) await renewed.get(LIST);
    const context = await contextOf(organization.owner.cookie);
    const query = { api_key_id: key.id, since: regenerated.body.regenerated_at };
    expect(await getTokenUse(context, { query })).toEqual({ previous: 1, previous_at: expect.any(Number), current: 2 });
  });

  test("every one of many requests at once, whatever becomes of them", async () => {
    const keys = await Promise.all(Array.from({ length: 4 }, () => makeKey(organization)));
    const calls = keys.flatMap((key) => Array.from({ length: 50 }, (_, i) => key.client.get(`${LIST}?limit=${i}`)));
    const flushing = [flushUsage(), flushUsage()];
    await Promise.all([...calls, ...flushing]);
    expect((await total()).allowed).toBe(200);
  });

  test("nothing for sessions, and nothing for tokens that are unknown", async () => {
    await organization.owner.client.get(LIST);
    await makeMember(organization, "viewer");
    expect(await total()).toEqual(NONE);
  });

  test("the last use of the key follows, from the address that it came from", async () => {
    const key = await makeKey(organization, {}, "192.0.2.55");
    await key.client.get(LIST);
    await flushUsage();
    const { rows } = await getDb().pool.query("SELECT last_used_ip FROM api_keys WHERE id = $1", [key.id]);
    expect(rows).toEqual([{ last_used_ip: "192.0.2.55" }]);
  });
});

describe("the answer", () => {
  const seed = (api_key_id: string, age_ms: number, count: number) =>
    addUses(
      [
        {
          api_key_id,
          organization_id: organization.id,
          outcome: "VALID",
          token_preview: "lk_prod_…",
          previous_token: false,
          count,
          ip: null,
          accepted: true,
          age_ms,
        },
      ],
      { recorder: randomUUID(), number: 1 },
    );

  test("has a point for every interval of the range, and the total of them", async () => {
    await seed("key_x", 0, 3);
    await seed("key_x", 2 * 3_600_000, 4);
    const now = Math.floor(Date.now() / 1000);
    const { body } = await organization.owner.client.get(`${USAGE}?from=${now - 5 * 3600}&interval=hour`);
    expect(body.data).toHaveLength(6);
    expect(body.data.map((point: { allowed: number }) => point.allowed)).toEqual([0, 0, 0, 4, 0, 3]);
    expect(body.data.every((point: { at: number }) => point.at % 3600 === 0)).toBe(true);
    expect(body.total.allowed).toBe(7);
  });

  test("by minute, hour and day says the same; the default is the last 24 hours by hour", async () => {
    await seed("key_x", 5 * 60_000, 3);
    const now = Math.floor(Date.now() / 1000);
    for (const interval of ["minute", "hour", "day"]) {
      expect((await total(`?interval=${interval}&from=${now - 3600}`)).allowed).toBe(3);
    }
    const { body } = await organization.owner.client.get(USAGE);
    expect(body.data).toHaveLength(25);
    expect(body.total.allowed).toBe(3);
  });

  test("does not reach into the future, and `to` is exclusive", async () => {
    const now = Math.floor(Date.now() / 1000);
    const { body } = await organization.owner.client.get(`${USAGE}?from=${now - 86_400}&to=${now + 10 * 86_400}`);
    expect(body.data.at(-1).at).toBeLessThanOrEqual(now + 1);
    const hour = now - (now % 3600);
    const past = await organization.owner.client.get(`${USAGE}?from=${hour - 7200}&to=${hour}`);
    expect(past.body.data.map((point: { at: number }) => point.at)).toEqual([hour - 7200, hour - 3600]);
  });

  test.each([
    ["from=yesterday", "/from"],
    ["from=-1", "/from"],
    ["from=1795170000000", "/from"],
    ["from=20&to=10", "/from"],
    ["from=0&interval=minute", "/from"],
    ["to=1.5", "/to"],
    ["interval=week", "/interval"],
    ["from=1&from=2", "/from"],
    ["api_key_id=..%2F", "/api_key_id"],
    ["key=key_1", "/key"],
  ])("%s is 422 at its parameter", async (query, pointer) => {
    const { status, body } = await organization.owner.client.get(`${USAGE}?${query}`);
    expect([status, body.errors[0].pointer]).toEqual([422, pointer]);
  });
});

describe("who sees it", () => {
  test("every role may; a key needs account:usage:read", async () => {
    for (const role of ["admin", "developer", "viewer"] as const) {
      const member = await makeMember(organization, role);
      expect((await member.client.get(USAGE)).status).toBe(200);
    }
    const key = await makeKey(organization, { permissions: ["account:apikeys:read"] });
    const { status, body } = await key.client.get(USAGE);
    expect([status, body.code, body.detail]).toEqual([
      403,
      "insufficient_permissions",
      expect.stringContaining("account:usage:read"),
    ]);
  });

  test("another organization's usage is not in it, not even by the key's id", async () => {
    const key = await makeKey(organization);
    await key.client.get(LIST);
    const other = await makeOrganization();
    const { body } = await other.owner.client.get(`${USAGE}?api_key_id=${key.id}`);
    expect(body.total).toEqual(NONE);
    expect((await other.owner.client.get(USAGE)).body.total).toEqual(NONE);
  });

  test("a key sees the usage of its own environment and region only", async () => {
    const region = (await organization.owner.client.post("/v4/account/regions", { name: "Elsewhere" })).body.id;
    const here = await makeKey(organization);
    const preview = await makeKey(organization, { environment: "preview" });
    const elsewhere = await makeKey(organization, { region_id: region });
    for (const key of [here, preview, elsewhere]) await key.client.get(LIST);
    for (const key of [preview, elsewhere]) {
      expect((await here.client.get(`${USAGE}?api_key_id=${key.id}`)).body.total).toEqual(NONE);
    }
    expect((await elsewhere.client.get(USAGE)).body.total.allowed).toBe(1);
    expect((await total()).allowed).toBe(6);
  });

  test("who is limited to subaccounts sees only keys within them", async () => {
    const subaccount = (await organization.owner.client.post("/v4/account/subaccounts", { name: "Customer" })).body.id;
    const within = await makeKey(organization, { allowed_subaccounts: [subaccount] });
    const beyond = await makeKey(organization);
    for (const key of [within, beyond]) await key.client.get(LIST);
    const viewer = await makeMember(organization, "viewer", { subaccounts: [subaccount] });
    expect((await viewer.client.get(USAGE)).body.total.allowed).toBe(1);
    expect((await within.client.get(USAGE)).body.total.allowed).toBe(1);
  });
});

test("as CSV it has a line per point and a column per reason", async () => {
  const key = await makeKey(organization);
  await key.client.get(LIST);
  let csv = "";
  for await (const part of usageCsv(await contextOf(organization.owner.cookie), { interval: "hour" })) csv += part;
  const lines = csv.trimEnd().split("\r\n");
  expect(lines).toHaveLength(26);
  expect(lines[0]).toMatch(/^at,allowed,denied,NOT_FOUND,REVOKED,/);
  expect(lines.at(-1)).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:00:00\.000Z,1,0,0/);
});
