import { once } from "node:events";
import { Agent, createServer, get, type Server } from "node:http";
import { connect, createServer as createNetServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { finisher, stopAccepting } from "@/lib/server/graceful-close";
import { serveHandedOver, takeOver } from "@/lib/server/handed-over";

let server: Server;
let finish: ReturnType<typeof finisher>;
let port = 0;
let answerMs = 0;
const sockets: Socket[] = [];

async function start(): Promise<void> {
  server = createServer((_request, response) => {
    setTimeout(() => response.writeHead(200, { "Content-Type": "text/plain" }).end("done"), answerMs);
  });
  finish = finisher(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address && typeof address !== "string") port = address.port;
}

async function close(limits: Parameters<typeof finish>[0]): Promise<void> {
  await stopAccepting(server);
  await finish(limits);
}

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server.closeAllConnections();
  server.close();
});

type Kept = { send: () => void; sendPart: (text: string) => void; received: () => string; ended: Promise<void> };

/** A connection that is kept, as a proxy does. */
async function keep(): Promise<Kept> {
  const socket = connect(port, "127.0.0.1");
  sockets.push(socket);
  let received = "";
  socket.setEncoding("utf8").on("data", (text: string) => {
    received += text;
  });
  const ended = once(socket, "close").then(() => undefined);
  await once(socket, "connect");
  const sendPart = (text: string) => socket.write(text);
  return { send: () => sendPart("GET / HTTP/1.1\r\nHost: h\r\n\r\n"), sendPart, received: () => received, ended };
}

const connected = (): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => socket.destroy()).once("close", () => resolve("connected"));
    socket.once("error", (error) => resolve("code" in error ? String(error.code) : error.message));
  });

test("a request under way is answered whole, and told that its connection ends", async () => {
  answerMs = 200;
  await start();
  const kept = await keep();
  kept.send();
  await sleep(50);
  await Promise.all([close({ idleMs: 1_000, limitMs: 5_000 }), kept.ended]);
  expect(kept.received()).toMatch(/^HTTP\/1\.1 200 OK.*\r\nConnection: close\r\n.*done/s);
});

test("nobody can connect any more, while a request that comes on a kept connection is answered", async () => {
  answerMs = 0;
  await start();
  const kept = await keep();
  kept.send();
  await expect.poll(kept.received).toContain("done");
  expect(kept.received()).toContain("Connection: keep-alive");
  const closed = close({ idleMs: 1_000, limitMs: 5_000 });
  await sleep(300);
  expect(await connected()).toBe("ECONNREFUSED");
  kept.send();
  await Promise.all([closed, kept.ended]);
  expect(kept.received().match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
  expect(kept.received()).toContain("Connection: close");
});

test("connections without a request end after the time they were given", async () => {
  await start();
  const [idle, fresh] = [await keep(), await keep()];
  idle.send();
  await expect.poll(idle.received).toContain("done");
  const startedAt = performance.now();
  await Promise.all([close({ idleMs: 400, limitMs: 5_000 }), idle.ended, fresh.ended]);
  expect(performance.now() - startedAt).toBeGreaterThan(390);
  expect(performance.now() - startedAt).toBeLessThan(3_000);
});

test("what is never answered is cut off at the limit", async () => {
  answerMs = 60_000;
  await start();
  const kept = await keep();
  kept.send();
  await sleep(50);
  const startedAt = performance.now();
  await Promise.all([close({ idleMs: 10, limitMs: 300 }), kept.ended]);
  expect(performance.now() - startedAt).toBeLessThan(3_000);
  expect(kept.received()).toBe("");
});

test("a crowd of new connections that is not accepted yet is answered before the door closes", async () => {
  answerMs = 20;
  await start();
  const agent = new Agent({ keepAlive: false });
  const statuses: Promise<number>[] = [];
  for (let i = 0; i < 200; i++) {
    statuses.push(
      new Promise((resolve, reject) => {
        get({ port, host: "127.0.0.1", agent }, (answer) => {
          answer.resume().once("end", () => resolve(answer.statusCode ?? 0));
        }).once("error", reject);
      }),
    );
  }
  // All have been asked for by now; most are complete for the system and unknown to the server.
  await new Promise(setImmediate);
  await close({ idleMs: 1_000, limitMs: 5_000 });
  expect(await Promise.all(statuses)).toEqual(Array.from({ length: 200 }, () => 200));
});

test("connections that another process accepted are held to the same limits, and end the same way", async () => {
  answerMs = 0;
  server = createServer({ headersTimeout: 100, connectionsCheckingInterval: 50 }, (_request, response) => {
    response.end("done");
  });
  finish = finisher(server);
  serveHandedOver(server);
  const door = createNetServer({ pauseOnConnect: true }, (socket) => takeOver(server, socket));
  door.listen(0, "127.0.0.1");
  await once(door, "listening");
  const address = door.address();
  if (address && typeof address !== "string") port = address.port;
  const [kept, slow] = [await keep(), await keep()];
  kept.send();
  await expect.poll(kept.received).toContain("done");
  slow.sendPart("GET / HTTP/1.1\r\n");
  await slow.ended;
  expect(slow.received()).toMatch(/^HTTP\/1\.1 408/);
  await stopAccepting(door);
  expect(await connected()).toBe("ECONNREFUSED");
  await Promise.all([finish({ idleMs: 50, limitMs: 5_000 }), kept.ended]);
});
