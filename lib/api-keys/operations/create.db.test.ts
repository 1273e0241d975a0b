import { beforeEach, describe, expect, test } from "vitest";
import { digestToken, parseToken } from "@/lib/api-keys/token";
import { getDb } from "@/lib/db";
import { signingKeysInUse } from "@/lib/organizations/signing-keys";
import { truncateAll } from "@/lib/testing/database";
import { makeKey, makeMember, makeOrganization, type TestOrganization } from "@/lib/testing/factories";

const KEYS = "/v4/account/api-keys";
const IN_AN_HOUR = () => Math.floor(Date.now() / 1000) + 3600;

let organization: TestOrganization;
beforeEach(async () => {
  await truncateAll();
  organization = await makeOrganization();
});

describe("POST /v4/account/api-keys", () => {
  test("answers 201 with the key, its place, its version and the token, and never caches it", async () => {
    const before = Math.floor(Date.now() / 1000);
    const { status, headers, body } = await organization.owner.client.post(KEYS, {
      name: "  CI pipeline ",
      permissions: ["datacenter_shared:read", "datacenter_shared:read"],
      scopes: [{ action: "read", resource: "PLACE/Site/42/*" }],
      allowed_ips: ["203.0.113.0/24", "2001:DB8::1"],
    });
    expect(status).toBe(201);
    const { token, id, created_at, token_preview, ...rest } = body;
    expect(rest).toEqual({
      name: "CI pipeline",
      description: null,
      status: "active",
      is_active: true,
      environment: "production",
      region_id: organization.regionId,
      permissions: ["datacenter_shared:read"],
      scopes: [{ action: "read", resource: "PLACE/Site/42/*" }],
      all_subaccounts: true,
      allowed_subaccounts: [],
      allowed_ips: ["203.0.113.0/24", "2001:db8::1"],
      expires_at: null,
      updated_at: created_at,
      last_used_at: null,
      revoked_at: null,
      regenerated_at: null,
      grace_period_ends_at: null,
      created_by: { type: "user", id: organization.owner.id, name: "Ada" },
    });
    expect(created_at).toBeGreaterThanOrEqual(before - 1);
    expect(parseToken(token)).toEqual({ environment: "production" });
    expect(token_preview).toBe(`${token.slice(0, 12)}…${token.slice(-4)}`);
    expect(headers.get("location")).toBe(`${KEYS}/${id}`);
    expect(headers.get("etag")).toBe('"1"');
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("x-request-id")).toMatch(/^req_/);
  });

  test("SH-01 AN-19 AN-20 stores an HMAC under the signing key and the token nowhere", async () => {
    const { token, id } = await makeKey(organization);
    const { rows } = await getDb().pool.query("SELECT digest FROM token_digests WHERE api_key_id = $1", [id]);
    const [signingKey] = await signingKeysInUse();
    expect(rows).toHaveLength(1);
    expect(rows[0].digest.equals(digestToken(token, signingKey?.secret ?? Buffer.alloc(0)))).toBe(true);
    const body = token.slice(8, 40);
    for (const table of ["api_keys", "token_digests", "audit_events", "idempotency_records"]) {
      const { rows: found } = await getDb().pool.query(
        `SELECT count(*)::int AS n FROM ${table} t WHERE t::text LIKE $1`,
        [`%${body}%`],
      );
      expect(found[0].n).toBe(0);
    }
  });

  test("SH-13 writes who, what and from where into the audit log, without the token", async () => {
    const { id, token } = await makeKey(organization, { name: "Audited" });
    const { rows } = await getDb().pool.query("SELECT * FROM audit_events WHERE target_id = $1", [id]);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      action: "api_key.created",
      outcome: "done",
      principal_type: "user",
      principal_id: organization.owner.id,
      target_name: "Audited",
      ip: "203.0.113.7",
    });
    expect(rows[0].changes.name).toEqual([null, "Audited"]);
    expect(JSON.stringify(rows[0])).not.toContain(token.slice(8, 40));
  });

  test("DB-05 a key whose audit event cannot be written does not come to be", async () => {
    const { asSuperuser } = await import("@/lib/testing/database");
    await asSuperuser((client) =>
      client.query("ALTER TABLE audit_events ADD CONSTRAINT refuse_all CHECK (action <> 'api_key.created') NOT VALID"),
    );
    try {
      const { status } = await organization.owner.client.post(KEYS, { name: "x", permissions: ["serp_api:read"] });
      expect(status).toBeGreaterThanOrEqual(500);
      const { rows } = await getDb().pool.query("SELECT count(*)::int AS n FROM api_keys");
      expect(rows[0].n).toBe(0);
    } finally {
      await asSuperuser((client) => client.query("ALTER TABLE audit_events DROP CONSTRAINT refuse_all"));
    }
  });

  test.each([
    ["an unknown field", { name: "x", permissions: ["serp_api:read"], allowed_ip: [] }, "/allowed_ip unknown_field"],
    [
      "PZ-20 fields that nobody may set",
      { name: "x", permissions: ["serp_api:read"], id: "key_1" },
      "/id unknown_field",
    ],
    ["PZ-22 no permissions and no scopes", { name: "x" }, "/permissions required"],
    ["IV-04 a name of spaces", { name: "  ", permissions: ["serp_api:read"] }, "/name required"],
    [
      "a permission that the catalogue does not hold",
      { name: "x", permissions: ["fax:send"] },
      "/permissions/0 unknown_permission",
    ],
    [
      "IP-07 an address rule that can be read in two ways",
      { name: "x", permissions: ["serp_api:read"], allowed_ips: ["10.0.0.1", "010.0.0.1"] },
      "/allowed_ips/1 invalid_cidr",
    ],
    [
      "IP-09 host bits",
      { name: "x", permissions: ["serp_api:read"], allowed_ips: ["10.0.0.1/8"] },
      "/allowed_ips/0 host_bits_set",
    ],
    [
      "TM-01 an expiry that has passed",
      { name: "x", permissions: ["serp_api:read"], expires_at: 1_600_000_000 },
      "/expires_at not_in_future",
    ],
    [
      "milliseconds",
      { name: "x", permissions: ["serp_api:read"], expires_at: 1_895_170_000_000 },
      "/expires_at looks_like_milliseconds",
    ],
    [
      "a region that is not there",
      { name: "x", permissions: ["serp_api:read"], region_id: "reg_nowhere" },
      "/region_id unknown_region",
    ],
    [
      "PZ-08 a subaccount that is not there",
      { name: "x", permissions: ["serp_api:read"], allowed_subaccounts: ["sub_nowhere"] },
      "/allowed_subaccounts/0 unknown_subaccount",
    ],
  ])("refuses %s with 422 and makes nothing", async (_what, body, expected) => {
    const answer = await organization.owner.client.post(KEYS, body);
    expect(answer.status).toBe(422);
    expect(
      answer.body.errors.map((error: { pointer: string; code: string }) => `${error.pointer} ${error.code}`),
    ).toContain(expected);
    const { rows } = await getDb().pool.query("SELECT count(*)::int AS n FROM api_keys");
    expect(rows[0].n).toBe(0);
  });

  test("IP-11 accepts a rule that admits everyone, and says so", async () => {
    const { status, body } = await organization.owner.client.post(KEYS, {
      name: "x",
      permissions: ["serp_api:read"],
      allowed_ips: ["0.0.0.0/0"],
    });
    expect(status).toBe(201);
    expect(body.warnings).toMatchObject([{ pointer: "/allowed_ips/0", code: "wildcard_range" }]);
  });

  test("accepts a name that mixes alphabets, and says that it may look like another", async () => {
    const body = { name: "\u0420aypal", permissions: ["serp_api:read"] };
    const { status, body: made } = await organization.owner.client.post(KEYS, body);
    expect([status, made.name]).toEqual([201, body.name]);
    expect(made.warnings).toEqual([
      { pointer: "/name", code: "mixed_script", detail: expect.stringContaining("mixes alphabets") },
    ]);
    const renamed = await organization.owner.client.patch(`${KEYS}/${made.id}`, { name: "Paypal" });
    expect(renamed.body.warnings ?? []).toEqual([]);
  });

  test("answers 409 not_bootstrapped until API keys are set up", async () => {
    const fresh = await makeOrganization({ bootstrapped: false });
    expect((await fresh.owner.client.post(KEYS, { name: "x", permissions: ["serp_api:read"] })).body.code).toBe(
      "not_bootstrapped",
    );
    expect((await fresh.owner.client.get(KEYS)).body.code).toBe("not_bootstrapped");
    expect((await fresh.owner.client.post("/v4/account/bootstrap")).status).toBe(204);
    expect((await fresh.owner.client.post("/v4/account/bootstrap")).status).toBe(204);
    expect((await fresh.owner.client.post(KEYS, { name: "x", permissions: ["serp_api:read"] })).status).toBe(201);
  });
});

