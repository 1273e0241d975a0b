import { expect, test } from "@playwright/test";
import { type Instance, OWNER_ENV, signInOverHttp, startInstance } from "@/lib/testing/instance";

const KEYS = "/v4/account/api-keys";

/** What a request answers, less what differs from one instance to the next. */
type Seen = {
  status: number;
  code?: string;
  contentType: string | null;
  cache: string | null;
  allow: string | null;
  challenge: string | null;
};

type Case = {
  name: string;
  path: string;
  init?: RequestInit;
  as?: "owner" | "key" | "nobody";
  expected: Partial<Seen>;
};

const json = (body: unknown, extra: Record<string, string> = {}): RequestInit => ({
  method: "POST",
  body: typeof body === "string" ? body : JSON.stringify(body),
  headers: { "content-type": "application/json", ...extra },
});
const GOOD = { name: "Another", permissions: ["residential:read"] };
const problem = "application/problem+json";

const CASES: Case[] = [
  {
    name: "lists keys for a token",
    path: KEYS,
    as: "key",
    expected: { status: 200, contentType: "application/json", cache: "no-store" },
  },
  { name: "lists keys for a session", path: KEYS, as: "owner", expected: { status: 200 } },
  { name: "creates a key", path: KEYS, as: "key", init: json(GOOD), expected: { status: 201, cache: "no-store" } },
  { name: "answers permission-context", path: `${KEYS}/permission-context`, as: "key", expected: { status: 200 } },
  { name: "answers allowed-permissions", path: `${KEYS}/allowed-permissions`, as: "key", expected: { status: 200 } },
  { name: "lists regions for a session", path: "/v4/account/regions", as: "owner", expected: { status: 200 } },
  { name: "lists members for a session", path: "/v4/account/members", as: "owner", expected: { status: 200 } },
  {
    name: "refuses members to a key",
    path: "/v4/account/members",
    as: "key",
    expected: { status: 403, code: "insufficient_permissions" },
  },
  {
    name: "asks for a credential",
    path: KEYS,
    as: "nobody",
    expected: { status: 401, code: "unauthenticated", challenge: 'Bearer realm="latchkey"' },
  },
  {
    name: "refuses an unknown token",
    path: KEYS,
    as: "nobody",
    init: { headers: { authorization: "Bearer lk_prod_nonsense" } },
    expected: { status: 401, code: "invalid_token", challenge: 'Bearer realm="latchkey", error="invalid_token"' },
  },
  {
    name: "refuses a field it does not know",
    path: KEYS,
    as: "key",
    init: json({ ...GOOD, allowed_ip: [] }),
    expected: { status: 422, code: "validation_failed", contentType: problem },
  },
  {
    name: "refuses what is no JSON",
    path: KEYS,
    as: "key",
    init: json("{"),
    expected: { status: 400, code: "invalid_json" },
  },
  {
    name: "refuses an empty body",
    path: KEYS,
    as: "key",
    init: { method: "POST" },
    expected: { status: 400, code: "invalid_json" },
  },
  {
    name: "refuses another content type",
    path: KEYS,
    as: "key",
    init: { method: "POST", body: "x=1", headers: { "content-type": "text/plain" } },
    expected: { status: 415, code: "unsupported_media_type" },
  },
  {
    name: "refuses a body over 64 KiB",
    path: KEYS,
    as: "key",
    init: json({ ...GOOD, name: "x".repeat(70_000) }),
    expected: { status: 413, code: "body_too_large" },
  },
  {
    name: "refuses a change from another origin",
    path: KEYS,
    as: "owner",
    init: json(GOOD, { origin: "https://evil.example" }),
    expected: { status: 403, code: "cross_origin" },
  },
  {
    name: "knows no such path",
    path: "/v4/nothing",
    as: "key",
    expected: { status: 404, code: "not_found", contentType: problem, cache: "no-store" },
  },
  {
    name: "knows no such path under /auth",
    path: "/auth/region/nothing",
    as: "key",
    expected: { status: 404, code: "not_found" },
  },
  {
    name: "does not redirect a trailing slash",
    path: `${KEYS}/`,
    as: "key",
    expected: { status: 404, code: "not_found" },
  },
  {
    name: "finds no key of this id",
    path: `${KEYS}/key_nowhere`,
    as: "key",
    expected: { status: 404, code: "not_found" },
  },
  {
    name: "names the methods",
    path: KEYS,
    as: "key",
    init: { method: "DELETE" },
    expected: { status: 405, code: "method_not_allowed", allow: "GET, HEAD, POST" },
  },
  {
    name: "refuses a forged cursor",
    path: `${KEYS}?cursor=x`,
    as: "key",
    expected: { status: 400, code: "invalid_cursor" },
  },
  { name: "shows a key its region", path: "/auth/regions/me", as: "key", expected: { status: 200, cache: "no-store" } },
  {
    name: "knows no region of a session",
    path: "/auth/regions/me",
    as: "owner",
    expected: { status: 403, code: "insufficient_permissions" },
  },
  {
    name: "creates a key in the region without a body",
    path: "/auth/region/api-keys",
    as: "key",
    init: { method: "POST" },
    expected: { status: 201, cache: "no-store" },
  },
  {
    name: "finds no key of this id in the region",
    path: "/auth/region/api-keys/key_nowhere",
    as: "key",
    init: { method: "DELETE" },
    expected: { status: 404, code: "not_found" },
  },
  { name: "verifies a token", path: "/v4/verify", as: "key", init: json({ token: "x" }), expected: { status: 200 } },
  {
    name: "refuses to verify without a token to verify",
    path: "/v4/verify",
    as: "key",
    init: json({}),
    expected: { status: 422, code: "validation_failed" },
  },
  {
    name: "authorizes a forwarded request",
    path: "/v4/authorize?permission=residential:read",
    as: "key",
    expected: { status: 200, cache: "no-store" },
  },
  ...["HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].map(
    (method): Case => ({
      name: `authorizes ${method} alike`,
      path: "/v4/authorize",
      as: "key",
      init: { method },
      expected: { status: 200, cache: "no-store" },
    }),
  ),
  {
    name: "authorizes an upload without reading it",
    path: "/v4/authorize",
    as: "key",
    init: { method: "PUT", body: "x".repeat(1_000_000), headers: { "content-type": "video/mp4" } },
    expected: { status: 200 },
  },
  {
    name: "authorizes nobody without a token",
    path: "/v4/authorize",
    as: "owner",
    expected: { status: 401, code: "unauthenticated", challenge: 'Bearer realm="latchkey"' },
  },
  {
    name: "does not authorize what the key lacks",
    path: "/v4/authorize?permission=residential:write",
    as: "key",
    expected: { status: 403, code: "insufficient_permissions", contentType: problem },
  },
  {
    name: "knows no such decision",
    path: "/v4/account/decisions/req_000000000000000000000000",
    as: "owner",
    expected: { status: 404, code: "not_found" },
  },
  {
    name: "answers each line of an import",
    path: `${KEYS}/import`,
    as: "owner",
    init: json({ keys: ["no key"] }),
    expected: { status: 200 },
  },
  {
    name: "takes an import of more than 64 KiB",
    path: `${KEYS}/import`,
    as: "owner",
    init: json({ keys: ["x".repeat(100_000)] }),
    expected: { status: 200 },
  },
  {
    name: "refuses an import over 512 KiB",
    path: `${KEYS}/import`,
    as: "owner",
    init: json({ keys: ["x".repeat(600_000)] }),
    expected: { status: 413, code: "body_too_large" },
  },
  {
    name: "is spent for set-up",
    path: "/v4/setup",
    as: "nobody",
    init: json({
      setup_token: "x",
      organization: "A",
      name: "B",
      email: "c@example.com",
      password: "four unrelated wooden spoons",
    }),
    expected: { status: 404, code: "not_found" },
  },
  {
    name: "shows its OpenAPI document",
    path: "/v4/openapi.json",
    as: "nobody",
    expected: { status: 200, contentType: "application/json" },
  },
  { name: "lives", path: "/healthz", as: "nobody", expected: { status: 200 } },
  { name: "is ready", path: "/readyz", as: "nobody", expected: { status: 200 } },
  {
    name: "shows no metrics unless told to",
    path: "/metrics",
    as: "nobody",
    expected: { status: 404, code: "not_found" },
  },
];

