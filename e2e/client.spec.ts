import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { expect, test } from "@playwright/test";
import { Hono } from "hono";
import { asMember, createKey, type Traffic } from "@/e2e/traffic";
import { freePort, type Instance, OWNER_ENV, signInOverHttp, startInstance } from "@/lib/testing/instance";

// The package as a service gets it, by its public name: dist/client.mjs, against the production build.
const PACKAGE = "latchkey/client";
const { createClient, express, hono, keyOf, LatchkeyUnavailable, nextRoute } = (await import(
  PACKAGE
)) as typeof import("@/lib/client/public");

const KEYS = "/v4/account/api-keys";

let instance: Instance;
let cookie = "";
let service: Traffic;
let reader: Traffic;
const closing: (() => void)[] = [];

test.beforeAll(async () => {
  instance = await startInstance({ env: OWNER_ENV });
  cookie = await signInOverHttp(instance.url);
  service = await newKey({ permissions: ["account:apikeys:verify"] });
  reader = await newKey({ permissions: ["residential:read"] });
});
test.afterAll(() => instance.stop());
test.afterEach(() => {
  for (const close of closing.splice(0)) close();
});

test("every code of /v4/verify arrives as it is", async () => {
  const { body: region } = await asMember(instance, cookie, "POST", "/v4/account/regions", { name: "Far" });
  const { body: project } = await asMember(instance, cookie, "POST", "/v4/account/subaccounts", { name: "Project" });
  const preview = await newKey({ permissions: ["residential:read"], environment: "preview" });
  const ruled = await newKey({ permissions: ["residential:read"], allowed_ips: ["203.0.113.0/24"] });
  const disabled = await newKey({ permissions: ["residential:read"] });
  await asMember(instance, cookie, "PATCH", `${KEYS}/${disabled.id}`, { is_active: false });
  const revoked = await newKey({ permissions: ["residential:read"] });
  await asMember(instance, cookie, "DELETE", `${KEYS}/${revoked.id}`);
  const expires_at = Math.floor(Date.now() / 1000) + 2;
  const expiring = await newKey({ permissions: ["residential:read"], expires_at });
  const scoped = await newKey({ scopes: [{ action: "read", resource: "PLACE/Site/42/*" }] });
  await new Promise((resolve) => setTimeout(resolve, expires_at * 1000 + 300 - Date.now()));

  const { verify } = client();
  const token = reader.token;
  const codeOf = async (question: Parameters<typeof verify>[0]) => (await verify(question)).code;
  expect(await codeOf({ token: "nobody's" })).toBe("NOT_FOUND");
  expect(await codeOf({ token: revoked.token })).toBe("REVOKED");
  expect(await codeOf({ token: expiring.token })).toBe("EXPIRED");
  expect(await codeOf({ token: disabled.token })).toBe("DISABLED");
  expect(await codeOf({ token: preview.token })).toBe("WRONG_ENVIRONMENT");
  expect(await codeOf({ token, region_id: region.id })).toBe("WRONG_REGION");
  expect(await codeOf({ token: ruled.token })).toBe("IP_NOT_ALLOWED");
  expect(await codeOf({ token: ruled.token, ip: "203.0.113.9" })).toBe("VALID");
  expect(await codeOf({ token, subaccount: project.id })).toBe("VALID");
  expect(await codeOf({ token, subaccount: "sub_nobody" })).toBe("SUBACCOUNT_NOT_ALLOWED");
  expect(await codeOf({ token, permissions: ["residential:write"] })).toBe("INSUFFICIENT_PERMISSIONS");
  expect(await codeOf({ token, action: "read", resource: "PLACE/Site/42/X" })).toBe("RESOURCE_NOT_ALLOWED");
  const allowed = await verify({ token: scoped.token, action: "read", resource: "PLACE/Site/42/X" });
  expect(allowed).toMatchObject({ valid: true, code: "VALID", key: { id: scoped.id } });
  expect(JSON.stringify(allowed)).not.toContain(scoped.token);
});

test("a refusal of the service's own request is no decision, and is not tried again", async () => {
  const own = createClient({ url: instance.url, token: reader.token });
  await expect(own.verify({ token: reader.token })).rejects.toMatchObject({ name: "LatchkeyUnavailable", status: 403 });
  const malformed = client().verify({ token: reader.token, permissions: ["No permission"] });
  await expect(malformed).rejects.toMatchObject({ status: 422 });
  const { asked, url } = await peer((_, answer) => answer.writeHead(401).end("{}"));
  await expect(createClient({ url, token: "x" }).verify({ token: "y" })).rejects.toBeInstanceOf(LatchkeyUnavailable);
  expect(asked()).toBe(1);
});

