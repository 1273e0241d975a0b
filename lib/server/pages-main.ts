import "@/lib/server/v8-flags";
import { once } from "node:events";
import { rm, rmdir } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import next from "next";
import { closeDb } from "@/lib/db";
import { getEnv } from "@/lib/env";
import { log } from "@/lib/log";
import { finishAll } from "@/lib/server/at-stop";
import { setNextAuthEnvironment } from "@/lib/server/next-auth-environment";
import { adoptPeerSecret } from "@/lib/server/page-lane";
import { sayingUnavailable } from "@/lib/server/page-request";
import type { PagesMessage } from "@/lib/server/pages-process";

// The process that renders the console. It serves nobody but the one that started it, on a Unix socket, and ends with it.
globalThis.__latchkeyDatabasePending = true;
process.on("message", (message: PagesMessage) => {
  if (message.type === "database") setDatabase(message.url);
  else start(message.socketPath, message.peerSecret).catch(fail);
});
process.once("disconnect", () => void stop());
let socket: string | null = null;
// A Ctrl-C reaches both processes. The other one still has requests to finish, and says when it is done.
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => undefined);

async function start(socketPath: string, secret: string): Promise<void> {
  socket = socketPath;
  adoptPeerSecret(secret);
  setNextAuthEnvironment();
  const { host, port } = getEnv();
  const pages = next({ dev: false, dir: process.cwd(), hostname: host, port });
  await pages.prepare();
  const handler = sayingUnavailable(pages.getRequestHandler());
  // Larger headers than the other process takes, because it adds some. No idle connection is closed here: the other
  // process keeps them to use them again.
  const server = createServer({ maxHeaderSize: 64 * 1024, keepAliveTimeout: 0 }, (request, response) => {
    void handler(request, response);
  });
  server.listen(socketPath);
  await once(server, "listening");
  process.send?.("ready");
}

function setDatabase(url: string): void {
  process.env.DATABASE_URL = url;
  globalThis.__latchkeyDatabasePending = false;
}

async function stop(): Promise<never> {
  await finishAll();
  await closeDb();
  if (socket) await removeSocket(socket);
  process.exit(0);
}

/** Removes the socket, and its directory too: whoever started this process does so itself, but not if it was killed. */
async function removeSocket(socketPath: string): Promise<void> {
  await rm(socketPath, { force: true });
  await rmdir(path.dirname(socketPath)).catch(() => undefined);
}

function fail(error: unknown): never {
  log.error({ err: error }, "the console could not start");
  process.exit(1);
}
