import { beforeAll, describe, expect, test, vi } from "vitest";
import { generateToken } from "@/lib/api-keys/token";
import { getDb } from "@/lib/db";
import { apiClient } from "@/lib/testing/client";
import { truncateAll } from "@/lib/testing/database";
import { makeKey, makeOrganization, type TestKey, type TestOrganization } from "@/lib/testing/factories";

const AUTHORIZE = "/v4/authorize";

let organization: TestOrganization;
let key: TestKey;
beforeAll(async () => {
  await truncateAll();
  organization = await makeOrganization();
  key = await makeKey(organization, {
    permissions: ["residential:read", "residential:write"],
    scopes: [{ action: "read", resource: "PLACE/*" }],
  });
});

const set = (assignment: string, id: string) =>
  getDb().pool.query(`UPDATE api_keys SET ${assignment} WHERE id = $1`, [id]);

describe("/v4/authorize", () => {
  test("HD-10 every method is answered alike, with who the client is, and the body is not read", async () => {
    const identity = {
      "x-latchkey-key-id": key.id,
      "x-latchkey-organization-id": organization.id,
      "x-latchkey-environment": "production",
      "x-latchkey-region-id": organization.regionId,
      "x-latchkey-subaccounts": "*",
    };
    for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"]) {
      const sent =
        method === "GET" || method === "HEAD" ? {} : { text: "not json", headers: { "content-type": "x/y" } };
      const { status, headers, body } = await key.client.send(method, `${AUTHORIZE}?permission=residential:read`, sent);
      expect([method, status, body]).toEqual([method, 200, ""]);
      expect(Object.fromEntries(headers)).toMatchObject({ ...identity, "cache-control": "no-store" });
    }
  });

  test("names the subaccounts, and none as none, so that no absent header reads as no limit", async () => {
    const { client } = organization.owner;
    const made = await Promise.all(["A", "B"].map((name) => client.post("/v4/account/subaccounts", { name })));
    const ids = made.map(({ body }) => body.id);
    const limited = await makeKey(organization, { allowed_subaccounts: ids });
    const { headers } = await limited.client.get(AUTHORIZE);
    expect(headers.get("x-latchkey-subaccounts")).toBe(ids.join(","));
    for (const id of ids) await client.delete(`/v4/account/subaccounts/${id}`);
    expect((await limited.client.get(AUTHORIZE)).headers.get("x-latchkey-subaccounts")).toBe("none");
    expect((await limited.client.get(`${AUTHORIZE}?subaccount=${ids[0]}`)).status).toBe(403);
  });

  test("AN-01 AN-02 AN-05 without a token it is 401, and a session is no token", async () => {
    const anonymous = await apiClient().get(AUTHORIZE);
    expect([anonymous.status, anonymous.body.code]).toEqual([401, "unauthenticated"]);
    expect(anonymous.headers.get("www-authenticate")).toBe('Bearer realm="latchkey"');
    expect((await organization.owner.client.get(AUTHORIZE)).status).toBe(401);
    expect((await apiClient().get(`${AUTHORIZE}?token=${key.token}`)).status).toBe(401);
    expect((await apiClient().get(AUTHORIZE, { "x-api-key": key.token })).status).toBe(200);
    expect((await apiClient().get(AUTHORIZE, { "api-token": key.token })).status).toBe(200);
    expect((await key.client.get(AUTHORIZE, { "x-api-key": generateToken("production") })).body.code).toBe(
      "ambiguous_credentials",
    );
  });

  test("AN-03 AN-12 unknown, inactive, and of another environment or region look the same", async () => {
    const [disabled, expired, revoked] = [
      await makeKey(organization),
      await makeKey(organization),
      await makeKey(organization),
    ];
    await set("disabled_at = now()", disabled.id);
    await set("expires_at = now()", expired.id);
    await set("revoked_at = now()", revoked.id);
    const cases: [string, string][] = [
      ["lk_prod_nonsense", ""],
      [generateToken("production"), ""],
      [disabled.token, ""],
      [expired.token, ""],
      [revoked.token, ""],
      [key.token, "?environment=preview"],
      [key.token, "?region_id=reg_nowhere"],
    ];
    const answers = await Promise.all(cases.map(([token, query]) => apiClient({ token }).get(AUTHORIZE + query)));
    for (const { status, headers, body } of answers) {
      expect([status, body.code]).toEqual([401, "invalid_token"]);
      expect(headers.get("www-authenticate")).toBe('Bearer realm="latchkey", error="invalid_token"');
      expect(headers.get("x-latchkey-key-id")).toBeNull();
      expect({ ...body, request_id: "" }).toEqual({ ...answers[0]?.body, request_id: "" });
    }
    const fine = `?environment=production&region_id=${organization.regionId}`;
    expect((await key.client.get(AUTHORIZE + fine)).status).toBe(200);
  });

  test("AN-17 a key of a disabled organization is 401", async () => {
    const other = await makeOrganization();
    const theirs = await makeKey(other);
    expect((await theirs.client.get(AUTHORIZE)).status).toBe(200);
    await getDb().pool.query("UPDATE organizations SET disabled_at = now() WHERE id = $1", [other.id]);
    expect((await theirs.client.get(AUTHORIZE)).body.code).toBe("invalid_token");
  });

  test("HD-06 what a good token may not do is 403 and names what is missing", async () => {
    const several = "?permission=residential:read&permission=serp_api:read&permission=serp_api:write";
    const { status, headers, body } = await key.client.get(AUTHORIZE + several);
    expect([status, body.code, body.detail]).toEqual([
      403,
      "insufficient_permissions",
      "The key lacks serp_api:read, serp_api:write.",
    ]);
    expect(headers.get("www-authenticate")).toContain('scope="serp_api:read serp_api:write"');
    for (const query of ["?action=write&resource=PLACE/1", "?action=read&resource=OTHER", "?subaccount=sub_nowhere"]) {
      expect((await key.client.get(AUTHORIZE + query)).body.code).toBe("insufficient_permissions");
    }
    expect((await key.client.get(`${AUTHORIZE}?action=read&resource=PLACE/1`)).status).toBe(200);
  });

  test("IP-01 IP-15 an address outside the rules is 403 before any other word, and the rules are not told", async () => {
    const restricted = await makeKey(organization, { allowed_ips: ["198.51.100.0/24"] });
    const outside = apiClient({ token: restricted.token, ip: "203.0.113.7" });
    for (const query of ["", "?permission=serp_api:read", "?nonsense=1"]) {
      const { status, body } = await outside.get(AUTHORIZE + query);
      expect([status, body.code]).toEqual([403, "ip_not_allowed"]);
      expect(JSON.stringify(body)).not.toContain("198.51.100");
    }
    expect((await apiClient({ token: restricted.token, ip: "198.51.100.9" }).get(AUTHORIZE)).status).toBe(200);
  });

  test("requirements that cannot be read allow nobody: 422 with a good token, 401 without", async () => {
    for (const query of [
      "?permision=residential:read",
      "?permission=Residential",
      "?permission=",
      "?environment=stage",
      "?environment=production&environment=production",
      "?action=read",
      "?resource=PLACE/1",
      "?action=read&resource=a//b",
    ]) {
      const { status, body } = await key.client.get(AUTHORIZE + query);
      expect([query, status, body.code]).toEqual([query, 422, "validation_failed"]);
      expect((await apiClient({ token: generateToken("preview") }).get(AUTHORIZE + query)).status).toBe(401);
    }
  });

  test("one statement, none for a malformed token, and no limit on a client's traffic", async () => {
    await key.client.get(AUTHORIZE);
    // Again where what is written each second came in between: what a check itself sends, it sends every time.
    await vi.waitFor(async () => {
      const statements = vi.spyOn(getDb().pool, "query");
      try {
        const { headers } = await key.client.get(`${AUTHORIZE}?permission=residential:read`);
        expect(statements).toHaveBeenCalledTimes(1);
        expect((await apiClient({ token: `${key.token}x` }).get(AUTHORIZE)).status).toBe(401);
        expect(statements).toHaveBeenCalledTimes(1);
        expect(headers.get("ratelimit-policy")).toBeNull();
      } finally {
        statements.mockRestore();
      }
    }, 10_000);
  });

  test("DB-03 a database that is away is 503, never 401", async () => {
    const refused = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
    const failing = vi.spyOn(getDb().pool, "query").mockImplementation(() => Promise.reject(refused) as never);
    const { status } = await key.client.get(AUTHORIZE);
    failing.mockRestore();
    expect(status).toBe(503);
  });
});