for (const [what, spoil] of [
  ["503", (_, answer) => answer.writeHead(503).end()],
  ["429", (_, answer) => answer.writeHead(429).end()],
  ["an answer that is not JSON", (_, answer) => answer.writeHead(200).end("<html>")],
  [
    "an answer without a decision",
    (_, answer) => answer.writeHead(200).end('{"valid":true,"code":"VALID","key":null}'),
  ],
  ["a lost connection", (request) => request.socket.destroy()],
  ["no answer in time", () => {}],
] satisfies [string, RequestListener][]) {
  test(`${what} is tried again, and the next answer counts`, async () => {
    let round = 0;
    const answering: RequestListener = (request, answer) =>
      ++round === 1 ? spoil(request, answer) : answer.end(JSON.stringify({ valid: false, code: "REVOKED", key: null }));
    const { asked, url } = await peer(answering);
    const { verify } = createClient({ url, token: "own", timeoutMs: 300 });
    expect(await verify({ token: "x" })).toEqual({ valid: false, code: "REVOKED", key: null });
    expect(asked()).toBe(2);
  });
}

test("Retry-After is waited for within the deadline, and given up past it", async () => {
  let round = 0;
  const { url } = await peer((_, answer) =>
    ++round === 1
      ? answer.writeHead(503, { "retry-after": "1" }).end()
      : answer.end('{"valid":false,"code":"EXPIRED","key":null}'),
  );
  const started = Date.now();
  expect((await createClient({ url, token: "own" }).verify({ token: "x" })).code).toBe("EXPIRED");
  expect(Date.now() - started).toBeGreaterThanOrEqual(990);

  const busy = await peer((_, answer) => answer.writeHead(503, { "retry-after": "60" }).end());
  const again = Date.now();
  const refused = createClient({ url: busy.url, token: "own" }).verify({ token: "x" });
  await expect(refused).rejects.toMatchObject({ name: "LatchkeyUnavailable", status: 503 });
  expect(Date.now() - again).toBeLessThan(900);
});

test("the deadline bounds all attempts together", async () => {
  const { url } = await peer(() => {});
  const started = Date.now();
  const options = { url, token: "own", timeoutMs: 400, retries: 50, deadlineMs: 1_000 };
  await expect(createClient(options).verify({ token: "x" })).rejects.toBeInstanceOf(LatchkeyUnavailable);
  expect(Date.now() - started).toBeLessThan(1_600);
});

test("a redirect is not followed, so the token goes nowhere else", async () => {
  const elsewhere = await peer((_, answer) => answer.end('{"valid":true,"code":"VALID","key":{}}'));
  const { url } = await peer((_, answer) => answer.writeHead(307, { location: elsewhere.url }).end());
  await expect(createClient({ url, token: "own" }).verify({ token: "x" })).rejects.toBeInstanceOf(LatchkeyUnavailable);
  expect(elsewhere.asked()).toBe(0);
});

test("the cache is off by default, is bounded, and does not remember failures", async () => {
  let status = 200;
  const { asked, url } = await peer((_, answer) =>
    answer.writeHead(status).end('{"valid":false,"code":"REVOKED","key":null}'),
  );
  const plain = createClient({ url, token: "own" });
  for (let i = 0; i < 3; i++) await plain.verify({ token: "x" });
  expect(asked()).toBe(3);

  const caching = createClient({ url, token: "own", retries: 0, cache: { ttlMs: 60_000, maxEntries: 2 } });
  for (let i = 0; i < 3; i++) await caching.verify({ token: "x" });
  expect(asked()).toBe(4);
  await caching.verify({ token: "x", permissions: ["a:read"] });
  await caching.verify({ token: "x", ip: "203.0.113.9" });
  expect(asked()).toBe(6);
  await caching.verify({ token: "x" });
  expect(asked()).toBe(7);
  status = 500;
  for (let i = 0; i < 2; i++) await expect(caching.verify({ token: "z" })).rejects.toBeInstanceOf(LatchkeyUnavailable);
  expect(asked()).toBe(9);
  expect(() => createClient({ url, token: "own", cache: { ttlMs: 60_001 } })).toThrow(RangeError);
});

test("without a cache a revoked key is refused at the next question", async () => {
  const key = await newKey({ permissions: ["residential:read"] });
  expect((await client().verify({ token: key.token })).valid).toBe(true);
  await asMember(instance, cookie, "DELETE", `${KEYS}/${key.id}`);
  expect((await client().verify({ token: key.token })).code).toBe("REVOKED");
});

