import { type Announcement, readAcknowledgement, readAnnouncement } from "@/lib/coherence/announcements";
import {
  type Acknowledgement,
  acknowledge,
  announceAgain,
  leave,
  type Run,
  readInstances,
  register,
  remove,
  renew,
} from "@/lib/coherence/instances";
import { KeyCache, type KeyCacheLimits } from "@/lib/coherence/key-cache";
import { type Clock, Lease } from "@/lib/coherence/lease";
import { Link } from "@/lib/coherence/link";
import { warnOfOtherOrigins } from "@/lib/coherence/origins";
import { type Outcome, Propagation } from "@/lib/coherence/propagation";
import { Coherence, type CoherencePort } from "@/lib/coherence/protocol";
import { log } from "@/lib/log";

export const CLOCK: Clock = { monotonic: () => performance.now(), wall: () => Date.now() };

type Options<V> = {
  /** The name of this process among all. */
  process: string;
  /** The console's origin, which should be that of all others. */
  origin: string;
  limits: KeyCacheLimits<V>;
  /** The database, asked for at every connect. */
  url: () => string;
  /** Runs a statement on any other connection. */
  query: Run;
  /** Told the database's time with every renewal, and our monotonic clock before it was asked. */
  onTime?: (time: Date, askedAt: number) => void;
};

/** How long a change waits to be heard before it is refused. */
const HEARING_MS = 2_000;

/**
 * The protocol on PostgreSQL: what it asks for is sent, and what is answered and announced is told to it. Until `start`
 * (and where notifications do not arrive) it keeps nothing, and its changes wait for the instances that do.
 */
export class CoherenceRuntime<V> {
  readonly cache: KeyCache<V>;
  readonly lease = new Lease(CLOCK);
  private readonly coherence: Coherence<V>;
  private readonly link: Link;
  private isStarted = false;
  private hasCompared = false;
  private isStopped = false;
  private waiting = 0;
  private timer: NodeJS.Timeout | null = null;
  private wakesAt = Number.POSITIVE_INFINITY;
  private unsent: Acknowledgement[] = [];
  private isSending = false;
  private readonly hearing = new Set<() => void>();

  constructor(private readonly options: Options<V>) {
    const port = this.port();
    this.cache = new KeyCache<V>(this.lease, options.limits);
    this.coherence = new Coherence({
      process: options.process,
      clock: CLOCK,
      port,
      lease: this.lease,
      cache: this.cache,
      propagation: new Propagation(CLOCK.monotonic, port),
    });
    this.link = new Link({
      process: options.process,
      url: options.url,
      notify: (channel, payload) => options.query("SELECT pg_notify($1, $2)", [channel, payload]),
      listener: {
        connected: () => this.connected(),
        disconnected: () => this.disconnected(),
        announced: (payload) => this.announced(readAnnouncement(payload)),
        acknowledged: (payload) => {
          const said = readAcknowledgement(payload);
          for (const change of said?.changes ?? []) this.coherence.acknowledged(change, said?.instance ?? "");
        },
      },
    });
  }

  /** Instances that are known to be alive, this one included. */
  get instances(): number {
    return this.coherence.instances;
  }

  /** Listens and keeps, from when the database is reached; loses and finds it again by itself. */
  start(): void {
    if (this.isStarted) return;
    this.isStarted = true;
    this.link.start();
  }

  /** Keeps nothing from here on, and tells the others not to wait for this process. Changes can be made still. */
  async stop(): Promise<void> {
    if (this.isStopped) return;
    this.isStopped = true;
    this.coherence.stop();
    await this.leaving;
    await this.link.stop();
  }

  /**
   * Begins a change; resolves to its id, when its propagation will be heard. False where that does not come in two
   * seconds: then a change must not be made.
   */
  async begin(): Promise<string | false> {
    if (this.mustHear && !(await this.heard())) return false;
    return this.coherence.begin();
  }

  /** After the COMMIT: resolves when the change is in force on every instance, or nobody can say. */
  committed(change: string): Promise<Outcome> {
    this.waiting++;
    return new Promise((resolve) => {
      this.coherence.committed(change, (outcome) => {
        this.waiting--;
        resolve(outcome);
      });
    });
  }

  /** The change was not made, or changed nothing that anyone keeps. */
  abandoned(change: string): void {
    this.coherence.abandoned(change);
  }

