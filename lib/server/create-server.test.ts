import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AppError } from "@/lib/errors";
import { createLatchkeyServer } from "@/lib/server/create-server";
import { readForPage, sayingUnavailable } from "@/lib/server/page-request";

let ready = true;
const server = createLatchkeyServer({
  url: "https://keys.example.com",
  api: (headers) => (request, response) =>
    response.writeHead(200, headers).end(JSON.stringify({ lane: "api", url: request.url })),
  pages: sayingUnavailable(async (request, response) => {
    if (request.url?.startsWith("/fails")) {
      const code = request.url.endsWith("unavailable") ? "unavailable" : "internal";
      await readForPage(() => Promise.reject(new AppError(code, "It failed."))).catch(() => undefined);
      response.statusCode = 500;
    }
    response.setHeader("Cache-Control", "s-maxage=31536000");
    response.end(JSON.stringify({ lane: "pages", url: request.url, headers: request.headers }));
  }),
  isReady: () => ready,
});
let port = 0;

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address && typeof address !== "string") port = address.port;
});
afterAll(() => server.close());

const get = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}${path}`, init);

/** Sends bytes as they are, and returns all that comes back. */
async function raw(text: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.end(text.replaceAll("\n", "\r\n"));
  let answer = "";
  for await (const chunk of socket) answer += chunk;
  return answer;
}

test.each([
  ["/v4/verify", "api"],
  ["/v4", "api"],
  ["/auth/regions/me", "api"],
  ["/auth/region/api-keys", "api"],
  ["/healthz", "api"],
  ["/readyz?x=1", "api"],
  ["/metrics", "api"],
  ["/api/auth/session", "pages"],
  ["/v4x", "pages"],
  ["/auth/nope", "api"],
  ["/authentic", "pages"],
  ["/", "pages"],
])("%s belongs to the %s lane", async (path, lane) => {
  expect(await (await get(path)).json()).toMatchObject({ lane, url: path });
});

test.each(["/v4/verify", "/api-keys", "//x", "/_next/static/a.js"])(
  "HD-04 the answer to %s has every security header",
  async (path) => {
    const { headers } = await get(path);
    expect(Object.fromEntries(headers)).toMatchObject({
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "strict-transport-security": "max-age=31536000",
    });
    expect(headers.get("x-powered-by")).toBeNull();
  },
);

describe("HD-05 a page", () => {
  test("has a policy without unsafe-inline, whose nonce Next is told and no other response shares", async () => {
    const [first, second] = await Promise.all([get("/api-keys"), get("/api-keys")]);
    const policy = first.headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(/script-src 'self' 'nonce-[A-Za-z0-9+/]{22}==' 'strict-dynamic'; style-src 'self' 'nonce-/);
    expect(policy).not.toContain("unsafe");
    for (const rule of ["object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"])
      expect(policy).toContain(rule);
    expect(second.headers.get("content-security-policy")).not.toBe(policy);
    expect((await first.json()).headers["content-security-policy"]).toBe(policy);
  });

  test("is never cached, whatever Next says; its hashed files are", async () => {
    expect((await get("/api-keys")).headers.get("cache-control")).toBe("no-store");
    expect((await get("/_next/static/a.js")).headers.get("cache-control")).toBe("s-maxage=31536000");
  });
});

test("IP-04 Next learns the peer's address and what was asked for only from us, whatever the client sends", async () => {
  const response = await get("/api-keys", {
    headers: {
      "x-latchkey-peer": "guess.203.0.113.9",
      "x-latchkey-nonce": "n",
      "x-latchkey-target": "//evil.example",
      "content-security-policy": "default-src *",
      "x-middleware-subrequest": "proxy",
    },
  });
  const { headers } = await response.json();
  expect(headers["x-latchkey-peer"]).toMatch(/^[\w-]{43}\.127\.0\.0\.1$/);
  expect(headers["x-latchkey-nonce"]).toBeUndefined();
  expect(headers["x-latchkey-target"]).toBe("/api-keys");
  expect(headers["x-middleware-subrequest"]).toBeUndefined();
  expect(headers["content-security-policy"]).not.toContain("default-src *");
});

test("SC-10 the host that Next sees is the console's own, not the client's", async () => {
  const answer = await raw(
    "GET /sign-in HTTP/1.1\nHost: evil.test\nX-Forwarded-Host: evil.test\nForwarded: host=evil.test\nConnection: close\n\n",
  );
  expect(answer).not.toContain("evil.test");
  expect(answer).toContain('"host":"keys.example.com"');
});

test("SC-10 of an absolute request target only the path counts", async () => {
  const answer = await raw("GET http://evil.test/sign-in?a=1 HTTP/1.1\nHost: evil.test\nConnection: close\n\n");
  expect(answer).toContain('"url":"/sign-in?a=1"');
});

test.each([
  "//evil.test/x",
  "/\\evil.test",
  "http://evil.test//x",
  "*",
  "/x/../v4/account",
  "/./x",
  "/a/%2e%2E/v4",
  "/x/..%2fv4",
])("SC-10 %s is not found rather than redirected", async (target) => {
  expect(await raw(`GET ${target} HTTP/1.1\nHost: h\nConnection: close\n\n`)).toMatch(/^HTTP\/1\.1 404/);
});

test.each(["Content-Length: 67108864", "Transfer-Encoding: chunked"])(
  "DS-01 a request for a page with a body (%s) is 413 before any of it is read",
  async (header) => {
    const answer = await raw(`GET /sign-in HTTP/1.1\nHost: h\n${header}\n\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 413/);
    expect(answer).toMatch(/connection: close/i);
  },
);

