import { expect, test } from "@playwright/test";
import { GATEWAYS, type Gateway, startGateway } from "@/e2e/gateways/gateways";
import {
  CLIENT,
  type Got,
  type Headers,
  type Reached,
  type Sent,
  type Service,
  send,
  startService,
} from "@/e2e/gateways/service";
import { asMember, createKey, type Traffic } from "@/e2e/traffic";
import { type Instance, OWNER_ENV, signInOverHttp, startInstance } from "@/lib/testing/instance";

// The files under docs/gateways, as they are, in the real programs, in front of the production build and a service.
// They require residential:read to read and residential:write for the rest, of a production key.

const KEYS = "/v4/account/api-keys";
const IDENTITY = ["key-id", "organization-id", "environment", "region-id", "subaccounts"].map(
  (name) => `x-latchkey-${name}`,
);

const wrongToken = `lk_prod_${"A".repeat(49)}`;

let instance: Instance;
let isRunning = false;
let service: Service;
let cookie = "";
let reader: Traffic;
let writer: Traffic;
const manySubaccounts: string[] = [];
const gateways = new Map<string, Gateway>();

test.describe.configure({ timeout: 60_000 });
test.beforeAll(async () => {
  test.setTimeout(300_000);
  instance = await startInstance({ env: { ...OWNER_ENV, LATCHKEY_TRUSTED_PROXIES: "127.0.0.1" } });
  isRunning = true;
  cookie = await signInOverHttp(instance.url);
  reader = await newKey("Reader", ["residential:read"]);
  writer = await newKey("Writer", ["residential:read", "residential:write"]);
  for (let i = 0; i < 400; i += 50) {
    const made = Array.from({ length: 50 }, (_, n) =>
      asMember(instance, cookie, "POST", "/v4/account/subaccounts", { name: `Customer ${i + n}` }),
    );
    for (const { body } of await Promise.all(made)) manySubaccounts.push(body.id);
  }
  service = await startService();
  const ports = { latchkey: Number(new URL(instance.url).port), service: service.port };
  for (const kind of GATEWAYS) {
    const gateway = await startGateway(kind, ports);
    if (gateway) gateways.set(kind.name, gateway);
    else console.warn(`  SKIPPED: ${kind.name} is not installed, and apt-get could not fetch it.`);
  }
});
test.afterAll(async () => {
  for (const gateway of gateways.values()) await gateway.stop();
  service?.stop();
  if (isRunning) await instance.stop();
});

