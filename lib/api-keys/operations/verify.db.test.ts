import { beforeAll, describe, expect, test, vi } from "vitest";
import { generateToken } from "@/lib/api-keys/token";
import { getDb } from "@/lib/db";
import { apiClient } from "@/lib/testing/client";
import { truncateAll } from "@/lib/testing/database";
import { makeKey, makeMember, makeOrganization, type TestKey, type TestOrganization } from "@/lib/testing/factories";
import { flushUsage } from "@/lib/usage/recorder";

const VERIFY = "/v4/verify";

let organization: TestOrganization;
let service: TestKey;
let region2: string;
let subaccount: string;
beforeAll(async () => {
  await truncateAll();
  organization = await makeOrganization();
  const { client } = organization.owner;
  service = await makeKey(organization, { permissions: ["account:apikeys:verify"], scopes: [] });
  region2 = (await client.post("/v4/account/regions", { name: "Second" })).body.id;
  subaccount = (await client.post("/v4/account/subaccounts", { name: "Customer" })).body.id;
});

const verify = async (body: Record<string, unknown>) => {
  const answer = await service.client.post(VERIFY, body);
  expect(answer.status).toBe(200);
  return answer.body as { valid: boolean; code: string; key: Record<string, unknown> | null };
};
const codeOf = async (body: Record<string, unknown>) => (await verify(body)).code;
const set = (assignment: string, id: string) =>
  getDb().pool.query(`UPDATE api_keys SET ${assignment} WHERE id = $1`, [id]);