test("a dot that is part of a name or of the query is none of these", async () => {
  expect(await raw("GET /.well-known/x?next=/../y HTTP/1.1\nHost: h\nConnection: close\n\n")).toMatch(
    /^HTTP\/1\.1 200/,
  );
});

test.each([
  ["TRACE", 405],
  ["PROPFIND", 405],
  ["FOO", 501],
])("HD-03 %s of a page is answered %i, with a problem", async (method, status) => {
  const answer = await raw(`${method} /usage HTTP/1.1\nHost: h\nConnection: close\n\n`);
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status}`));
  expect(answer).toContain("application/problem+json");
});

test("HD-03 CONNECT is refused", async () => {
  expect(await raw("CONNECT evil.test:443 HTTP/1.1\nHost: evil.test:443\n\n")).toMatch(/^HTTP\/1\.1 405/);
});

test("DS a client that resets its connection while it is refused ends nothing", async () => {
  const uncaught: unknown[] = [];
  const note = (error: unknown) => uncaught.push(error);
  process.on("uncaughtException", note);
  for (const text of ["CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", "hello\r\n\r\n"]) {
    for (const ms of [0, 20]) {
      const socket = connect(port, "127.0.0.1");
      socket.on("error", () => undefined);
      await once(socket, "connect");
      socket.write(text);
      await new Promise((resolve) => setTimeout(resolve, ms));
      socket.resetAndDestroy();
    }
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
  process.off("uncaughtException", note);
  expect(uncaught).toEqual([]);
});

test("DS-03 a refused connection is closed, whether or not its client closes its side", async () => {
  const open = () => new Promise((resolve) => server.getConnections((_error, count) => resolve(count)));
  const before = await open();
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  await once(socket, "connect");
  socket.resume().write("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n");
  await once(socket, "end");
  await expect.poll(open).toBe(before);
  socket.destroy();
});

test.each(["websocket", "h2c"])(
  "an offer to upgrade to %s is not taken up, and keeps no request from its answer",
  async (to) => {
    for (const path of ["/v4/authorize", "/usage"]) {
      const answer = await raw(`GET ${path} HTTP/1.1\nHost: h\nConnection: Upgrade\nUpgrade: ${to}\n\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 200/);
      expect(answer).toContain(`"url":"${path}"`);
    }
  },
);

test.each([
  ["GET /v4/verify HTTP/1.1\n\n", 400],
  ["GET /usage HTTP/1.1\nConnection: close\n\n", 400],
  ["POST /v4/verify HTTP/1.1\nHost: h\nExpect: miracles\nConnection: close\n\n", 417],
])("HD-07 what node itself would refuse is a problem like any other: %j", async (request, status) => {
  const answer = await raw(request);
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status}`));
  expect(answer).toContain("application/problem+json");
  expect(answer).toMatch(/^x-request-id: req_/im);
});

test("pages carry a request id too", async () => {
  expect((await get("/usage")).headers.get("x-request-id")).toMatch(/^req_/);
});

test("DS-12 a page takes no POST, so a forged server action reaches no code of the framework", async () => {
  const response = await get("/api-keys", { method: "POST", headers: { "next-action": "x" }, body: "[]" });
  expect(response.status).toBe(405);
  expect(response.headers.get("allow")).toBe("GET, HEAD");
});

test("DS-01 a sign-in form of more than 64 KiB, or of no stated size, is refused unread", async () => {
  expect((await get("/api/auth/callback/credentials", { method: "POST", body: "x".repeat(65_537) })).status).toBe(413);
  expect((await get("/api/auth/callback/credentials", { method: "POST", body: "x".repeat(65_536) })).status).toBe(200);
  const chunked = "POST /api/auth/signout HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\nConnection: close\n\n0\n\n";
  expect(await raw(chunked)).toMatch(/^HTTP\/1\.1 411/);
});

test("DS-10 many or large headers are answered 431", async () => {
  const many = Array.from({ length: 300 }, (_, i) => `a${i}: 1\n`).join("");
  expect(await raw(`GET /v4 HTTP/1.1\nHost: h\n${many}\n`)).toMatch(/^HTTP\/1\.1 431/);
  expect(await raw(`GET /v4 HTTP/1.1\nHost: h\nA: ${"x".repeat(17_000)}\n\n`)).toMatch(/^HTTP\/1\.1 431/);
});

test("what is not HTTP is answered 400", async () => {
  expect(await raw("hello\n\n")).toMatch(/^HTTP\/1\.1 (400|501)/);
});

test("DB-13 a page that fails because the database is away is answered 503, one that fails otherwise 500", async () => {
  const answer = await get("/fails?unavailable");
  expect([answer.status, answer.headers.get("retry-after"), answer.headers.get("cache-control")]).toEqual([
    503,
    "5",
    "no-store",
  ]);
  const other = await get("/fails?otherwise");
  expect([other.status, other.headers.get("retry-after")]).toEqual([500, null]);
});

test("DB-13 without a database, pages say so and the API answers for itself", async () => {
  ready = false;
  try {
    const page = await get("/api-keys");
    expect([page.status, page.headers.get("retry-after")]).toEqual([503, "5"]);
    expect((await get("/healthz")).status).toBe(200);
  } finally {
    ready = true;
  }
});
