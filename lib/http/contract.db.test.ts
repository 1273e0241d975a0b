import { beforeAll, describe, expect, test, vi } from "vitest";
import { getDb } from "@/lib/db";
import { ENDPOINTS } from "@/lib/http/endpoints";
import { apiClient } from "@/lib/testing/client";
import { truncateAll } from "@/lib/testing/database";
import { makeKey, makeOrganization, type TestKey, type TestOrganization } from "@/lib/testing/factories";

const KEYS = "/v4/account/api-keys";

let organization: TestOrganization;
let key: TestKey;
beforeAll(async () => {
  await truncateAll();
  organization = await makeOrganization();
  key = await makeKey(organization);
});

describe("every answer", () => {
  test.each([
    "/v4",
    "/v4/nothing",
    "/v4/account/api-keys/a/b/c",
    "/v4//account/api-keys",
    "/V4/account/api-keys",
    `${KEYS}/`,
    "/auth/region/nothing",
  ])("HD-01 HD-08 %s is a 404 problem, not a redirect and not HTML", async (path) => {
    const { status, headers, body } = await key.client.get(path);
    expect([status, body.code]).toEqual([404, "not_found"]);
    expect(headers.get("content-type")).toBe("application/problem+json");
    expect(headers.get("cache-control")).toBe("no-store");
  });

  test("HD-02 HD-03 an unsupported method is 405 with Allow", async () => {
    for (const method of ["PATCH", "OPTIONS", "PROPFIND", "FOO"]) {
      const { status, headers, body } = await key.client.send(method, KEYS);
      expect([method, status, body.code]).toEqual([method, 405, "method_not_allowed"]);
      expect(headers.get("allow")).toBe("GET, HEAD, POST");
    }
    expect((await key.client.send("POST", `${KEYS}/${key.id}`)).headers.get("allow")).toBe(
      "DELETE, GET, HEAD, PATCH, PUT",
    );
  });

  test("/v4/authorize judges every method alike, as gateways pass them on", async () => {
    for (const method of ["GET", "POST", "OPTIONS", "PROPFIND", "QUERY"]) {
      expect([method, (await key.client.send(method, "/v4/authorize")).status]).toEqual([method, 200]);
    }
  });

  test("HD-06 a credential that is no Bearer token is an unusable one at /v4/authorize too", async () => {
    const { status, headers } = await apiClient().get("/v4/authorize", { authorization: "Basic eDp5" });
    expect([status, headers.get("www-authenticate")]).toEqual([401, 'Bearer realm="latchkey", error="invalid_token"']);
  });

  test.each(["Bearer", "Bearer a, Bearer b", "bearer\ta"])(
    "AN-06 a Bearer credential that cannot be read (%s) is judged, whatever stands beside it",
    async (authorization) => {
      for (const path of [KEYS, "/v4/authorize"]) {
        expect((await apiClient().get(path, { authorization, "x-api-key": key.token })).status).toBe(401);
      }
    },
  );

  test("another scheme beside a token may be meant for the service behind a gateway", async () => {
    const headers = { authorization: "Basic eDp5", "x-api-key": key.token };
    expect((await apiClient().get("/v4/authorize", headers)).status).toBe(200);
  });

  test("IV-10 what an endpoint does not take is refused, in the body and in the query", async () => {
    const { client } = key;
    const other = await makeKey(organization);
    const at = `${KEYS}/${other.id}`;
    for (const [method, path, body] of [
      ["DELETE", at, { purge: true }],
      ["DELETE", `${at}/grace-period`, { now: true }],
      ["POST", `${KEYS}?dry_run=true`, { name: "x", permissions: ["residential:read"] }],
      ["GET", `${KEYS}/allowed-permissions?of=x`, undefined],
    ] as const) {
      const answer = await client.send(method, path, { body });
      expect([path, answer.status, answer.body.errors[0].code]).toEqual([path, 422, "unknown_field"]);
    }
    expect((await client.send("DELETE", at, { text: "not json" })).status).toBe(400);
    expect((await client.send("DELETE", at, { text: "x".repeat(70_000) })).status).toBe(413);
    expect((await client.send("DELETE", at, { body: {} })).status).toBe(204);
  });

  test("SH-13 refusals of what changes many keys are written down, as those of one", async () => {
    const { client } = await makeKey(organization, { permissions: ["account:apikeys:read"] });
    await client.post(`${KEYS}/bulk`, { action: "revoke", ids: [key.id] });
    await client.post(`${KEYS}/import`, { keys: [{}] });
    await client.post(`${KEYS}/revoke-by-date`, { issued_after: 1 });
    const sql =
      "SELECT action FROM audit_events WHERE outcome = 'denied' AND principal_type = 'api_key' ORDER BY at, id";
    const { rows } = await getDb().pool.query(sql);
    expect(rows.map(({ action }) => action)).toEqual(["api_key.revoked", "api_key.created", "api_key.revoked"]);
  });

  test("PZ-27 a method in a header or a parameter is not the method", async () => {
    const { status } = await key.client.get(`${KEYS}/${key.id}?_method=DELETE`, { "x-http-method-override": "DELETE" });
    expect(status).toBe(422);
    expect((await key.client.get(`${KEYS}/${key.id}`, { "x-http-method-override": "DELETE" })).status).toBe(200);
  });

  test("HD-10 HEAD answers like GET, without a body", async () => {
    const { status, body, headers } = await key.client.send("HEAD", `${KEYS}/${key.id}`);
    expect([status, body]).toEqual([200, ""]);
    expect(headers.get("etag")).toBe('"1"');
  });

  test.each(
    ENDPOINTS.filter((endpoint) => endpoint.input.body && endpoint.kind === "principal").map((endpoint) => [
      endpoint.method,
      endpoint.path,
    ]),
  )("IV-01 IV-02 IV-03 DS-11 %s %s takes one JSON object and nothing else", async (method, path) => {
    const { client } = organization.owner;
    const at = path.replace("{id}", key.id);
    for (const text of ["{", "not json", "\uFEFF{}", '{"name": "x",}', "null", "[]", '"x"', "7"]) {
      const { status, body } = await client.send(method, at, { text });
      expect([text, status, body.code]).toEqual([text, 400, "invalid_json"]);
    }
    for (const [type, code] of [
      ["text/plain", "cross_origin"],
      ["application/x-www-form-urlencoded", "cross_origin"],
      ["application/json; charset=utf-16", "unsupported_media_type"],
    ]) {
      const { body } = await client.send(method, at, { text: "{}", headers: { "content-type": type ?? "" } });
      expect([type, body.code]).toEqual([type, code]);
    }
    expect((await client.send(method, at, { text: "{}", headers: { "content-encoding": "gzip" } })).body.code).toBe(
      "unsupported_media_type",
    );
  });

  test("DS-01 DS-02 a body over 64 KiB is 413, and deep nesting is answered at once", async () => {
    const large = await key.client.post(KEYS, { name: "x".repeat(70_000) });
    expect([large.status, large.body.code]).toEqual([413, "body_too_large"]);
    const started = performance.now();
    const deep = await key.client.send("POST", KEYS, { text: `{"name":${"[".repeat(30_000)}${"]".repeat(30_000)}}` });
    expect(deep.status).toBe(422);
    // Far above what it takes and far below what quadratic work would: a busy machine fails nothing.
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  test("IV-12 ids that cannot exist are 404, whatever they hold", async () => {
    for (const id of [
      "..%2f",
      "%00",
      "key_%00",
      "x".repeat(10_000),
      "%F0%9F%94%91",
      "key[]",
      "%",
      "a%2Fb",
      "__proto__",
    ]) {
      for (const method of ["GET", "DELETE"]) {
        const { status, body } = await key.client.send(method, `${KEYS}/${id}`);
        expect([id.slice(0, 20), status, body.code]).toEqual([id.slice(0, 20), 404, "not_found"]);
      }
    }
  });

  test("IV-10 IV-11 unknown members are named by their pointer, dangerous names too", async () => {
    const { body } = await key.client.send("POST", KEYS, {
      text: '{"name":"x","permissions":["residential:read"],"__proto__":{"a":1},"a/b~c":1}',
    });
    expect(body.code).toBe("validation_failed");
    expect(body.errors).toContainEqual({
      pointer: "/a~1b~0c",
      code: "unknown_field",
      detail: 'There is no field named "a/b~c".',
    });
  });

  test("AN-28 PZ-30 objects where text belongs never reach the database", async () => {
    for (const name of [{ contains: "" }, ["x"], 7, true]) {
      expect((await key.client.post(KEYS, { name, permissions: ["residential:read"] })).status).toBe(422);
    }
    expect((await apiClient().post(KEYS, { created_by: organization.owner.id })).status).toBe(401);
  });

  test("IV-07 hostile text is stored verbatim", async () => {
    for (const name of [
      "<img src=x onerror=alert(1)>",
      "{{7*7}}",
      "=cmd|' /C calc'!A0",
      "../../etc/passwd",
      "Robert'); DROP TABLE api_keys;--",
    ]) {
      const { status, body } = await organization.owner.client.post(KEYS, { name, permissions: ["residential:read"] });
      expect([status, body.name]).toEqual([201, name]);
    }
  });

  test("DS-07 a principal past its quota gets 429, and others do not", async () => {
    const { consume } = await import("@/lib/http/rate-limit");
    const busy = await makeKey(organization);
    const fine = await busy.client.get(KEYS);
    expect(fine.headers.get("ratelimit-policy")).toBe('"key";q=6000;w=60');
    for (let i = 0; i < 5_999; i++) consume("key", busy.id);
    const limited = await busy.client.get(KEYS);
    expect([limited.status, limited.body.code]).toEqual([429, "rate_limited"]);
    expect(limited.headers.get("ratelimit")).toMatch(/^"key";r=0;t=\d+$/);
    expect((await key.client.get(KEYS)).status).toBe(200);
  });

  test("DB-09 HD-07 a failure inside is 500 with a request id and nothing else", async () => {
    const failing = vi
      .spyOn(getDb().pool, "query")
      .mockImplementation(
        () => Promise.reject(new Error('relation "secret_table" does not exist at /srv/app/db.ts')) as never,
      );
    try {
      const { status, headers, body } = await key.client.get(KEYS);
      expect(status).toBe(500);
      expect(Object.keys(body).sort()).toEqual(["code", "detail", "request_id", "status", "title", "type"]);
      expect(body.request_id).toBe(headers.get("x-request-id"));
      expect(JSON.stringify(body)).not.toMatch(/secret_table|srv/);
    } finally {
      failing.mockRestore();
    }
  });

  test("DB-03 a database that is away is 503 with Retry-After, never 401", async () => {
    const refused = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
    const failing = vi.spyOn(getDb().pool, "query").mockImplementation(() => Promise.reject(refused) as never);
    try {
      for (const client of [key.client, organization.owner.client]) {
        const { status, headers, body } = await client.get(KEYS);
        expect([status, body.code]).toEqual([503, "unavailable"]);
        expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
      }
      expect((await apiClient().get("/healthz")).status).toBe(200);
      expect((await apiClient().get("/readyz")).status).toBe(503);
    } finally {
      failing.mockRestore();
    }
    expect((await apiClient().get("/readyz")).body).toEqual({ status: "ok" });
  });
});

describe("GET /v4/openapi.json", () => {
  test("lists every endpoint with its schemas, and needs no credential", async () => {
    const { status, body } = await apiClient().get("/v4/openapi.json");
    expect([status, body.openapi]).toEqual([200, "3.1.1"]);
    for (const { method, path } of ENDPOINTS.filter((endpoint) => endpoint.path.startsWith("/v4/account"))) {
      expect(body.paths[path]?.[method.toLowerCase()]?.responses, `${method} ${path}`).toBeDefined();
    }
    const create = body.paths["/v4/account/api-keys"].post;
    expect(create.parameters.map((one: { name: string }) => one.name)).toEqual(["Idempotency-Key"]);
    expect(body.paths["/v4/account/api-keys/{id}"].put.parameters.map((one: { name: string }) => one.name)).toEqual([
      "id",
      "If-Match",
    ]);
    expect(create.security).toContainEqual({ bearer: [] });
    expect(body.paths["/v4/account/members"].get.security).toEqual([{ session: [] }]);
    expect(body.paths["/v4/setup"].post.security).toEqual([]);
    expect(body.components.schemas.ApiKey.properties.token).toBeUndefined();
    expect(body.components.schemas.CreateApiKey.additionalProperties).toBe(false);
    const ids = Object.values(body.paths).flatMap((path) =>
      Object.values(path as object).map((operation) => operation.operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });
});