describe("POST /v4/verify", () => {
  test("SH-01 SH-02 a good token is VALID, with the key as GET shows it and without the token", async () => {
    const key = await makeKey(organization, { permissions: ["residential:read"] });
    const { status, headers, body } = await service.client.post(VERIFY, { token: key.token });
    expect([status, headers.get("cache-control")]).toEqual([200, "no-store"]);
    const shown = await organization.owner.client.get(`/v4/account/api-keys/${key.id}`);
    expect(body).toEqual({ valid: true, code: "VALID", key: { ...shown.body, last_used_at: null } });
    expect(JSON.stringify(body)).not.toContain(key.token);
  });

  test("NOT_FOUND: malformed, unknown and another organization's token look the same", async () => {
    const theirs = await makeKey(await makeOrganization());
    const { token } = await makeKey(organization);
    const wrong = ["", "x", `${token}=`, token.toLowerCase(), "lk_prod_", "ü".repeat(57), "x".repeat(60_000)];
    for (const one of [...wrong, generateToken("production"), theirs.token]) {
      expect(await verify({ token: one })).toEqual({ valid: false, code: "NOT_FOUND", key: null });
    }
  });

  test("DB-11 a key whose stored scopes cannot be read is NOT_FOUND, and others go on", async () => {
    const key = await makeKey(organization);
    await set(`scopes = '[{"action":"fly","resource":"*"}]'`, key.id);
    expect(await verify({ token: key.token })).toEqual({ valid: false, code: "NOT_FOUND", key: null });
  });

  test("AN-13 AN-14 TM-09 REVOKED, EXPIRED and DISABLED, in that order, at the next request", async () => {
    const key = await makeKey(organization);
    const steps: [string, string][] = [
      ["disabled_at = now()", "DISABLED"],
      ["expires_at = now()", "EXPIRED"],
      ["revoked_at = now()", "REVOKED"],
      ["revoked_at = NULL, expires_at = NULL, disabled_at = NULL", "VALID"],
    ];
    for (const [assignment, code] of steps) {
      await set(assignment, key.id);
      const answer = await verify({ token: key.token });
      expect([answer.code, answer.valid, answer.key?.id]).toEqual([code, code === "VALID", key.id]);
    }
  });

  test("AN-15 the old token after a regenerate is NOT_FOUND, and within an overlap VALID", async () => {
    const key = await makeKey(organization);
    const { client } = organization.owner;
    const path = `/v4/account/api-keys/${key.id}/regenerate`;
    const overlapped = await client.post(path, { grace_period_seconds: 60 });
    expect(await codeOf({ token: key.token })).toBe("VALID");
    expect(await codeOf({ token: overlapped.body.token })).toBe("VALID");
    const { body } = await client.post(path, {});
    expect(await codeOf({ token: overlapped.body.token })).toBe("NOT_FOUND");
    expect(await codeOf({ token: body.token })).toBe("VALID");
  });

  test("AN-12 a genuine token of the other environment is WRONG_ENVIRONMENT, and its record stays unseen", async () => {
    const preview = await makeKey(organization, { environment: "preview" });
    expect(await verify({ token: preview.token })).toEqual({ valid: false, code: "WRONG_ENVIRONMENT", key: null });
    expect(await codeOf({ token: preview.token.replace("prev", "prod") })).toBe("NOT_FOUND");
    const previewService = await makeKey(organization, { environment: "preview" });
    const { body } = await previewService.client.post(VERIFY, { token: preview.token });
    expect([body.code, body.key.id]).toEqual(["VALID", preview.id]);
    const production = await makeKey(organization);
    expect((await previewService.client.post(VERIFY, { token: production.token })).body.code).toBe("WRONG_ENVIRONMENT");
  });

  test("WRONG_REGION only if a region is given and differs; keys of other regions can be checked", async () => {
    const key = await makeKey(organization, { region_id: region2 });
    expect(await codeOf({ token: key.token })).toBe("VALID");
    expect(await codeOf({ token: key.token, region_id: region2 })).toBe("VALID");
    expect(await codeOf({ token: key.token, region_id: organization.regionId })).toBe("WRONG_REGION");
    expect(await codeOf({ token: key.token, region_id: "reg_nowhere" })).toBe("WRONG_REGION");
  });

  test("IP-02 IP-06 IP_NOT_ALLOWED outside the rules or without an address; mapped addresses count as IPv4", async () => {
    const key = await makeKey(organization, { allowed_ips: ["203.0.113.0/24"] });
    expect(await codeOf({ token: key.token, ip: "203.0.113.9" })).toBe("VALID");
    expect(await codeOf({ token: key.token, ip: "::ffff:203.0.113.9" })).toBe("VALID");
    expect(await codeOf({ token: key.token, ip: "198.51.100.1" })).toBe("IP_NOT_ALLOWED");
    expect(await codeOf({ token: key.token, ip: "2001:db8::1" })).toBe("IP_NOT_ALLOWED");
    expect(await codeOf({ token: key.token })).toBe("IP_NOT_ALLOWED");
  });

  test("SUBACCOUNT_NOT_ALLOWED: not in the list, unknown, or another organization's", async () => {
    const other = await makeOrganization();
    const foreign = (await other.owner.client.post("/v4/account/subaccounts", { name: "Theirs" })).body.id;
    const second = (await organization.owner.client.post("/v4/account/subaccounts", { name: "Second" })).body.id;
    const limited = await makeKey(organization, { allowed_subaccounts: [subaccount] });
    const all = await makeKey(organization);
    expect(await codeOf({ token: limited.token, subaccount })).toBe("VALID");
    expect(await codeOf({ token: limited.token, subaccount: second })).toBe("SUBACCOUNT_NOT_ALLOWED");
    expect(await codeOf({ token: all.token, subaccount: second })).toBe("VALID");
    for (const unknown of [foreign, "sub_nowhere"]) {
      expect(await codeOf({ token: all.token, subaccount: unknown })).toBe("SUBACCOUNT_NOT_ALLOWED");
    }
  });

  test("INSUFFICIENT_PERMISSIONS unless every one is held today; the catalogue decides at every request", async () => {
    const { client } = organization.owner;
    await client.post("/v4/account/products", { id: "maps", title: "Maps", actions: ["read", "write"] });
    const key = await makeKey(organization, { permissions: ["maps:read", "maps:write", "residential:read"] });
    const ask = (...permissions: string[]) => verify({ token: key.token, permissions });
    expect((await ask("maps:read", "residential:read")).code).toBe("VALID");
    expect((await ask("maps:read", "residential:write")).code).toBe("INSUFFICIENT_PERMISSIONS");
    expect((await ask("nothing:like_it")).code).toBe("INSUFFICIENT_PERMISSIONS");
    await client.patch("/v4/account/products/maps", { retired: true });
    expect((await ask("maps:read")).code).toBe("VALID");
    await getDb().pool.query("UPDATE products SET actions = '{read}' WHERE id = 'maps'");
    const answer = await ask("maps:write");
    expect([answer.code, answer.key?.permissions]).toEqual([
      "INSUFFICIENT_PERMISSIONS",
      ["maps:read", "residential:read"],
    ]);
  });

  test("RESOURCE_NOT_ALLOWED unless a scope covers action and resource", async () => {
    const key = await makeKey(organization, { scopes: [{ action: "write", resource: "PLACE/Site/#" }] });
    const ask = (action: string, resource: string) => codeOf({ token: key.token, action, resource });
    expect(await ask("write", "PLACE/Site/42")).toBe("VALID");
    expect(await ask("read", "PLACE/Site/42")).toBe("RESOURCE_NOT_ALLOWED");
    expect(await ask("write", "PLACE/Site/42/THING")).toBe("RESOURCE_NOT_ALLOWED");
    expect(await ask("write", "place/Site/42")).toBe("RESOURCE_NOT_ALLOWED");
  });

  test("IV-10 IV-15 a request that cannot be read is 422, each with its pointer", async () => {
    const token = "x";
    const wrong: [Record<string, unknown>, string, string][] = [
      [{}, "/token", "required"],
      [{ token: 7 }, "/token", "invalid_type"],
      [{ token, permision: [] }, "/permision", "unknown_field"],
      [{ token, permissions: "residential:read" }, "/permissions", "invalid_type"],
      [{ token, permissions: ["Residential"] }, "/permissions/0", "invalid_value"],
      [{ token, permissions: Array(201).fill("residential:read") }, "/permissions", "too_long"],
      [{ token, permissions: null }, "/permissions", "invalid_type"],
      [{ token, action: "write" }, "/resource", "required"],
      [{ token, resource: "a" }, "/action", "required"],
      [{ token, action: "fly", resource: "a" }, "/action", "invalid_value"],
      [{ token, action: "read", resource: "a//b" }, "/resource", "invalid_resource"],
      [{ token, ip: "203.0.113.9/32" }, "/ip", "invalid_address"],
      [{ token, ip: null }, "/ip", "invalid_type"],
      [{ token, subaccount: { not: "" } }, "/subaccount", "invalid_type"],
      [{ token, environment: "preview" }, "/environment", "unknown_field"],
    ];
    for (const [body, pointer, code] of wrong) {
      const answer = await service.client.post(VERIFY, body);
      const first = answer.body.errors?.[0];
      expect([answer.status, first?.pointer, first?.code], JSON.stringify(body).slice(0, 80)).toEqual([
        422,
        pointer,
        code,
      ]);
    }
  });

  test("PZ-01 needs account:apikeys:verify: other keys and roles that lack it are 403, an admin's session may", async () => {
    const lacking = await makeKey(organization, { permissions: ["account:apikeys:read"] });
    const refused = await lacking.client.post(VERIFY, { token: lacking.token });
    expect([refused.status, refused.body.code]).toEqual([403, "insufficient_permissions"]);
    expect(refused.headers.get("www-authenticate")).toContain('scope="account:apikeys:verify"');
    const preview = await makeKey(organization, { environment: "preview" });
    for (const [role, status] of [
      ["admin", 200],
      ["developer", 403],
      ["viewer", 403],
    ] as const) {
      const member = await makeMember(organization, role);
      const answer = await member.client.post(VERIFY, { token: preview.token });
      expect([role, answer.status, answer.body.key?.id]).toEqual([
        role,
        status,
        status === 200 ? preview.id : undefined,
      ]);
    }
  });

  test("costs one statement for who asks and one for the token, and writes nothing", async () => {
    const key = await makeKey(organization);
    const requirements = { token: key.token, permissions: ["residential:read"], action: "read", resource: "a" };
    await verify(requirements);
    await expectStatements(() => verify(requirements), ["latchkey_presented", "latchkey_presented"]);
  });

  test("a key for all subaccounts costs one more, which looks for the one that is asked for", async () => {
    const key = await makeKey(organization);
    await verify({ token: key.token });
    const names = ["latchkey_presented", "latchkey_presented", "latchkey_has_subaccount"];
    await expectStatements(() => verify({ token: key.token, subaccount }), names);
  });

  test("tokens that are checked at once share their statements, and each gets its own answer", async () => {
    const keys = await Promise.all(Array.from({ length: 20 }, () => makeKey(organization)));
    const answers: Awaited<ReturnType<typeof verify>>[] = [];
    const names = await statementsOf(async () => {
      answers.push(...(await Promise.all(keys.map(({ token }) => verify({ token })))));
    });
    expect(answers.map(({ key }) => key?.id)).toEqual(keys.map(({ id }) => id));
    expect(names.length).toBeLessThan(keys.length / 2);
    // The service's own token is presented with each of them, and each gets its own answer all the same.
    const again = await Promise.all([keys[0], keys[0], keys[1]].map((key) => verify({ token: key?.token })));
    expect(again.map(({ key }) => key?.id)).toEqual([keys[0]?.id, keys[0]?.id, keys[1]?.id]);
  });

  test("DB-03 a database that is away is 503, never NOT_FOUND", async () => {
    const refused = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
    const failing = vi.spyOn(getDb().pool, "query").mockImplementation(() => Promise.reject(refused) as never);
    const { status } = await apiClient({ token: service.token }).post(VERIFY, { token: service.token });
    failing.mockRestore();
    expect(status).toBe(503);
  });
});

/** Again where what is written each second came in between: what a check itself sends, it sends every time. */
const expectStatements = (work: () => Promise<unknown>, names: string[]): Promise<void> =>
  vi.waitFor(async () => expect(await statementsOf(work)).toEqual(names), 10_000);

/** The names of the prepared statements that `work` sends, in order. */
async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  // What was counted before is written each second, and is not of this work.
  await flushUsage();
  const statements = vi.spyOn(getDb().pool, "query");
  await work();
  const names = statements.mock.calls.map(([query]) => (query as unknown as { name: string }).name);
  statements.mockRestore();
  return names.map((name) => name.replace(/_\d+$/, ""));
}
