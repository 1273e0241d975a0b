import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import path from "node:path";
import type { Duplex } from "node:stream";
import { getEnv } from "@/lib/env";
import { log } from "@/lib/log";
import { forwardTo } from "@/lib/server/forward";
import { adoptPeerSecret, peerSecret, sayStarting } from "@/lib/server/page-lane";
import { makeSocketDirectory } from "@/lib/server/socket-directory";

/** What the serving process tells the one that renders pages. */
export type PagesMessage =
  | { type: "start"; socketPath: string; peerSecret: string }
  | { type: "database"; url: string };

/** Who renders the console: a process of its own, or Next in this one. */
export type Pages = {
  /** Resolves once pages can be rendered. @throws when they never could. */
  prepare: () => Promise<void>;
  handler: (request: IncomingMessage, response: ServerResponse) => unknown;
  /** Says which database to read, once it is ready. */
  setDatabase: (url: string) => void;
  /** Development's live reload, which is a WebSocket. */
  upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => unknown;
  stop: () => Promise<void>;
};

const SOCKET = "pages.sock";
const PROGRAM = "dist/pages.mjs";
const LONGEST_PAUSE_MS = 10_000;
const STOP_MS = 3_000;

/**
 * Renders the console in a process of its own, so that a page that takes long to render keeps no check of a token
 * waiting, and that Next's hooks into every promise slow down none. One that ends unasked is started again.
 */
export function pagesProcess(): Pages {
  let directory = "";
  let child: ChildProcess | null = null;
  let databaseUrl: string | null = null;
  let stopping = false;
  let failures = 0;
  let forward: Pages["handler"] | null = null;

  const start = async (): Promise<void> => {
    const socketPath = path.join(directory, SOCKET);
    await rm(socketPath, { force: true });
    const started = fork(PROGRAM, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    child = started;
    const ended = once(started, "exit").then(([code, signal]) => {
      throw new Error(`The process that renders pages ended (${signal ?? code}).`);
    });
    ended.catch(() => undefined);
    tell(started, { type: "start", socketPath, peerSecret: peerSecret() });
    if (databaseUrl !== null) tell(started, { type: "database", url: databaseUrl });
    await Promise.race([once(started, "message"), ended]);
    forward = forwardTo(socketPath);
    failures = 0;
    ended.catch((error) => startAgain(error));
  };

  const startAgain = (reason: Error): void => {
    forward = null;
    if (stopping) return;
    const pause = Math.min(LONGEST_PAUSE_MS, 200 * 2 ** failures++);
    log.error({ err: reason }, "the console is started again");
    setTimeout(() => {
      if (!stopping) start().catch(startAgain);
    }, pause).unref();
  };

  return {
    prepare: async () => {
      // Only this user may enter the directory, and so connect.
      directory = await makeSocketDirectory(SOCKET, getEnv().dataDir);
      shareWithWorkers(path.join(directory, SOCKET));
      await start();
    },
    handler: (request, response) => (forward ?? sayStarting)(request, response),
    setDatabase: (url) => {
      databaseUrl = url;
      if (child) tell(child, { type: "database", url });
    },
    stop: async () => {
      stopping = true;
      if (child && child.exitCode === null && child.signalCode === null) {
        const exited = once(child, "exit");
        const impatient = setTimeout(() => child?.kill("SIGKILL"), STOP_MS);
        if (child.connected) child.disconnect();
        await exited;
        clearTimeout(impatient);
      }
      if (directory) await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Where a worker finds the process that its primary keeps; it inherits these with its environment. */
function shareWithWorkers(socketPath: string): void {
  process.env.LATCHKEY_INTERNAL_PAGES = socketPath;
  process.env.LATCHKEY_INTERNAL_PEER_SECRET = peerSecret();
}

/** In a worker: pages come from the process that the primary keeps. */
export function pagesElsewhere(): Pages {
  const { LATCHKEY_INTERNAL_PAGES: socketPath = "", LATCHKEY_INTERNAL_PEER_SECRET: secret = "" } = process.env;
  adoptPeerSecret(secret);
  return {
    prepare: async () => undefined,
    handler: forwardTo(socketPath),
    setDatabase: () => undefined,
    stop: async () => undefined,
  };
}

/** A message to a process that has just ended is lost; its successor is told anew. */
function tell(child: ChildProcess, message: PagesMessage): void {
  if (child.connected) child.send(message, () => undefined);
}
