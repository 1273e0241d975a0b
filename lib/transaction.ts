import type pg from "pg";
import { databaseFault, isRefusedStatement } from "@/lib/database-errors";
import { getDb, statementOf, type Tx } from "@/lib/db";
import { AppError } from "@/lib/errors";
import { type Outcome, type Statement, sendTogether, type Trip } from "@/lib/postgres/round-trip";

const ATTEMPTS = 4;
/** After so long a transaction begins no more statements; each of them has a time limit of its own. */
const LONGEST_MS = 10_000;

/** Runs `work` in a transaction; deadlocks and serialization failures are tried again a few times. */
export async function inTransaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(work);
    } catch (error) {
      if (error instanceof AppError || databaseFault(error) !== "retry") throw error;
      if (attempt === ATTEMPTS) {
        throw new AppError("unavailable", "The change met others at the same time. Try again.", {
          retryAfter: 1,
          cause: error,
        });
      }
      await new Promise((resolve) => setTimeout(resolve, attempt * 10 + Math.random() * 20));
    }
  }
}

async function once<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
  const client = await getDb().pool.connect();
  let lost: Error | undefined;
  const onError = (error: Error) => {
    lost = error;
  };
  // Without a listener, a connection that is lost in between two statements ends the process.
  client.on("error", onError);
  const transaction = new Transaction(client);
  try {
    const result = await work(transaction);
    await transaction.commit();
    return result;
  } catch (error) {
    await transaction.rollback().catch(onError);
    if (transaction.mayBeMade) throw unknown(error);
    throw error;
  } finally {
    client.off("error", onError);
    // One that is lost, or whose transaction nobody could end, is closed rather than given to the next.
    client.release(lost);
  }
}

/** Not to be tried again by anyone but who asked: it may be there. */
const unknown = (cause: unknown): AppError =>
  new AppError(
    "unavailable",
    "The database was lost before it said whether the change is made. Look before you try again.",
    {
      retryAfter: 2,
      cause,
    },
  );

type Explain = (failure: unknown) => unknown;
type Asked = {
  statement: Statement;
  resolve: (outcome: Outcome) => void;
  reject: (reason: unknown) => void;
  explain: Explain;
};

const BEGIN: Statement = { text: "BEGIN", name: "latchkey_begin", values: [] };
const COMMIT: Statement = { text: "COMMIT", name: "latchkey_commit", values: [] };
const ROLLBACK: Statement = { text: "ROLLBACK", name: "latchkey_rollback", values: [] };

const AS_IT_IS: Explain = (failure) => failure;

/**
 * BEGIN travels with the first statements, COMMIT with the last. After anything that has failed, here or at the server,
 * nothing travels but ROLLBACK.
 */
class Transaction implements Tx {
  private asked: Asked[] = [];
  private readonly unawaited: Promise<unknown>[] = [];
  private trip: Promise<void> | null = null;
  /** BEGIN was sent, or may have been. */
  private hasBegun = false;
  /** COMMIT was sent, and nobody said that it was refused. */
  mayBeMade = false;
  private isOver = false;
  private failure: { cause: unknown } | null = null;
  private readonly deadline = performance.now() + LONGEST_MS;

  constructor(private readonly client: pg.PoolClient) {}

  async $queryRaw<T>(...[sql, ...values]: Parameters<Tx["$queryRaw"]>): Promise<T> {
    return (await this.ask(statementOf(sql, values))).rows() as T;
  }

  async $executeRaw(...[sql, ...values]: Parameters<Tx["$executeRaw"]>): Promise<number> {
    return (await this.ask(statementOf(sql, values))).count;
  }

  withCommit(...[write, explain]: Parameters<Tx["withCommit"]>): Promise<number> {
    const written = this.ask(statementOf(write, []), explain).then(({ count }) => count);
    written.catch(() => {});
    this.unawaited.push(written);
    return written;
  }

  async commit(): Promise<void> {
    const isNeeded = this.hasBegun || this.asked.length > 0 || this.failure !== null;
    const committed = isNeeded ? this.ask(COMMIT) : null;
    committed?.catch(() => {});
    this.isOver = true;
    // Theirs is the failure to tell of: COMMIT only says that it was not reached.
    for (const write of this.unawaited) await write;
    // To commit what has failed is to undo it, and PostgreSQL does not call that an error.
    if (committed && (await committed).command !== "COMMIT") throw new Error(HAD_FAILED);
  }

  /** Rejects when the connection is not to be used again. */
  async rollback(): Promise<void> {
    this.isOver = true;
    for (const { reject } of this.asked.splice(0)) reject(new Error("The transaction was given up."));
    await this.trip;
    if (!this.hasBegun) return;
    const { failure } = await sendTogether(this.client, [ROLLBACK]);
    if (failure !== null) throw failure;
  }

  private ask(statement: Statement, explain = AS_IT_IS): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      if (this.isOver) throw new Error("The transaction is over.");
      if (this.failure !== null) throw new Error(HAD_FAILED, this.failure);
      if (performance.now() > this.deadline) {
        const cause = new AppError("unavailable", "The change takes too long. Nothing was changed.", { retryAfter: 1 });
        this.failure = { cause };
        throw cause;
      }
      this.asked.push({ statement, resolve, reject, explain });
      this.trip ??= this.travel();
    });
  }

  private async travel(): Promise<void> {
    do {
      // After all that goes on without waiting has gone on: it may ask for more.
      await new Promise<void>((resolve) => process.nextTick(resolve));
      await this.send(this.asked.splice(0));
    } while (this.asked.length > 0);
    this.trip = null;
  }

  private async send(asked: Asked[]): Promise<void> {
    if (asked.length === 0) return;
    if (this.failure !== null) {
      for (const { reject } of asked) reject(new Error(HAD_FAILED, this.failure));
      return;
    }
    const own = asked.map(({ statement }) => statement);
    const begins = this.hasBegun ? [] : [BEGIN];
    this.hasBegun = true;
    let wasSent = true;
    const { outcomes, failure } = await sendTogether(this.client, [...begins, ...own]).catch((cause: unknown): Trip => {
      // A value among them cannot be written down.
      wasSent = false;
      return { outcomes: [], failure: cause };
    });
    if (failure !== null) {
      this.failure = { cause: failure };
      const isRefused = isRefusedStatement(failure) || databaseFault(failure) === "retry";
      this.mayBeMade = wasSent && own.includes(COMMIT) && !isRefused;
    }
    const failedAt = outcomes.length - begins.length;
    // Those before the one that failed were done: only the others have its failure to tell of.
    for (const [i, { resolve, reject, explain }] of asked.entries()) {
      const outcome = outcomes[begins.length + i];
      if (outcome) resolve(outcome);
      else reject(i === failedAt ? explain(failure) : failure);
    }
  }
}

const HAD_FAILED = "The transaction had failed before.";
