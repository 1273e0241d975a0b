import cluster, { type Worker } from "node:cluster";
import { once } from "node:events";
import { createServer } from "node:net";
import { log } from "@/lib/log";
import { isDraining } from "@/lib/server/draining";
import { stopAccepting } from "@/lib/server/graceful-close";
import { HandOver } from "@/lib/server/hand-over";
import { RestartPolicy } from "@/lib/server/restart-policy";
import { isOurs, type StopSignal, type ToPrimary, type ToWorker } from "@/lib/server/worker-messages";

export type WorkerSettings = {
  count: number;
  port: number;
  host: string;
  /** The program that a worker runs, and its arguments. */
  entry: string;
  args: string[];
  /** Told once, when all of them serve for the first time. */
  onServing: () => void;
  /** Told once, when they cannot start or die again and again. */
  onFailed: (error: Error) => void;
};

/** How long a worker may take to say what it has counted. */
const COUNTS_MS = 1_000;
/** A signal to a whole group of processes reaches the primary at most so much later than a worker. */
const GROUP_MS = 250;

/**
 * The processes that serve, seen from the primary. The primary accepts every connection and hands it, unread, to the
 * next worker. So it is the primary that closes the door when all of them stop, and what a worker is told afterwards
 * comes after the last connection that it was handed. A worker that dies is replaced.
 */
export class Workers {
  private readonly connections = new HandOver<Worker>();
  private readonly door = createServer({ pauseOnConnect: true, noDelay: true }, (socket) =>
    this.connections.give(socket),
  );
  private readonly policy = new RestartPolicy();
  /** Those that want to end, until they have. */
  private readonly leaving = new Set<Worker>();
  private readonly waiting = new Map<number, (counts: object[]) => void>();
  private asked = 0;
  private database: ToWorker | null = null;
  private end: ToWorker | null = null;
  private hasServed = false;
  private stopping = false;

  constructor(private readonly settings: WorkerSettings) {
    cluster.setupPrimary({ exec: settings.entry, args: settings.args });
    for (let i = 0; i < settings.count; i++) this.start();
  }

  /** Tells every worker, also those to come, where the database is; null while it cannot be reached. */
  setDatabase(url: string | null): void {
    this.database = { latchkey: "database", url };
    for (const worker of alive()) tell(worker, this.database);
  }

  /** Has every worker's readiness say that this instance leaves; that of those to come does too. */
  startDraining(): void {
    for (const worker of alive()) tell(worker, { latchkey: "draining" });
  }

  /**
   * Takes no more connections, and lets every worker finish what it has begun. Resolves when the last one has ended;
   * kills who takes longer.
   */
  async stop(signal: StopSignal, limitMs: number): Promise<void> {
    this.stopping = true;
    if (this.door.listening) await stopAccepting(this.door);
    this.connections.close();
    const workers = alive();
    const ended = workers.map((worker) => once(worker, "exit"));
    this.end = { latchkey: "stop", signal };
    for (const worker of workers) tell(worker, this.end);
    const limit = setTimeout(() => {
      for (const worker of workers) worker.process.kill("SIGKILL");
    }, limitMs);
    await Promise.all(ended);
    clearTimeout(limit);
  }

  private start(): void {
    if (this.stopping) return;
    const startedAt = performance.now();
    const worker = cluster.fork();
    worker.on("error", (error) => log.warn({ err: error, pid: worker.process.pid }, "a worker could not be reached"));
    worker.on("message", (message: unknown) => {
      if (isOurs(message)) this.hear(worker, message as ToPrimary);
    });
    worker.once("exit", (code, signal) => {
      this.connections.leave(worker);
      this.leaving.delete(worker);
      if (!this.stopping) this.replace(worker.process.pid, performance.now() - startedAt, code, signal);
    });
    // Its last words may come after its end, but before this. "disconnect" never comes while a connection is on its way.
    worker.process.once("close", () => this.connections.end(worker));
  }

  private join(worker: Worker): void {
    this.connections.join(worker);
    this.letGo();
    if (this.hasServed || this.stopping || this.connections.servingCount() < this.settings.count) return;
    this.hasServed = true;
    this.door.once("error", (error) => this.settings.onFailed(error));
    this.door.listen(this.settings.port, this.settings.host, this.settings.onServing);
  }

  private replace(pid: number | undefined, livedMs: number, code: number | null, signal: string | null): void {
    // One that was asked to end has ended in order.
    const delayMs = code === 0 ? 0 : this.policy.afterDeath(livedMs);
    if (delayMs === null) {
      this.fail("The processes that serve die again and again soon after their start. The log may say why.");
      return;
    }
    log.warn({ pid, code, signal, delay_ms: delayMs }, "a worker ended and is replaced");
    setTimeout(() => this.start(), delayMs);
  }

  private hear(worker: Worker, message: ToPrimary): void {
    if (message.latchkey === "joined") this.tellAll(worker);
    else if (message.latchkey === "serving") this.join(worker);
    else if (message.latchkey === "taken") this.connections.taken(worker, message.connection);
    else if (message.latchkey === "leaving") this.wantsToGo(worker);
    else if (message.latchkey === "failed" && !this.hasServed) this.fail(message.reason);
    else if (message.latchkey === "failed") log.error({ reason: message.reason }, "a worker could not start");
    else if (message.latchkey === "counts-wanted") void this.sendCounts(worker, message.request);
    else if (message.latchkey === "counted") this.waiting.get(message.request)?.(message.counts);
  }

  /** What was told before it listened is lost, so it asks. */
  private tellAll(worker: Worker): void {
    if (this.database) tell(worker, this.database);
    if (isDraining()) tell(worker, { latchkey: "draining" });
    if (this.end) tell(worker, this.end);
  }

  private wantsToGo(worker: Worker): void {
    this.leaving.add(worker);
    setTimeout(() => this.letGo(), GROUP_MS);
  }

  /**
   * Lets those go that were asked to end by themselves, as long as another one serves. What each was handed is on its
   * way before the answer. While the whole instance leaves none goes before it does: they may all have been asked.
   */
  private letGo(): void {
    if (this.stopping || isDraining()) return;
    for (const worker of this.leaving) {
      if (!this.connections.servesWithout(worker)) continue;
      this.connections.leave(worker);
      tell(worker, { latchkey: "stop", signal: "SIGTERM" });
    }
  }

  /** Everybody's counts for one of them. Who does not answer in time is left out. */
  private async sendCounts(to: Worker, request: number): Promise<void> {
    const counts = await Promise.all(alive().map((worker) => this.countsOf(worker)));
    tell(to, { latchkey: "counts", request, counts: counts.filter((count) => count !== null) });
  }

  private countsOf(worker: Worker): Promise<object[] | null> {
    const request = this.asked++;
    return new Promise((resolve) => {
      const done = (counts: object[] | null) => {
        clearTimeout(limit);
        this.waiting.delete(request);
        resolve(counts);
      };
      const limit = setTimeout(done, COUNTS_MS, null);
      this.waiting.set(request, done);
      tell(worker, { latchkey: "count", request });
    });
  }

  private fail(reason: string): void {
    if (this.stopping) return;
    this.stopping = true;
    this.settings.onFailed(new Error(reason));
  }
}

const alive = (): Worker[] =>
  Object.values(cluster.workers ?? {}).filter((worker) => worker?.isConnected() === true) as Worker[];

/** A worker that is just ending is no longer to be told anything; its end is seen by itself. */
function tell(worker: Worker, message: ToWorker): void {
  if (worker.isConnected()) worker.send(message, () => undefined);
}