test("Connect middleware: passes, refuses as a problem, and fails closed", async () => {
  const local = await newKey({ permissions: ["residential:read"], allowed_ips: ["127.0.0.1"] });
  const far = await newKey({ permissions: ["residential:read"], allowed_ips: ["203.0.113.0/24"] });
  const options = {
    client: client(),
    require: (request: IncomingMessage) => ({
      permissions: [request.method === "GET" ? "residential:read" : "residential:write"],
    }),
  };
  const guarded = (guard: ReturnType<typeof express<IncomingMessage>>) =>
    peer((request, answer) => guard(request, answer, (error) => answer.end(error ? "failed" : keyOf(request)?.id)));
  const { url } = await guarded(express(options));
  const get = (token: string, headers = {}) =>
    fetch(url, { headers: { authorization: `Bearer ${token}`, ...headers } });

  expect(await (await get(reader.token)).text()).toBe(reader.id);
  expect(await (await fetch(url, { headers: { "x-api-key": local.token } })).text()).toBe(local.id);
  await expectProblem(await fetch(url), 401, "unauthenticated");
  await expectProblem(await get("nobody's"), 401, "invalid_token");
  await expectProblem(await get(reader.token, { "api-token": local.token }), 400, "ambiguous_credentials");
  // The address is the socket's: a header that claims another changes nothing.
  await expectProblem(await get(far.token, { "x-forwarded-for": "203.0.113.9" }), 403, "ip_not_allowed");
  const lacking = await fetch(url, { method: "POST", headers: { authorization: `Bearer ${reader.token}` } });
  expect(lacking.headers.get("www-authenticate")).toContain('scope="residential:write"');
  await expectProblem(lacking, 403, "insufficient_permissions");

  const proxied = await guarded(express({ ...options, clientAddress: () => "203.0.113.9" }));
  const answer = await fetch(proxied.url, { headers: { authorization: `Bearer ${far.token}` } });
  expect(await answer.text()).toBe(far.id);
  const away = await guarded(express({ ...options, client: await unreachable() }));
  await expectProblem(await fetch(away.url, { headers: { "api-token": reader.token } }), 503, "unavailable");
});

test("Hono and Next: the same on web requests", async () => {
  const require = { permissions: ["residential:read"] };
  const app = new Hono();
  app.use("/guarded/*", hono({ client: client(), require }));
  app.get("/guarded/x", (c) => c.text(keyOf(c)?.id ?? ""));
  app.use("/away", hono({ client: await unreachable() }));
  app.get("/away", (c) => c.text("let through"));
  const handler = nextRoute((request: Request, { id }: { id: string }) => new Response(`${id} ${keyOf(request)?.id}`), {
    client: client(),
    require,
  });
  const writing = nextRoute(() => new Response(), {
    client: client(),
    require: { permissions: ["residential:write"] },
  });
  const address = (path: string, headers = {}) => new Request(`http://service.test${path}`, { headers });
  const bearer = { authorization: `Bearer ${reader.token}` };

  expect(await (await app.request(address("/guarded/x", bearer))).text()).toBe(reader.id);
  await expectProblem(await app.request(address("/guarded/x")), 401, "unauthenticated");
  await expectProblem(await app.request(address("/away", bearer)), 503, "unavailable");
  expect(await (await handler(address("/", bearer), { id: "7" })).text()).toBe(`7 ${reader.id}`);
  await expectProblem(await handler(address("/"), { id: "7" }), 401, "unauthenticated");
  await expectProblem(await writing(address("/", bearer)), 403, "insufficient_permissions");
  const ruled = await newKey({ permissions: ["residential:read"], allowed_ips: ["0.0.0.0/0"] });
  const unknown = { authorization: `Bearer ${ruled.token}`, "x-forwarded-for": "203.0.113.9" };
  await expectProblem(await handler(address("/", unknown), { id: "7" }), 403, "ip_not_allowed");
});

const client = () => createClient({ url: instance.url, token: service.token });
const newKey = (body: Record<string, unknown>) => createKey(instance, cookie, { name: "Service", ...body });

async function unreachable() {
  return createClient({ url: `http://127.0.0.1:${await freePort()}`, token: "own", retries: 1 });
}

/** A server at the other end of the network, which counts what it is asked. */
async function peer(answering: RequestListener) {
  let count = 0;
  const port = await freePort();
  const server = createServer((request, answer) => {
    count++;
    answering(request, answer);
  }).listen(port, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${port}`, asked: () => count };
}

async function expectProblem(answer: Response, status: number, code: string): Promise<void> {
  expect(answer.status).toBe(status);
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(await answer.json()).toMatchObject({ type: `/docs/errors#${code}`, status, code });
}
