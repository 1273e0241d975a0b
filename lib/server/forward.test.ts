import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { forwardTo } from "@/lib/server/forward";

const sockets: unknown[] = [];
let directory = "";
let behind: Server;
let front: Server;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "latchkey-forward-"));
  const socketPath = path.join(directory, "pages.sock");
  // Answers at once, whatever of the body has come, and says what it was asked.
  behind = createServer((request, response) => {
    if (request.url === "/half") {
      response.writeHead(200, { "content-length": "100" });
      response.write("half");
      setTimeout(() => response.destroy(), 20);
      return;
    }
    if (request.url === "/socket") {
      // The body is looked at and left, as Next does where a route does not want it.
      if (request.method === "POST") request.once("readable", () => undefined);
      const known = sockets.indexOf(request.socket);
      response.end(String(known < 0 ? sockets.push(request.socket) - 1 : known));
      return;
    }
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    const answer = () =>
      response.setHeader("set-cookie", ["a=1", "b=2"]).end(`${request.method} ${request.url} ${body}`);
    if (request.url === "/echo") request.once("end", answer);
    else answer();
  });
  behind.listen(socketPath);
  front = createServer(forwardTo(socketPath)).listen(0, "127.0.0.1");
  await Promise.all([once(behind, "listening"), once(front, "listening")]);
});
afterAll(async () => {
  front.closeAllConnections();
  behind.closeAllConnections();
  front.close();
  behind.close();
  await rm(directory, { recursive: true, force: true });
});

const url = (where: string) => `http://127.0.0.1:${(front.address() as AddressInfo).port}${where}`;
const connections = () => new Promise<number>((resolve) => behind.getConnections((_error, count) => resolve(count)));

test("bodies go there, answers come back, with every cookie", async () => {
  const answer = await fetch(url("/echo"), { method: "POST", body: "hello" });
  expect([answer.status, await answer.text()]).toEqual([200, "POST /echo hello"]);
  expect(answer.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
});

test("a body that nobody reads holds up no other request: its connection is used once", async () => {
  const ask = async (init: RequestInit = {}) => (await fetch(url("/socket"), init)).text();
  const post = { method: "POST", body: "x".repeat(60_000) };
  const [first, second, third, fourth] = [await ask(), await ask(post), await ask(post), await ask()];
  expect(fourth).toBe(first);
  expect(new Set([first, second, third]).size).toBe(3);
});

test("an answer that comes before the whole body ends the client's connection", async () => {
  const client = connect((front.address() as AddressInfo).port, "127.0.0.1");
  let text = "";
  client.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  client.write("POST /page HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  await once(client, "close");
  expect(text).toMatch(/^HTTP\/1\.1 200[\s\S]*connection: close/i);
});

test("an answer that breaks off breaks off here too, and never passes for a whole one", async () => {
  await expect(fetch(url("/half")).then((answer) => answer.text())).rejects.toThrow();
});

test("DS-01 a client that never sends the rest of its body holds no connection once it is gone", async () => {
  const before = await connections();
  for (let i = 0; i < 10; i++) {
    const client = connect((front.address() as AddressInfo).port, "127.0.0.1");
    client.write("GET /page HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
    await once(client, "data");
    client.destroy();
  }
  await vi.waitFor(async () => expect(await connections()).toBeLessThanOrEqual(before + 1), { timeout: 3_000 });
});