for (const { name } of GATEWAYS) {
  test.describe(name, () => {
    test.beforeEach(() => test.skip(!gateways.has(name), `${name} cannot be had on this machine.`));

    test("a good token passes, and the service learns whose it is but not the token", async () => {
      const places: Headers[] = [bearer(reader), { "X-API-Key": reader.token }, { "api-token": reader.token }];
      for (const headers of places) {
        const got = await through(name, { path: "/orders?page=2&permission=x", headers });
        expect(got.status, got.text).toBe(200);
        const reached = received(got);
        expect(reached.url).toBe("/orders?page=2&permission=x");
        expect(reached.headers["x-latchkey-key-id"]).toBe(reader.id);
        expect(reached.headers["x-latchkey-environment"]).toBe("production");
        expect(reached.headers["x-latchkey-organization-id"]).toMatch(/^org_/);
        expect(reached.headers["x-latchkey-region-id"]).toMatch(/^reg_/);
        expect(reached.headers["x-latchkey-subaccounts"]).toBe("*");
        expect(got.text).not.toContain(reader.token);
      }
    });

    test("a key limited to 400 subaccounts passes, and the service learns all of them", async () => {
      const limited = await newKey("Many subaccounts", ["residential:read"], { allowed_subaccounts: manySubaccounts });
      const got = await through(name, { headers: bearer(limited) });
      expect(got.status, got.text.slice(0, 500)).toBe(200);
      expect(String(received(got).headers["x-latchkey-subaccounts"]).split(",")).toHaveLength(400);
    });

    test("the handshake of a WebSocket is judged like any request", async () => {
      const upgrade = { connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13" };
      const headers = { ...upgrade, "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" };
      const got = await through(name, { headers: { ...bearer(reader), ...headers } });
      expect(got.status, got.text).toBe(200);
      expect((await denied(name, { headers })).status).toBe(401);
    });

    test("a body reaches the service whole, and writing needs the permission for it", async () => {
      const body = JSON.stringify({ text: "ä".repeat(200_000) });
      const headers = { ...bearer(writer), "content-type": "application/json" };
      for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
        const got = await through(name, { method, headers, body });
        expect(got.status, got.text.slice(0, 500)).toBe(200);
        expect(received(got).method).toBe(method);
        expect(received(got).body).toBe(body);
      }
      const chunked = { ...headers, "transfer-encoding": "chunked" };
      expect(received(await through(name, { method: "POST", headers: chunked, body })).body).toBe(body);
    });

    test("AN-01 without a token: 401 with the problem and the challenge", async () => {
      const got = await denied(name, {});
      expectProblem(got, 401, "unauthenticated");
      expect(got.headers["www-authenticate"]).toBe('Bearer realm="latchkey"');
    });

    test("AN-03 with a token that is no key's: 401 invalid_token", async () => {
      for (const token of [wrongToken, "x", `${reader.token}x`]) {
        const got = await denied(name, { headers: { authorization: `Bearer ${token}` } });
        expectProblem(got, 401, "invalid_token");
        expect(got.headers["www-authenticate"]).toBe('Bearer realm="latchkey", error="invalid_token"');
      }
    });

    test("AN-06 two tokens at once are refused", async () => {
      const got = await denied(name, { headers: { ...bearer(reader), "X-API-Key": writer.token } });
      expectProblem(got, 400, "ambiguous_credentials");
      await denied(name, { headers: { authorization: [`Bearer ${wrongToken}`, `Bearer ${reader.token}`] } });
    });

    test("PZ-01 without the permission: 403 that names it", async () => {
      const got = await denied(name, { method: "POST", headers: bearer(reader), body: "x" });
      expectProblem(got, 403, "insufficient_permissions");
      expect(problemOf(got).detail).toBe("The key lacks residential:write.");
      expect(got.headers["www-authenticate"]).toBe(
        'Bearer realm="latchkey", error="insufficient_scope", scope="residential:write"',
      );
    });

    test("AN-12 a key of the other environment is refused", async () => {
      const preview = await newKey("Preview", ["residential:read"], { environment: "preview" });
      expectProblem(await denied(name, { headers: bearer(preview) }), 401, "invalid_token");
    });

    test("identity headers that a client sends never arrive", async () => {
      const forged = Object.fromEntries(IDENTITY.map((header) => [header, "forged"]));
      // Behind CGI and WSGI an underscore and a hyphen are the same.
      const twins = Object.fromEntries(IDENTITY.map((header) => [header.replaceAll("-", "_"), "forged"]));
      const got = await through(name, { headers: { ...bearer(reader), ...forged, ...twins } });
      expect(got.status, got.text).toBe(200);
      const reached = received(got);
      expect(reached.headers["x-latchkey-key-id"]).toBe(reader.id);
      expect(reached.names.filter((header) => /^x[-_]latchkey[-_]/.test(header)).sort()).toEqual([...IDENTITY].sort());
      for (const header of IDENTITY) expect(reached.headers[header]).not.toContain("forged");
      await denied(name, { headers: forged });
    });

    test("nor do they sent twice, in odd case, or with some of the hyphens as underscores", async () => {
      const twice = Object.fromEntries(IDENTITY.map((header) => [header.toUpperCase(), ["forged", "forged"]]));
      const mixed = IDENTITY.flatMap((header) => [
        [header.replace("-", "_"), "forged"],
        [header.replace(/-([^-]*)$/, "_$1"), "forged"],
        [`X_LATCHKEY-${header.slice(11)}`, "forged"],
      ]);
      for (const forged of [twice, Object.fromEntries(mixed)]) {
        const got = await through(name, { headers: { ...bearer(reader), ...forged } });
        expect(got.status, got.text).toBe(200);
        const reached = received(got);
        const looksAlike = reached.names.filter((header) => IDENTITY.includes(header.replaceAll("_", "-")));
        expect(looksAlike.sort()).toEqual([...IDENTITY].sort());
        expect(JSON.stringify(reached.headers)).not.toContain("forged");
      }
    });

    test(`a name that Latchkey does not send ${name === "nginx" ? "passes" : "is removed too"}`, async () => {
      const got = await through(name, { headers: { ...bearer(reader), "X-Latchkey-Role": "owner" } });
      expect(received(got).headers["x-latchkey-role"]).toBe(name === "nginx" ? "owner" : undefined);
    });

    test("IP-05 address rules see the client's own address, whatever it claims", async () => {
      const here = await newKey("Here", ["residential:read"], { allowed_ips: [CLIENT] });
      const elsewhere = await newKey("Elsewhere", ["residential:read"], { allowed_ips: ["203.0.113.0/24"] });
      expect((await through(name, { headers: bearer(here) })).status).toBe(200);
      const claims: Headers[] = [
        {},
        { "x-forwarded-for": "203.0.113.9" },
        { "x-forwarded-for": "203.0.113.9, 127.0.0.1" },
        { "x-forwarded-for": ["203.0.113.9", "203.0.113.9"] },
        { "x-real-ip": "203.0.113.9", forwarded: "for=203.0.113.9", "cf-connecting-ip": "203.0.113.9" },
      ];
      for (const claim of claims) {
        const got = await denied(name, { headers: { ...bearer(elsewhere), ...claim } });
        expectProblem(got, 403, "ip_not_allowed");
        expect((await through(name, { headers: { ...bearer(here), ...claim } })).status).toBe(200);
      }
    });

    test("AN-13 AN-14 a key that is switched off or revoked is refused at the next request", async () => {
      const key = await newKey("Leaver", ["residential:read"]);
      expect((await through(name, { headers: bearer(key) })).status).toBe(200);
      await asMember(instance, cookie, "PATCH", `${KEYS}/${key.id}`, { is_active: false });
      expectProblem(await denied(name, { headers: bearer(key) }), 401, "invalid_token");
      await asMember(instance, cookie, "PATCH", `${KEYS}/${key.id}`, { is_active: true });
      expect((await through(name, { headers: bearer(key) })).status).toBe(200);
      expect((await asMember(instance, cookie, "DELETE", `${KEYS}/${key.id}`)).status).toBe(204);
      expectProblem(await denied(name, { headers: bearer(key) }), 401, "invalid_token");
    });

    test("a request is decided once: one decision, found by the request id of the answer", async () => {
      const key = await newKey("Counted", ["residential:read"]);
      const got = await denied(name, { method: "POST", headers: bearer(key) });
      const found = await asMember(instance, cookie, "GET", `/v4/account/decisions/${problemOf(got).request_id}`);
      expect(found.status).toBe(200);
      expect(found.body).toMatchObject({ code: "INSUFFICIENT_PERMISSIONS", api_key_id: key.id });
      await expect.poll(() => usedBy(key)).toMatchObject({ allowed: 0, denied: { INSUFFICIENT_PERMISSIONS: 1 } });
    });
  });
}