describe("no one hands out what they do not have", () => {
  const LIMITED = {
    permissions: ["account:apikeys:create", "account:apikeys:read", "residential:read"],
    scopes: [{ action: "write" as const, resource: "PLACE/Site/42/*" }],
    allowed_ips: ["203.0.113.0/24"],
  };

  test.each([
    [
      "PZ-02 a permission",
      { permissions: ["residential:read", "residential:write"] },
      { permissions: ["residential:write"] },
    ],
    [
      "a scope",
      { scopes: [{ action: "write", resource: "PLACE/*" }] },
      { scopes: [{ action: "write", resource: "PLACE/*" }] },
    ],
    [
      "an action of a scope",
      { scopes: [{ action: "read", resource: "PLACE/Site/42/*" }] },
      { scopes: [{ action: "read", resource: "PLACE/Site/42/*" }] },
    ],
    [
      "an address range",
      { permissions: ["residential:read"], allowed_ips: ["203.0.112.0/23"] },
      { ips: ["203.0.112.0/23"] },
    ],
    [
      "IP-12 every address, asked for by an empty list",
      { permissions: ["residential:read"], allowed_ips: [] },
      { ips: ["0.0.0.0/0", "::/0"] },
    ],
    ["no expiry, asked for by null", { permissions: ["residential:read"], expires_at: null }, { expires_at: null }],
    [
      "the other environment",
      { permissions: ["residential:read"], environment: "preview" },
      { environment: "preview" },
    ],
    [
      "another region",
      { permissions: ["residential:read"], region_id: "reg_elsewhere" },
      { region_id: "reg_elsewhere" },
    ],
    ["every subaccount", { permissions: ["residential:read"], all_subaccounts: true }, { subaccounts: ["*"] }],
  ])("a key cannot give %s that it lacks: 403 names it, and nothing is made", async (_what, given, beyond) => {
    const [sub] = await makeSubaccounts(1);
    const key = await makeKey(organization, { ...LIMITED, allowed_subaccounts: [sub ?? ""], expires_at: IN_AN_HOUR() });
    const { status, body, headers } = await key.client.post(KEYS, { name: "child", ...given });
    expect(status).toBe(403);
    expect(body.code).toBe("exceeds_own_access");
    expect(body.exceeding).toEqual(beyond);
    expect(headers.get("www-authenticate")).toContain('error="insufficient_scope"');
    const { rows } = await getDb().pool.query("SELECT count(*)::int AS n FROM api_keys");
    expect(rows[0].n).toBe(1);
    const denied = await getDb().pool.query("SELECT action, principal_id FROM audit_events WHERE outcome = 'denied'");
    expect(denied.rows).toEqual([{ action: "api_key.created", principal_id: key.id }]);
  });

  test("limits that are left out are the creating key's own", async () => {
    const [sub] = await makeSubaccounts(1);
    const expires_at = IN_AN_HOUR();
    const parent = await makeKey(organization, {
      ...LIMITED,
      environment: "preview",
      allowed_subaccounts: [sub ?? ""],
      expires_at,
    });
    const { status, body } = await parent.client.post(KEYS, { name: "child", permissions: ["residential:read"] });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      environment: "preview",
      region_id: parent.key.region_id,
      allowed_ips: ["203.0.113.0/24"],
      all_subaccounts: false,
      allowed_subaccounts: [sub],
      expires_at,
      scopes: [],
      created_by: { type: "api_key", id: parent.id },
    });
  });

  test("PZ-08 a subaccount outside one's own set is 403; another tenant's and a made-up one read alike", async () => {
    const [mine, other] = await makeSubaccounts(2);
    const limited = await makeKey(organization, { allowed_subaccounts: [mine ?? ""] });
    const outside = await limited.client.post(KEYS, {
      name: "x",
      permissions: ["residential:read"],
      allowed_subaccounts: [other],
    });
    expect(outside.body).toMatchObject({ code: "exceeds_own_access", exceeding: { subaccounts: [other] } });

    const foreign = await makeOrganization();
    const theirs = await foreign.owner.client.post("/v4/account/subaccounts", { name: "Theirs" });
    const answers = await Promise.all(
      [theirs.body.id, "sub_madeup"].map((id) =>
        organization.owner.client.post(KEYS, {
          name: "x",
          permissions: ["residential:read"],
          allowed_subaccounts: [id],
        }),
      ),
    );
    const [first, second] = answers.map(({ body: { request_id: _, ...rest }, status }) => ({ status, rest }));
    expect(first).toEqual(second);
    expect(first?.status).toBe(422);
  });

  test("an inherited subaccount that is deleted meanwhile is in no key's list", async () => {
    for (let round = 0; round < 4; round++) {
      const [sub] = await makeSubaccounts(1);
      const parent = await makeKey(organization, { allowed_subaccounts: [sub ?? ""] });
      const [, made] = await Promise.all([
        organization.owner.client.delete(`/v4/account/subaccounts/${sub}`),
        parent.client.post(KEYS, { name: "child", permissions: ["residential:read"] }),
      ]);
      expect([201, 401]).toContain(made.status);
      const { rows } = await getDb().pool.query(
        "SELECT count(*)::int AS n FROM api_keys WHERE $1 = ANY (allowed_subaccounts)",
        [sub],
      );
      expect(rows[0].n).toBe(0);
    }
  });

  test("a developer gives no account permissions unless they were granted them", async () => {
    const developer = await makeMember(organization, "developer");
    const refused = await developer.client.post(KEYS, { name: "x", permissions: ["account:apikeys:read"] });
    expect(refused.body).toMatchObject({
      code: "exceeds_own_access",
      exceeding: { permissions: ["account:apikeys:read"] },
    });
    expect((await developer.client.post(KEYS, { name: "x", permissions: ["residential:read"] })).status).toBe(201);
    const granted = await makeMember(organization, "developer", { permissions: ["account:apikeys:read"] });
    expect((await granted.client.post(KEYS, { name: "x", permissions: ["account:apikeys:read"] })).status).toBe(201);
    expect((await granted.client.post(KEYS, { name: "x", permissions: ["residential:read"] })).status).toBe(403);
  });

  test("a viewer creates nothing", async () => {
    const viewer = await makeMember(organization, "viewer");
    const { status, body } = await viewer.client.post(KEYS, { name: "x", permissions: ["residential:read"] });
    expect([status, body.code]).toEqual([403, "insufficient_permissions"]);
  });

  test("PZ-23 allowed-permissions is exactly what may be given", async () => {
    const key = await makeKey(organization, { permissions: ["account:apikeys:create", "residential:read"] });
    expect((await key.client.get(`${KEYS}/allowed-permissions`)).body).toEqual({
      allowed_permissions: ["account:apikeys:create", "residential:read"],
    });
    const context = (await key.client.get(`${KEYS}/permission-context`)).body;
    expect(context.allowed_permissions).toEqual(["account:apikeys:create", "residential:read"]);
    expect(context.structure.product.map((product: { name: string }) => product.name)).toContain("serp_api");
  });
});