for (const [mount, args] of [
  ["the fast lane", []],
  ["Next", ["--no-fast-lane"]],
] as const) {
  test.describe(`the API through ${mount}`, () => {
    let instance: Instance;
    let cookie: string;
    let token: string;

    test.beforeAll(async () => {
      instance = await startInstance({ args: [...args], env: OWNER_ENV });
      cookie = await signInOverHttp(instance.url);
      const permissions = [
        ...["create", "read", "delete", "verify"].map((action) => `account:apikeys:${action}`),
        "residential:read",
      ];
      const made = await fetch(
        instance.url + KEYS,
        json({ name: "Contract", permissions }, { cookie, origin: instance.url }),
      );
      token = ((await made.json()) as { token: string }).token;
    });
    test.afterAll(() => instance.stop());

    const identity = (as: Case["as"]): Record<string, string> => {
      if (as === "owner") return { cookie, origin: instance.url, "sec-fetch-site": "same-origin" };
      return as === "key" ? { authorization: `Bearer ${token}` } : {};
    };

    for (const { name, path, init = {}, as, expected } of CASES) {
      test(name, async () => {
        const headers = { ...identity(as), ...(init.headers as Record<string, string> | undefined) };
        const response = await fetch(instance.url + path, { ...init, headers, redirect: "manual" });
        const text = await response.text();
        const body = response.headers.get("content-type")?.includes("json") ? JSON.parse(text) : {};
        const seen: Seen = {
          status: response.status,
          code: body.code,
          contentType: response.headers.get("content-type"),
          cache: response.headers.get("cache-control"),
          allow: response.headers.get("allow"),
          challenge: response.headers.get("www-authenticate"),
        };
        expect(seen).toMatchObject(expected);
        expect(response.headers.get("x-request-id")).toMatch(/^req_/);
        expect(response.headers.get("x-content-type-options")).toBe("nosniff");
        expect(response.headers.get("x-powered-by")).toBeNull();
        if (response.status >= 400) expect(body.request_id).toBe(response.headers.get("x-request-id"));
      });
    }

    test("IP-02 IP-04 judges the socket's own address, whatever the headers say", async () => {
      const make = async (allowed_ips: string[]) => {
        const body = { name: "Here", permissions: ["account:apikeys:read"], allowed_ips };
        const made = await fetch(instance.url + KEYS, json(body, { cookie, origin: instance.url }));
        return ((await made.json()) as { token: string }).token;
      };
      const [here, elsewhere] = [await make(["127.0.0.1"]), await make(["198.51.100.7"])];
      const read = (bearer: string) =>
        fetch(instance.url + KEYS, {
          headers: {
            authorization: `Bearer ${bearer}`,
            "x-forwarded-for": "198.51.100.7",
            "x-latchkey-peer": "x.198.51.100.7",
          },
        });
      expect((await read(here)).status).toBe(200);
      expect((await read(elsewhere)).status).toBe(403);
    });

    test("IP-05 authorize judges the socket's address, names the client, and says why it denied", async () => {
      const body = { name: "Client", permissions: ["residential:read"], allowed_ips: ["127.0.0.1"] };
      const made = await fetch(instance.url + KEYS, json(body, { cookie, origin: instance.url }));
      const client = (await made.json()) as { id: string; token: string };
      const ask = (query: string) =>
        fetch(`${instance.url}/v4/authorize${query}`, {
          headers: { "x-api-key": client.token, "x-forwarded-for": "198.51.100.7" },
        });
      const allowed = await ask("?permission=residential:read");
      expect([allowed.status, allowed.headers.get("x-latchkey-key-id")]).toEqual([200, client.id]);
      expect(allowed.headers.get("x-latchkey-subaccounts")).toBe("*");
      const denied = await ask("?permission=residential:read&permission=residential:write");
      expect(denied.status).toBe(403);
      const id = denied.headers.get("x-request-id");
      const why = await fetch(`${instance.url}/v4/account/decisions/${id}`, { headers: { cookie } });
      expect(await why.json()).toMatchObject({
        code: "INSUFFICIENT_PERMISSIONS",
        api_key_id: client.id,
        ip: "127.0.0.1",
      });
    });

    test("two keys that delete each other at once leave exactly one", async () => {
      const region = await fetch(
        `${instance.url}/v4/account/regions`,
        json({ name: `Race ${Date.now()}` }, { cookie, origin: instance.url }),
      );
      const { id: region_id } = (await region.json()) as { id: string };
      const make = async () => {
        const body = { name: "Racer", region_id, permissions: ["account:apikeys:read", "account:apikeys:delete"] };
        const made = await fetch(instance.url + KEYS, json(body, { cookie, origin: instance.url }));
        return (await made.json()) as { id: string; token: string };
      };
      const [a, b] = [await make(), await make()];
      const end = (by: typeof a, target: typeof a) =>
        fetch(`${instance.url}/auth/region/api-keys/${target.id}`, {
          method: "DELETE",
          headers: { authorization: `Bearer ${by.token}` },
        });
      const statuses = (await Promise.all([end(a, b), end(b, a)])).map(({ status }) => status);
      expect(statuses.sort()).toEqual([204, 401]);
    });

    test("regenerate: the old token fails at the next request and the new one works", async () => {
      const made = await fetch(
        instance.url + KEYS,
        json({ name: "Old", permissions: ["account:apikeys:read"] }, { cookie, origin: instance.url }),
      );
      const old = (await made.json()) as { id: string; token: string };
      const again = await fetch(`${instance.url}${KEYS}/${old.id}/regenerate`, {
        method: "POST",
        headers: { cookie, origin: instance.url },
      });
      expect(again.status).toBe(200);
      const { token: fresh } = (await again.json()) as { token: string };
      const statusOf = async (bearer: string) =>
        (await fetch(instance.url + KEYS, { headers: { authorization: `Bearer ${bearer}` } })).status;
      expect([await statusOf(old.token), await statusOf(fresh)]).toEqual([401, 200]);
    });
  });
}
