import type { Socket } from "node:net";
import type { ToWorker } from "@/lib/server/worker-messages";

/** As much of a worker as takes connections. */
export type Taker = {
  send: (message: ToWorker, socket: Socket, options: { keepOpen: true }, callback: () => void) => unknown;
};

/** Connections that may wait while nobody serves. As many as node lets the system complete before they are accepted. */
const MOST_WAITING = 511;

/**
 * Hands each connection to the next of those that serve. It stays open here until that one says that it has it: what
 * was on its way to a process that died node would neither close nor report. Nothing was read of it, so another one
 * can have it. Who comes while nobody serves waits.
 */
export class HandOver<T extends Taker> {
  /** The next one first. */
  private serving: T[] = [];
  private readonly sent = new Map<T, Map<number, Socket>>();
  private waiting: Socket[] = [];
  private count = 0;
  private closed = false;

  servingCount(): number {
    return this.serving.length;
  }

  /** Whether another one than this serves. */
  servesWithout(taker: T): boolean {
    return this.serving.some((other) => other !== taker);
  }

  join(taker: T): void {
    this.serving.push(taker);
    for (const socket of this.waiting.splice(0)) this.give(socket);
  }

  /** It gets no more connections, and may still say that it has those that were sent. */
  leave(taker: T): void {
    this.serving = this.serving.filter((other) => other !== taker);
  }

  /** Nothing will be heard of it any more. */
  end(taker: T): void {
    this.leave(taker);
    const lost = this.sent.get(taker)?.values() ?? [];
    this.sent.delete(taker);
    for (const socket of lost) this.give(socket);
  }

  give(socket: Socket): void {
    const next = this.serving.shift();
    if (!next) {
      if (this.closed || this.waiting.length >= MOST_WAITING) socket.destroy();
      else this.waiting.push(socket);
      return;
    }
    this.serving.push(next);
    const connection = this.count++;
    const sent = this.sent.get(next) ?? new Map<number, Socket>();
    this.sent.set(next, sent.set(connection, socket));
    // That it cannot be sent means that the process is gone, of which its end tells.
    next.send({ latchkey: "connection", connection }, socket, { keepOpen: true }, () => undefined);
  }

  /** It has this connection, and so was never given those before of which it did not say the same: messages are in order. */
  taken(taker: T, connection: number): void {
    const sent = this.sent.get(taker);
    for (const [earlier, socket] of sent ?? []) {
      if (earlier > connection) return;
      sent?.delete(earlier);
      if (earlier === connection) socket.destroy();
      else this.give(socket);
    }
  }

  /** Nobody waits any more, for nobody will come to serve. */
  close(): void {
    this.closed = true;
    for (const socket of this.waiting.splice(0)) socket.destroy();
  }
}
