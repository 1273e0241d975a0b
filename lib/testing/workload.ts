import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type Change, KeyModel } from "@/lib/testing/key-model";
import { type Random, randomOf } from "@/lib/testing/random";

/** The longest that any request may take, whatever has become of the database. */
export const ANSWER_WITHIN_MS = 20_000;

const KEYS = "/v4/account/api-keys";
const GRANTS = { permissions: ["residential:read"] };

/** A key that the workload made, all its tokens that were ever seen, and what it may be. */
export type WorkedKey = { id: string; tokens: string[]; model: KeyModel };

type Call = { method: string; path: string; token: string; body?: unknown; idempotencyKey?: string };
/** `status` 0: the connection ended without an answer. */
// biome-ignore lint/suspicious/noExplicitAny: it reads whatever the contract promises and reports what is not there.
type Got = { status: number; body: any; requestId: string | null; ms: number };

export type WorkloadOptions = {
  /** The instances. Requests go to one after the other, so that what one has acknowledged is asked of the next. */
  urls: readonly string[];
  /** A key for each client, which may do everything with keys. */
  tokens: string[];
  seed: number;
  /** The longest pause between two requests of a client. */
  pauseMs?: number;
};

/**
 * Clients that make, change and check keys, each its own, and know what every answer allows the next one to say.
 * `violations` lists the answers that no order of events explains.
 */
export class Workload {
  readonly keys: WorkedKey[] = [];
  /** Names of keys that may have been made: their creation was never answered. */
  readonly maybeMade: string[] = [];
  /** Request ids of changes that were acknowledged. */
  readonly acknowledged: string[] = [];
  readonly violations: string[] = [];
  /** How many answers there were of each status; 0 = none. */
  readonly statuses = new Map<number, number>();
  slowestMs = 0;
  /** What the names of its keys begin with. */
  readonly prefix: string;
  /** The instances that may be killed just now: only theirs may be requests that end without an answer. */
  readonly mayLoseAnswers = new Set<string>();
  private running = false;
  private clients: Promise<void>[] = [];
  private serial = 0;
  private sent = 0;

  constructor(private readonly options: WorkloadOptions) {
    this.prefix = `work ${options.seed} `;
  }

  start(): void {
    this.running = true;
    this.clients = this.options.tokens.map((token, i) => this.client(token, randomOf(this.options.seed + i * 7919)));
  }

  /** Ends when the last answer has come. */
  async stop(): Promise<void> {
    this.running = false;
    await Promise.all(this.clients);
  }

  /** Decisions about every token that was ever seen, against what it may be by now. Each must be given. */
  async checkAll(): Promise<void> {
    const [token = ""] = this.options.tokens;
    for (const key of this.keys) {
      for (const index of key.tokens.keys()) {
        const statuses = await Promise.all(this.options.urls.map((url) => this.verify(token, key, index, url)));
        if (statuses.some((status) => status !== 200))
          this.violations.push(`${statuses} for token ${index} of ${key.id} when all is well again`);
      }
    }
  }

  private async client(token: string, random: Random): Promise<void> {
    const own: WorkedKey[] = [];
    try {
      while (this.running) {
        await this.step(token, random, own);
        await sleep(random.below(this.options.pauseMs ?? 20));
      }
    } catch (error) {
      this.violations.push(`a client failed: ${error instanceof Error ? error.stack : error}`);
    }
  }

  private async step(token: string, random: Random, own: WorkedKey[]): Promise<void> {
    const key = own[random.below(own.length + 1)];
    if (!key) {
      if (own.length >= 40) return;
      const made = await this.create(token, random);
      if (made) own.push(made);
      return;
    }
    const dice = random.below(100);
    if (key.tokens.length > 0 && dice < 45) {
      const index = random.below(key.tokens.length);
      await (dice < 25 ? this.verify(token, key, index) : this.authorize(key, index));
    } else if (dice < 60) await this.change(token, key, { kind: "disable" });
    else if (dice < 75) await this.change(token, key, { kind: "reactivate" });
    else if (dice < 85) await this.change(token, key, { kind: "rename", name: this.newName() });
    else if (dice < 97) await this.regenerate(token, key, random);
    else await this.change(token, key, { kind: "revoke" });
    if (dice >= 45) await this.askEveryInstance(token, key);
  }

  /**
   * What was acknowledged a moment ago is in force wherever it is asked for, and from memory the next time. The token
   * before the last too: it may just have been replaced.
   */
  private async askEveryInstance(token: string, key: WorkedKey): Promise<void> {
    const { urls } = this.options;
    if (urls.length === 1) return;
    const latest = [...key.tokens.keys()].slice(-2);
    await Promise.all(urls.flatMap((url) => latest.map((index) => this.verify(token, key, index, url))));
  }

  private async create(token: string, random: Random): Promise<WorkedKey | null> {
    const name = this.newName();
    const call = { method: "POST", path: KEYS, token, body: { name, ...GRANTS }, idempotencyKey: randomUUID() };
    const got = await this.untilKnown(call, random);
    if (got.status === 201) {
      this.note(got);
      const { id, token: made } = got.body;
      const key = { id, tokens: made ? [made] : [], model: new KeyModel(name, made ? 0 : null) };
      this.keys.push(key);
      return key;
    }
    if (isOpen(got)) this.maybeMade.push(name);
    else if (got.status !== 429) this.violate(call, got, "a key could not be made");
    return null;
  }