describe("Idempotency-Key", () => {
  const HEADERS = { "idempotency-key": "0123456789abcdef" };
  const BODY = { name: "once", permissions: ["residential:read"] };

  test("a retry makes nothing new and answers the same key without its token", async () => {
    const { client } = organization.owner;
    const first = await client.post(KEYS, BODY, HEADERS);
    const retry = await client.post(KEYS, BODY, HEADERS);
    expect(retry.status).toBe(201);
    expect(retry.headers.get("idempotent-replayed")).toBe("true");
    expect(retry.body).toEqual({ ...first.body, token: null });
    const { rows } = await getDb().pool.query("SELECT count(*)::int AS n FROM api_keys");
    expect(rows[0].n).toBe(1);
  });

  test("CC-07 the same key with another body is a conflict; a malformed one is named", async () => {
    const { client } = organization.owner;
    await client.post(KEYS, BODY, HEADERS);
    expect((await client.post(KEYS, { ...BODY, name: "two" }, HEADERS)).body.code).toBe("idempotency_conflict");
    for (const key of ["short", "x".repeat(129), "with a space 12345"]) {
      expect((await client.post(KEYS, BODY, { "idempotency-key": key })).status).toBe(422);
    }
  });

  test("CC-10 twenty at once make one key", async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => organization.owner.client.post(KEYS, BODY, HEADERS)),
    );
    expect(answers.filter((answer) => answer.body.token).length).toBe(1);
    for (const answer of answers) {
      const replayed = answer.status === 201 || answer.body.code === "idempotency_in_progress";
      expect(replayed, JSON.stringify(answer.body)).toBe(true);
    }
    const { rows } = await getDb().pool.query("SELECT count(*)::int AS n FROM api_keys");
    expect(rows[0].n).toBe(1);
  });

  test("after 24 hours the same key makes another one, though the record still stands, and counts from then on", async () => {
    const { client } = organization.owner;
    const first = await client.post(KEYS, BODY, HEADERS);
    const { rowCount } = await getDb().pool.query(
      "UPDATE idempotency_records SET created_at = now() - interval '24 hours 1 second'",
    );
    expect(rowCount).toBe(1);
    const other = { ...BODY, name: "a day later" };
    const second = await client.post(KEYS, other, HEADERS);
    expect(second.status).toBe(201);
    expect(second.body.token).toEqual(expect.any(String));
    expect(second.body.id).not.toBe(first.body.id);
    expect(second.headers.get("idempotent-replayed")).toBeNull();
    const retry = await client.post(KEYS, other, HEADERS);
    expect(retry.body).toEqual({ ...second.body, token: null });
    expect((await client.post(KEYS, BODY, HEADERS)).body.code).toBe("idempotency_conflict");
  });

  test("another principal's key of the same text is another key", async () => {
    const admin = await makeMember(organization, "admin");
    await organization.owner.client.post(KEYS, BODY, HEADERS);
    expect((await admin.client.post(KEYS, BODY, HEADERS)).body.token).toEqual(expect.any(String));
  });
});

async function makeSubaccounts(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i++) {
    const { body } = await organization.owner.client.post("/v4/account/subaccounts", { name: `Subaccount ${i}` });
    ids.push(body.id);
  }
  return ids;
}
