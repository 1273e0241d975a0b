import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { acknowledgementsFor, CHANGES } from "@/lib/coherence/announcements";
import { log } from "@/lib/log";
import { withServerOptions } from "@/lib/postgres/connection-url";

/** What a link tells its owner. Never called after `stop`. */
export type LinkListener = {
  connected: () => void;
  disconnected: () => void;
  announced: (payload: string) => void;
  acknowledged: (payload: string) => void;
};

type Options = {
  process: string;
  /** The database, asked for at every connect. */
  url: () => string;
  /** Sends a notification over another connection. */
  notify: (channel: string, payload: string) => Promise<unknown>;
  listener: LinkListener;
};

const CONNECT_MS = 2_000;
/** A statement that takes longer is taken for a lost connection: the lease would be over before the next. */
const STATEMENT_MS = 2_000;
const HEARD_MS = 1_500;
const [FIRST_PAUSE_MS, LAST_PAUSE_MS] = [50, 1_000];
const DEAF_PAUSE_MS = 60_000;
const PROBE = "hello";

/**
 * The one connection of a process on which it hears what changes, renews its lease and acknowledges. It reconnects by
 * itself, and is connected only when a notification sent over another connection has arrived on it.
 */
export class Link {
  #client: pg.Client | null = null;
  #stopped = false;
  #ended: Promise<void> = Promise.resolve();
  #wake = new AbortController();
  #deaf = false;
  /** One statement after the other, in the order in which they were asked for. */
  #turn: Promise<void> = Promise.resolve();

  constructor(private readonly options: Options) {}

  /** True when connections do not hear notifications, as through a pooler that lends sessions by the transaction. */
  get deaf(): boolean {
    return this.#deaf;
  }

  start(): void {
    this.#ended = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake.abort();
    await this.#client?.end().catch(() => undefined);
    await this.#ended;
  }

  /** Gives the connection up for lost, and makes another. */
  reset(): void {
    if (this.#client) hangUp(this.#client);
  }

  /**
   * Runs a statement on the connection.
   * @throws when there is none; one that fails or takes too long ends the connection.
   */
  async query<R extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<pg.QueryResult<R>> {
    const client = this.#client;
    if (!client) throw new Error("The listening connection is lost.");
    const result = this.#turn.then(() => client.query<R>(text, values));
    this.#turn = result.then(
      () => undefined,
      () => undefined,
    );
    try {
      return await result;
    } catch (error) {
      hangUp(client);
      throw error;
    }
  }

  async #run(): Promise<void> {
    for (let pause = FIRST_PAUSE_MS; !this.#stopped; pause = Math.min(pause * 2, LAST_PAUSE_MS)) {
      const heard = await this.#connection().catch((error: unknown) => {
        log.debug({ err: error }, "the listening connection failed");
        return false;
      });
      if (heard) pause = FIRST_PAUSE_MS;
      if (!this.#stopped) await this.#sleep(this.#deaf ? DEAF_PAUSE_MS : pause);
    }
  }

  /** One connection from its beginning to its end. True if it heard anything. */
  async #connection(): Promise<boolean> {
    const client = new pg.Client({
      connectionString: withServerOptions(this.options.url(), { timezone: "UTC" }),
      application_name: "latchkey-coherence",
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: STATEMENT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: 5_000,
    });
    const ended = new Promise<void>((resolve) => client.once("end", resolve));
    client.on("error", () => hangUp(client));
    try {
      await client.connect();
      // It alone keeps no program running.
      streamOf(client).unref();
      if (this.#stopped || !(await this.#hears(client, ended))) return false;
      this.#client = client;
      this.options.listener.connected();
      await ended;
      return true;
    } finally {
      const wasConnected = this.#client === client;
      this.#client = null;
      hangUp(client);
      if (wasConnected && !this.#stopped) {
        log.warn("the connection that hears of changes was lost; the key cache rests until it is back");
        this.options.listener.disconnected();
      }
    }
  }

  /** Listens, and makes sure of it: what is sent over another connection must arrive on this one. */
  async #hears(client: pg.Client, ended: Promise<void>): Promise<boolean> {
    const { process, listener, notify } = this.options;
    const own = acknowledgementsFor(process);
    let greeted = () => {};
    const greeting = new Promise<"heard">((resolve) => {
      greeted = () => resolve("heard");
    });
    client.on("notification", ({ channel, payload = "" }) => {
      if (channel === own && payload === PROBE) greeted();
      else if (this.#client !== client) return;
      else if (channel === CHANGES) listener.announced(payload);
      else if (channel === own) listener.acknowledged(payload);
    });
    await client.query(`LISTEN ${CHANGES}`);
    await client.query(`LISTEN ${own}`);
    await notify(own, PROBE);
    const said = await Promise.race([greeting, ended, sleep(HEARD_MS, "nothing", { ref: false })]);
    const isDeaf = said === "nothing";
    if (isDeaf && !this.#deaf) {
      log.warn(
        "the database connection carries no notifications, as through a pooler in transaction mode: keys are not " +
          "cached, and every check reads the database. Set DATABASE_URL to PostgreSQL itself, or to a session pool",
      );
    }
    this.#deaf = isDeaf;
    return said === "heard";
  }

  async #sleep(ms: number): Promise<void> {
    await sleep(ms, undefined, { ref: false, signal: this.#wake.signal }).catch(() => undefined);
  }
}

/** Ends a connection now: on one that is stuck, pg's own `end` would wait for an answer. */
function hangUp(client: pg.Client): void {
  streamOf(client).destroy();
}

/** The client's socket, which pg's types leave out. */
const streamOf = (client: pg.Client): Socket =>
  (client as unknown as { connection: { stream: Socket } }).connection.stream;
