import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nodeLane } from "@/lib/http/node-lane";
import { truncateAll } from "@/lib/testing/database";
import { makeKey, makeOrganization } from "@/lib/testing/factories";

const server = createServer(nodeLane({ "X-Content-Type-Options": "nosniff" }));
let port = 0;
let token = "";

beforeAll(async () => {
  await truncateAll();
  token = (await makeKey(await makeOrganization(), { permissions: ["account:apikeys:verify"], scopes: [] })).token;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
});
afterAll(() => server.close());

type Part = string | { send: string; answers: number };

/**
 * What the server says to these bytes on one connection, until it closes it or has answered as often as is expected:
 * once to each part, unless it says otherwise. The next part follows the answer.
 */
async function said(...parts: Part[]): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  let text = "";
  let heard = () => {};
  socket.setEncoding("latin1").on("data", (chunk: string) => {
    text += chunk;
    heard();
  });
  socket.on("error", () => {});
  let expected = 0;
  for (const part of parts) {
    const { send, answers } = typeof part === "string" ? { send: part, answers: 1 } : part;
    expected += answers;
    socket.write(send);
    // A piece of a request has no answer: it is left a moment to arrive by itself.
    if (answers === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    const hasBody = !send.startsWith("HEAD ");
    while (!socket.destroyed && completeAnswers(text, hasBody) < expected) {
      await Promise.race([closed, new Promise<void>((resolve) => (heard = resolve))]);
    }
    if (socket.destroyed) break;
  }
  socket.destroy();
  return text;
}

/** How many answers have arrived with all of their body. */
function completeAnswers(text: string, hasBody: boolean): number {
  let complete = 0;
  let rest = text;
  for (;;) {
    const end = rest.indexOf("\r\n\r\n");
    if (end < 0) return complete;
    const length = hasBody ? Number(/^content-length: (\d+)\r?$/im.exec(rest.slice(0, end))?.[1] ?? 0) : 0;
    if (rest.length < end + 4 + length) return complete;
    rest = rest.slice(end + 4 + length);
    complete++;
  }
}

const statuses = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));
const authorize = (more = "") =>
  `GET /v4/authorize HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n${more}\r\n`;

test("GW a question with a length and no body is answered at once, and ends its connection", async () => {
  const text = await said(authorize("Content-Length: 12\r\n"), authorize());
  expect(statuses(text)).toEqual([200]);
  expect(text).toMatch(/^connection: close\r$/im);
});

test("SC-10 what follows in place of a body that is not read is never taken for a request", async () => {
  const smuggled = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
  const text = await said(`${authorize(`Content-Length: ${smuggled.length}\r\n`)}${smuggled}`, authorize());
  expect(statuses(text)).toEqual([200, 200]);
  expect(text).not.toContain('"status":"ok"');
});

test("requests without a body, and with one that has arrived, keep their connection", async () => {
  const body = JSON.stringify({ token });
  const verify = `POST /v4/verify HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  expect(statuses(await said(authorize(), verify, authorize()))).toEqual([200, 200, 200]);
});

test("HEAD is answered like GET, without the body", async () => {
  const text = await said("HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  expect(statuses(text)).toEqual([200]);
  expect(text).toMatch(/content-length: 15/i);
  expect(text).not.toContain("{");
});

const verifyHead = (more: string) =>
  `POST /v4/verify HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n${more}\r\n`;

test("a body that arrives in pieces, or in chunks, is read as one that comes with its headers", async () => {
  const body = JSON.stringify({ token });
  const head = verifyHead(`Content-Length: ${body.length}\r\n`);
  for (const parts of [
    [head + body],
    [head, body],
    [head + body.slice(0, 9), body.slice(9)],
    [`${verifyHead("Transfer-Encoding: chunked\r\n")}${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`],
    [verifyHead("Transfer-Encoding: chunked\r\n"), `${body.length.toString(16)}\r\n${body}\r\n`, "0\r\n\r\n"],
  ]) {
    const pieces = parts.map((send, i) => ({ send, answers: i === parts.length - 1 ? 1 : 0 }));
    const text = await said(...pieces, authorize());
    expect(statuses(text)).toEqual([200, 200]);
    expect(text).toContain('"code":"VALID"');
  }
});

test("pipelined requests are answered in their order", async () => {
  const body = JSON.stringify({ token });
  const verify = `${verifyHead(`Content-Length: ${body.length}\r\n`)}${body}`;
  const unknown = authorize().replace(token, "lk_prod_unknown");
  const text = await said({ send: verify + unknown + authorize() + verify, answers: 4 });
  expect(statuses(text)).toEqual([200, 401, 200, 200]);
});

test("DS-01 more than 64 KiB in one chunk is 413, and ends the connection", async () => {
  const body = JSON.stringify({ token: "x".repeat(66_000) });
  const chunked = `${verifyHead("Transfer-Encoding: chunked\r\n")}${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
  const text = await said(chunked, authorize());
  expect(statuses(text)).toEqual([413]);
});

test("a client that goes away in the middle of its body leaves the others served", async () => {
  const sockets = Array.from({ length: 20 }, () => connect(port, "127.0.0.1"));
  for (const socket of sockets) socket.write(`${verifyHead("Content-Length: 500\r\n")}{"tok`);
  await new Promise((resolve) => setTimeout(resolve, 100));
  for (const [i, socket] of sockets.entries()) i % 2 === 0 ? socket.resetAndDestroy() : socket.end();
  expect(statuses(await said(authorize()))).toEqual([200]);
});

test("IP-06 a request whose address nobody can tell any more is not served", async () => {
  const incoming = { url: "/v4/verify", method: "POST", headers: {}, rawHeaders: [], socket: {} };
  const destroyed = new Promise<string>((resolve) => {
    const outgoing = { destroy: () => resolve("destroyed"), writeHead: () => resolve("answered") };
    nodeLane({})(incoming as never, outgoing as never);
  });
  expect(await destroyed).toBe("destroyed");
});