  /** Without a listening connection acknowledgements would not arrive: where there should be one, it is waited for. */
  private get mustHear(): boolean {
    return this.isStarted && !this.isStopped && !this.link.deaf && !this.coherence.hears;
  }

  private heard(): Promise<boolean> {
    return new Promise((resolve) => {
      const ended = (heard: boolean) => {
        clearTimeout(timer);
        this.hearing.delete(hear);
        resolve(heard);
      };
      const hear = () => ended(true);
      const timer = setTimeout(() => ended(!this.mustHear), HEARING_MS);
      this.hearing.add(hear);
    });
  }

  private connected(): void {
    this.unsent = [];
    this.isSending = false;
    this.coherence.connected();
    for (const hear of [...this.hearing]) hear();
  }

  private disconnected(): void {
    this.coherence.disconnected();
  }

  private announced(announcement: Announcement): void {
    if (announcement.kind === "subject") this.coherence.notified(announcement.subject);
    else if (announcement.kind === "everything") this.coherence.notifiedOfEverything();
    else this.coherence.marker(announcement.change, announcement.writer);
  }

  /** Once, for of two instances the one that comes later finds the other. */
  private compareOrigins(): void {
    if (this.hasCompared) return;
    this.hasCompared = true;
    warnOfOtherOrigins(this.options.query, this.options.origin).catch(noteFailure);
  }

  private leaving: Promise<void> = Promise.resolve();

  private port(): CoherencePort {
    const { options } = this;
    const onLink: Run = (text, values) => this.link.query(text, values);
    // Whoever has no listening connection makes changes all the same.
    const anywhere: Run = (text, values) =>
      this.coherence.hears ? this.link.query(text, values) : options.query(text, values);
    return {
      register: (id, former) => {
        const askedAt = CLOCK.monotonic();
        register(onLink, id, former, options.origin).then((time) => {
          options.onTime?.(time, askedAt);
          this.coherence.registered(id);
          this.compareOrigins();
        }, noteFailure);
      },
      renew: (id) => {
        const askedAt = CLOCK.monotonic();
        renew(onLink, id).then((time) => {
          if (time === null) return this.coherence.refused(id);
          options.onTime?.(time, askedAt);
          this.coherence.renewed(id);
        }, noteFailure);
      },
      acknowledge: (writer, change, instance) => {
        this.unsent.push({ writer, change, instance });
        if (!this.isSending) void this.send(onLink);
      },
      readInstances: (read, fence) =>
        void readInstances(anywhere, fence).then(
          (rows) => {
            // Others keep what this process changes: from the next change on it listens.
            if (rows.length > 0 && !this.isStopped) this.start();
            this.coherence.instancesRead(read, rows);
          },
          (error) => {
            noteFailure(error);
            this.coherence.readFailed(read);
          },
        ),
      remove: (rows) => void remove(anywhere, rows).catch(noteFailure),
      announce: (changes) => void announceAgain(anywhere, options.process, changes).catch(noteFailure),
      leave: (ids) => {
        this.leaving = leave(options.query, ids).catch(noteFailure);
      },
      reset: () => this.link.reset(),
      wake: (ms) => this.wake(ms),
    };
  }

  /** What comes in while a statement is under way goes out together with the next. */
  private async send(run: Run): Promise<void> {
    this.isSending = true;
    try {
      // A moment's wait: markers that arrive together are acknowledged together.
      await Promise.resolve();
      while (this.unsent.length > 0) {
        const batch = this.unsent;
        this.unsent = [];
        await acknowledge(run, batch);
      }
    } catch (error) {
      noteFailure(error);
    }
    this.isSending = false;
  }

  /** A timer that fires too early does no harm, so that only one that is due earlier is set anew. */
  private wake(ms: number): void {
    const at = CLOCK.monotonic() + ms;
    if (this.timer && at >= this.wakesAt) {
      if (this.waiting > 0) this.timer.ref();
      return;
    }
    if (this.timer) clearTimeout(this.timer);
    this.wakesAt = at;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.wakesAt = Number.POSITIVE_INFINITY;
      this.coherence.tick();
    }, ms);
    // Only a change that waits keeps the program running.
    if (this.waiting === 0) this.timer.unref();
  }
}

const noteFailure = (error: unknown): void => log.debug({ err: error }, "a statement of the key cache failed");