test("while Latchkey hangs, every gateway denies in time, and recovers", async () => {
  process.kill(instance.pid, "SIGSTOP");
  try {
    for (const name of gateways.keys()) {
      const started = Date.now();
      expectAway(await denied(name, { headers: bearer(reader) }));
      expect(Date.now() - started).toBeLessThan(10_000);
    }
  } finally {
    process.kill(instance.pid, "SIGCONT");
  }
  for (const name of gateways.keys()) expect((await through(name, { headers: bearer(reader) })).status).toBe(200);
});

test("without Latchkey, every gateway denies", async () => {
  isRunning = false;
  await instance.stop();
  for (const name of gateways.keys()) {
    expectAway(await denied(name, { headers: bearer(reader) }));
    expectAway(await denied(name, { method: "POST", headers: bearer(writer), body: "x" }));
    expectAway(await denied(name, {}));
  }
});

const bearer = ({ token }: Traffic) => ({ Authorization: `Bearer ${token}` });

const newKey = (name: string, permissions: string[], more: Record<string, unknown> = {}) =>
  createKey(instance, cookie, { name, permissions, ...more });

function through(name: string, sent: Sent): Promise<Got> {
  const gateway = gateways.get(name);
  if (!gateway) throw new Error(`${name} is not running.`);
  return send(gateway.port, sent);
}

/** A request that must not reach the service. */
async function denied(name: string, sent: Sent): Promise<Got> {
  const before = service.count();
  const got = await through(name, sent);
  expect(got.status).toBeGreaterThanOrEqual(400);
  expect(service.count()).toBe(before);
  return got;
}

const received = (got: Got): Reached => JSON.parse(got.text);
const problemOf = (got: Got) => JSON.parse(got.text) as Record<string, unknown>;

function expectProblem(got: Got, status: number, code: string): void {
  expect(got.status, got.text).toBe(status);
  expect(got.headers["content-type"]).toBe("application/problem+json");
  expect(got.headers["cache-control"]).toBe("no-store");
  expect(problemOf(got)).toMatchObject({ type: `/docs/errors#${code}`, status, code });
  expect(problemOf(got).request_id).toMatch(/^req_/);
  for (const header of IDENTITY) expect(got.headers[header]).toBeUndefined();
}

function expectAway(got: Got): void {
  expect(got.status, got.text).toBe(503);
  expect(got.headers["content-type"]).toBe("application/problem+json");
  expect(got.headers["retry-after"]).toBe("2");
  expect(problemOf(got)).toMatchObject({ status: 503, code: "unavailable" });
}

async function usedBy(key: Traffic): Promise<unknown> {
  const answer = await asMember(instance, cookie, "GET", `/v4/account/usage?api_key_id=${key.id}`);
  return answer.body.total;
}
