import type { Server, ServerResponse } from "node:http";
import { Server as NetServer, type Socket } from "node:net";
import { setImmediate as afterPoll } from "node:timers/promises";

type Limits = {
  /** How long a connection may stay without a request before it is closed. */
  idleMs: number;
  /** When what is still unanswered is cut off. */
  limitMs: number;
};

/** Polls of the event loop while the queue of connections is emptied; a flood must not keep a server from closing. */
const MOST_POLLS = 1_000;

/**
 * Lets nobody connect any more: a balancer that is refused has sent nothing, and asks another instance, whatever the
 * method. Connections that are there stay.
 *
 * The system completes connections before they are accepted, and resets those that wait when their socket is closed.
 * So it is closed right after a look at the queue that found nothing.
 */
export async function stopAccepting(server: NetServer): Promise<void> {
  let arrived = true;
  const note = () => {
    arrived = true;
  };
  server.on("connection", note);
  for (let polls = 0; arrived && polls < MOST_POLLS; polls++) {
    arrived = false;
    await afterPoll();
  }
  server.off("connection", note);
  // An HTTP server's own close() would also end its idle connections, on which a request may be arriving.
  NetServer.prototype.close.call(server);
}

/**
 * Watches a server's connections, and returns what ends them without losing a request, once no more of them come:
 * every answer says `Connection: close`, and connections without a request end. Those are not closed at once: a
 * request may be on its way, and a proxy may not send a POST twice. Resolves when none is left.
 */
export function finisher(server: Server): (limits: Limits) => Promise<void> {
  const latest = new Map<Socket, ServerResponse | null>();
  let finishing = false;
  let finished = () => {};
  server.on("connection", (socket) => {
    latest.set(socket, null);
    socket.once("close", () => {
      latest.delete(socket);
      if (latest.size === 0) finished();
    });
  });
  server.prependListener("request", (request, response) => {
    latest.set(request.socket, response);
    if (finishing) response.setHeader("Connection", "close");
  });

  return async ({ idleMs, limitMs }) => {
    finishing = true;
    if (latest.size === 0) return;
    for (const response of latest.values())
      if (response && !response.headersSent) response.setHeader("Connection", "close");
    // For answers that began before: their connection ends once it has been idle.
    server.keepAliveTimeout = Math.max(1, idleMs);
    const idle = setTimeout(() => {
      server.closeIdleConnections();
      for (const [socket, response] of latest) if (response === null && socket.bytesRead === 0) socket.destroy();
    }, idleMs);
    const limit = setTimeout(() => {
      for (const socket of latest.keys()) socket.destroy();
    }, limitMs);
    await new Promise<void>((resolve) => {
      finished = resolve;
    });
    clearTimeout(idle);
    clearTimeout(limit);
  };
}
