import cluster from "node:cluster";
import type { Socket } from "node:net";
import { AppError } from "@/lib/errors";
import { isOurs, type StopSignal, type ToPrimary, type ToWorker } from "@/lib/server/worker-messages";

type Heard = {
  /** The address to serve with; null while there is no database. Told at start and whenever it becomes known. */
  onDatabase: (url: string | null) => void;
  /** A connection that the primary accepted. */
  onConnection: (socket: Socket) => void;
  onDraining: () => void;
  onStop: (signal: StopSignal) => void;
  /** This process's own counts. */
  count: () => Promise<object[]>;
};

const store = globalThis as {
  /** Set in a worker: the counts of all workers. */
  __latchkeyAllCounts?: () => Promise<object[][]>;
};

const COUNTS_MS = 2_000;

/** Connects this worker to its primary. */
export function joinPrimary({ onDatabase, onConnection, onDraining, onStop, count }: Heard): void {
  const waiting = new Map<number, (counts: object[][]) => void>();
  let asked = 0;
  process.on("message", (message: unknown, socket?: Socket) => {
    if (!isOurs(message)) return;
    const told = message as ToWorker;
    if (told.latchkey === "database") onDatabase(told.url);
    else if (told.latchkey === "connection") {
      // Before anything is read: what the primary does not hear of goes to another worker.
      void tellPrimary({ latchkey: "taken", connection: told.connection });
      // It may have ended on the way.
      if (socket) onConnection(socket);
    } else if (told.latchkey === "draining") onDraining();
    else if (told.latchkey === "stop") onStop(told.signal);
    else if (told.latchkey === "counts") waiting.get(told.request)?.(told.counts);
    else
      void count().then(
        (counts) => tellPrimary({ latchkey: "counted", request: told.request, counts }),
        () => undefined,
      );
  });
  void tellPrimary({ latchkey: "joined" });
  store.__latchkeyAllCounts = () => {
    const request = asked++;
    return new Promise((resolve, reject) => {
      const done = (counts: object[][]) => {
        clearTimeout(limit);
        waiting.delete(request);
        resolve(counts);
      };
      const limit = setTimeout(() => {
        waiting.delete(request);
        reject(new AppError("unavailable", "The other processes do not say what they counted.", { retryAfter: 5 }));
      }, COUNTS_MS);
      waiting.set(request, done);
      tellPrimary({ latchkey: "counts-wanted", request });
    });
  };
}

/** Asks for connections. */
export const reportServing = (): Promise<void> => tellPrimary({ latchkey: "serving" });

/** Asks for no more connections. The primary answers by telling this worker to stop, once another one serves. */
export const reportLeaving = (): Promise<void> => tellPrimary({ latchkey: "leaving" });

/** Tells the primary why this worker cannot start; resolves when it was told. */
export const reportFailure = (reason: string): Promise<void> => tellPrimary({ latchkey: "failed", reason });

/** The counts of every worker of this instance, this one's among them; null where the process serves alone. */
export async function countsOfAllWorkers(): Promise<object[][] | null> {
  return store.__latchkeyAllCounts ? store.__latchkeyAllCounts() : null;
}

function tellPrimary(message: ToPrimary): Promise<void> {
  return new Promise((resolve) => {
    if (cluster.isWorker && process.connected && process.send) process.send(message, undefined, {}, () => resolve());
    else resolve();
  });
}