  private async regenerate(token: string, key: WorkedKey, random: Random): Promise<void> {
    const path = `${KEYS}/${key.id}/regenerate`;
    const call = { method: "POST", path, token, body: {}, idempotencyKey: randomUUID() };
    const got = await this.untilKnown(call, random);
    const made: string | null = got.status === 200 ? got.body.token : null;
    if (made) key.tokens.push(made);
    this.judge(call, key, { kind: "regenerate", token: made ? key.tokens.length - 1 : null }, got);
  }

  private async change(token: string, key: WorkedKey, change: Change): Promise<void> {
    const path = `${KEYS}/${key.id}`;
    const call = { token, path, ...requestOf(change) };
    this.judge(call, key, change, await this.send(call));
  }

  private judge(call: Call, key: WorkedKey, change: Change, got: Got): void {
    if (isOpen(got)) key.model.unknown(change);
    if (isOpen(got) || got.status === 429) return;
    let wrong: string | null = `${got.status} is no answer to this`;
    if (got.status === 404) wrong = key.model.notFound(change);
    else if (got.status === 200 || got.status === 204) {
      if (key.model.changesSomething(change)) this.note(got);
      wrong = key.model.acknowledged(change, got.status === 200 ? got.body : null);
    }
    if (wrong) this.violate(call, got, wrong);
  }

  private async verify(token: string, key: WorkedKey, index: number, at?: string): Promise<number> {
    const call = { method: "POST", path: "/v4/verify", token, body: { token: key.tokens[index] } };
    const right = key.model.decisions(index);
    const got = await this.send(call, at);
    const isDecided = !isOpen(got) && got.status !== 429;
    const isOfAnother = got.body?.code === "VALID" && got.body.key?.id !== key.id;
    if (isDecided && (isOfAnother || !right.has(got.body?.code))) {
      this.violate(call, got, `right were ${[...right]} for token ${index} of ${key.id}`);
    }
    return got.status;
  }

  private async authorize(key: WorkedKey, index: number): Promise<void> {
    const call = { method: "GET", path: "/v4/authorize", token: key.tokens[index] ?? "" };
    const right = key.model.decisions(index);
    const got = await this.send(call);
    if (isOpen(got) || got.status === 429) return;
    const isRight =
      got.status === 200 ? right.has("VALID") : got.status === 401 && [...right].some((code) => code !== "VALID");
    if (!isRight) this.violate(call, got, `right were ${[...right]} for token ${index} of ${key.id}`);
  }

  /** As a careful client does: the same Idempotency-Key until it is known what became of it. Every third gives up. */
  private async untilKnown(call: Call, random: Random): Promise<Got> {
    const patience = random.below(3) === 0 ? 1 : 60;
    for (let attempt = 1; ; attempt++) {
      const got = await this.send(call);
      const isDecided = !isOpen(got) && got.status !== 429 && got.body?.code !== "idempotency_in_progress";
      if (isDecided || attempt >= patience || !this.running) return isDecided ? got : { ...got, status: 0 };
      await sleep(250);
    }
  }

  /** @param at the instance that is asked; otherwise the next one. */
  private async send({ method, path, token, body, idempotencyKey }: Call, at?: string): Promise<Got> {
    const { urls } = this.options;
    const url = at ?? urls[this.sent++ % urls.length] ?? "";
    const began = performance.now();
    let got: Got;
    try {
      const answer = await fetch(url + path, {
        method,
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS * 2),
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      const requestId = answer.headers.get("x-request-id");
      got = {
        status: answer.status,
        body: text === "" ? null : JSON.parse(text),
        requestId,
        ms: performance.now() - began,
      };
      if (got.status === 503 && !answer.headers.has("retry-after")) {
        this.violations.push(`${method} ${path}: 503 without Retry-After`);
      }
    } catch (error) {
      got = { status: 0, body: String(error), requestId: null, ms: performance.now() - began };
      if (!this.mayLoseAnswers.has(url)) this.violations.push(`${method} ${path}: no answer: ${reasonOf(error)}`);
    }
    this.statuses.set(got.status, (this.statuses.get(got.status) ?? 0) + 1);
    this.slowestMs = Math.max(this.slowestMs, got.ms);
    if (got.ms > ANSWER_WITHIN_MS) this.violations.push(`${method} ${path}: answered after ${Math.round(got.ms)} ms`);
    return got;
  }

  private note({ requestId, body }: Got): void {
    // A replay changed nothing: its first request did.
    if (requestId && body?.token !== null) this.acknowledged.push(requestId);
  }

  private violate({ method, path }: Call, { status, body }: Got, what: string): void {
    this.violations.push(`${method} ${path} → ${status} ${JSON.stringify(withoutToken(body))}: ${what}`);
  }

  private newName(): string {
    return `${this.prefix}${++this.serial}`;
  }
}

/** Whether the answer leaves open what became of the request. */
const isOpen = ({ status }: Got): boolean => status === 0 || status === 503;

function requestOf(change: Change): { method: string; body?: unknown } {
  if (change.kind === "revoke") return { method: "DELETE" };
  if (change.kind === "rename") return { method: "PATCH", body: { name: change.name } };
  return { method: "PATCH", body: { is_active: change.kind === "reactivate" } };
}

const reasonOf = (error: unknown): string =>
  error instanceof Error ? `${error.message} ${String(error.cause ?? "")}` : String(error);

const withoutToken = (body: unknown): unknown =>
  typeof body === "object" && body !== null && "token" in body ? { ...body, token: "…" } : body;
