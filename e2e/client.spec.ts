import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { expect, test } from "@playwright/test";
import expressApp, { type Request as ExpressRequest } from "express";
import fastifyApp, { type FastifyRequest } from "fastify";
import { Hono } from "hono";
import { asMember, createKey, type Traffic } from "@/e2e/traffic";
import { freePort, type Instance, OWNER_ENV, signInOverHttp, startInstance } from "@/lib/testing/instance";

// The package as a service gets it, by its public name: dist/client.mjs, against the production build.
const PACKAGE = "latchkey/client";
const { createClient, express, fastify, hono, keyOf, LatchkeyUnavailable, nextRoute } = (await import(
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

test("Express: for all routes or for one, with requirements that follow from the request", async () => {
  const app = expressApp();
  app.disable("x-powered-by");
  const require = async ({ method }: ExpressRequest) => ({
    permissions: [method === "GET" ? "residential:read" : "residential:write"],
  });
  app.use("/guarded", express<ExpressRequest>({ client: client(), require }));
  app.all("/guarded/x", (request, response) => void response.send(keyOf(request)?.id));
  const ofSite = ({ params }: ExpressRequest) => ({ action: "read" as const, resource: `PLACE/Site/${params.site}` });
  app.get("/sites/:site", express<ExpressRequest>({ client: client(), require: ofSite }), (request, response) => {
    response.json({ key: keyOf(request)?.id, site: request.params.site });
  });
  app.get("/open", (request, response) => void response.json({ key: keyOf(request) ?? null }));
  const url = await listening(createServer(app));
  const bearer = { headers: { authorization: `Bearer ${reader.token}` } };
  const scoped = await newKey({ scopes: [{ action: "read", resource: "PLACE/Site/42" }] });
  const onSite = { headers: { "x-api-key": scoped.token } };

  expect(await (await fetch(`${url}/guarded/x`, bearer)).text()).toBe(reader.id);
  await expectProblem(await fetch(`${url}/guarded/x`), 401, "unauthenticated");
  await expectProblem(await fetch(`${url}/guarded/x`, { ...bearer, method: "POST" }), 403, "insufficient_permissions");
  await expectProblem(await fetch(`${url}/guarded/nothing`), 401, "unauthenticated");
  expect(await (await fetch(`${url}/sites/42`, onSite)).json()).toEqual({ key: scoped.id, site: "42" });
  await expectProblem(await fetch(`${url}/sites/43`, onSite), 403, "insufficient_permissions");
  expect(await (await fetch(`${url}/open`, bearer)).json()).toEqual({ key: null });
  // The address is the socket's, whatever Express is told to trust.
  app.set("trust proxy", true);
  const far = await newKey({ permissions: ["residential:read"], allowed_ips: ["203.0.113.0/24"] });
  const claim = { headers: { authorization: `Bearer ${far.token}`, "x-forwarded-for": "203.0.113.9" } };
  await expectProblem(await fetch(`${url}/guarded/x`, claim), 403, "ip_not_allowed");
});

test("Express: without a decision nothing passes, and what a requirement throws goes to the error handler", async () => {
  let passed = 0;
  const app = expressApp();
  app.use("/away", express({ client: await unreachable() }));
  app.use("/hung", express({ client: await hung() }));
  app.use("/throws", express({ client: client(), require: () => fail("at once") }));
  app.use("/rejects", express({ client: client(), require: async () => fail("later") }));
  app.use((_request, response) => void response.send(`${++passed}`));
  app.use((error: Error, _: unknown, response: expressApp.Response, __: expressApp.NextFunction) => {
    response.status(500).json({ handled: error.message });
  });
  const url = await listening(createServer(app));
  const get = (path: string) => fetch(url + path, { headers: { authorization: `Bearer ${reader.token}` } });

  const away = await get("/away");
  expect(away.headers.get("retry-after")).toBe("2");
  await expectProblem(away, 503, "unavailable");
  await expectProblem(await get("/hung"), 503, "unavailable");
  for (const [path, handled] of [
    ["/throws", "at once"],
    ["/rejects", "later"],
  ] as const) {
    const failed = await get(path);
    expect([failed.status, await failed.json()]).toEqual([500, { handled }]);
  }
  expect(passed).toBe(0);
});

test("Fastify: a hook for all routes or for one, with requirements that follow from the request", async () => {
  const app = fastifyApp({ trustProxy: true });
  const require = async ({ method }: FastifyRequest) => ({
    permissions: [method === "GET" ? "residential:read" : "residential:write"],
  });
  app.register(async (guarded) => {
    guarded.addHook("onRequest", fastify<FastifyRequest>({ client: client(), require }));
    guarded.route({ method: ["GET", "POST"], url: "/guarded/x", handler: async (request) => keyOf(request)?.id });
  });
  const ofSite = ({ params }: FastifyRequest) => ({
    action: "read" as const,
    resource: `PLACE/Site/${(params as { site: string }).site}`,
  });
  const onRequest = fastify<FastifyRequest>({ client: client(), require: ofSite });
  app.get("/sites/:site", { onRequest }, async (request) => ({ key: keyOf(request)?.id }));
  app.get("/open", async (request) => ({ key: keyOf(request) ?? null }));
  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  closing.push(() => void app.close());
  const bearer = { headers: { authorization: `Bearer ${reader.token}` } };
  const scoped = await newKey({ scopes: [{ action: "read", resource: "PLACE/Site/42" }] });
  const onSite = { headers: { "api-token": scoped.token } };

  expect(await (await fetch(`${url}/guarded/x`, bearer)).text()).toBe(reader.id);
  await expectProblem(await fetch(`${url}/guarded/x`), 401, "unauthenticated");
  const posted = await fetch(`${url}/guarded/x`, { ...bearer, method: "POST", body: "not read" });
  expect(posted.headers.get("www-authenticate")).toContain('scope="residential:write"');
  await expectProblem(posted, 403, "insufficient_permissions");
  expect(await (await fetch(`${url}/sites/42`, onSite)).json()).toEqual({ key: scoped.id });
  await expectProblem(await fetch(`${url}/sites/43`, onSite), 403, "insufficient_permissions");
  expect(await (await fetch(`${url}/open`, bearer)).json()).toEqual({ key: null });
  // The address is the socket's, whatever Fastify is told to trust.
  const far = await newKey({ permissions: ["residential:read"], allowed_ips: ["203.0.113.0/24"] });
  const claim = { headers: { authorization: `Bearer ${far.token}`, "x-forwarded-for": "203.0.113.9" } };
  await expectProblem(await fetch(`${url}/guarded/x`, claim), 403, "ip_not_allowed");
});

test("Fastify: without a decision nothing passes, and what a requirement throws goes to the error handler", async () => {
  let passed = 0;
  const app = fastifyApp();
  app.setErrorHandler<Error>((error, _request, reply) => reply.code(500).send({ handled: error.message }));
  for (const [url, onRequest] of [
    ["/away", fastify({ client: await unreachable() })],
    ["/hung", fastify({ client: await hung() })],
    ["/throws", fastify({ client: client(), require: () => fail("at once") })],
    ["/rejects", fastify({ client: client(), require: async () => fail("later") })],
  ] as const) {
    app.get(url, { onRequest }, async () => `${++passed}`);
  }
  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  closing.push(() => void app.close());
  const get = (path: string) => fetch(url + path, { headers: { authorization: `Bearer ${reader.token}` } });

  const away = await get("/away");
  expect(away.headers.get("retry-after")).toBe("2");
  await expectProblem(away, 503, "unavailable");
  await expectProblem(await get("/hung"), 503, "unavailable");
  for (const [path, handled] of [
    ["/throws", "at once"],
    ["/rejects", "later"],
  ] as const) {
    const failed = await get(path);
    expect([failed.status, await failed.json()]).toEqual([500, { handled }]);
  }
  expect(passed).toBe(0);
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

/** A client of a Latchkey that takes questions and answers none. */
async function hung() {
  const { url } = await peer(() => {});
  return createClient({ url, token: "own", timeoutMs: 200, retries: 0 });
}

function fail(message: string): never {
  throw new Error(message);
}

/** A server at the other end of the network, which counts what it is asked. */
async function peer(answering: RequestListener) {
  let count = 0;
  const url = await listening(
    createServer((request, answer) => {
      count++;
      answering(request, answer);
    }),
  );
  return { url, asked: () => count };
}

async function listening(server: Server): Promise<string> {
  const port = await freePort();
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${port}`;
}

async function expectProblem(answer: Response, status: number, code: string): Promise<void> {
  expect(answer.status).toBe(status);
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(await answer.json()).toMatchObject({ type: `/docs/errors#${code}`, status, code });
}
