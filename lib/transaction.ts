import type pg from "pg";
import { databaseFault } from "@/lib/database-errors";
import { getDb, statementOf, type Tx } from "@/lib/db";
import { AppError } from "@/lib/errors";
import { type Outcome, type Statement, sendTogether } from "@/lib/postgres/round-trip";

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
    throw error;
  } finally {
    client.off("error", onError);
    // One that is lost, or whose transaction nobody could end, is closed rather than given to the next.
    client.release(lost);
  }
}

type Asked = Statement & { resolve: (outcome: Outcome) => void; reject: (reason: unknown) => void };

const BEGIN: Statement = { text: "BEGIN", name: "latchkey_begin", values: [] };
const COMMIT: Statement = { text: "COMMIT", name: "latchkey_commit", values: [] };
const ROLLBACK: Statement = { text: "ROLLBACK", name: "latchkey_rollback", values: [] };

/** BEGIN travels with the first statements, COMMIT with the last. */
class Transaction implements Tx {
  private asked: Asked[] = [];
  private readonly unawaited: Promise<unknown>[] = [];
  private trip: Promise<void> | null = null;
  private hasBegun = false;
  private isOver = false;
  private readonly deadline = performance.now() + LONGEST_MS;

  constructor(private readonly client: pg.PoolClient) {}

  async $queryRaw<T>(...[sql, ...values]: Parameters<Tx["$queryRaw"]>): Promise<T> {
    return (await this.ask(statementOf(sql, values))).rows as T;
  }

  async $executeRaw(...[sql, ...values]: Parameters<Tx["$executeRaw"]>): Promise<number> {
    return (await this.ask(statementOf(sql, values))).count;
  }

  withCommit(write: Promise<unknown>): void {
    write.catch(() => {});
    this.unawaited.push(write);
  }

  async commit(): Promise<void> {
    const committed = this.hasBegun || this.asked.length > 0 ? this.ask(COMMIT) : null;
    committed?.catch(() => {});
    this.isOver = true;
    // Theirs is the failure to tell of: COMMIT only says that it was not reached.
    for (const write of this.unawaited) await write;
    // To commit what has failed is to undo it, and PostgreSQL does not call that an error.
    if (committed && (await committed).command !== "COMMIT") throw new Error("The transaction had failed before.");
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

  private ask(statement: Statement): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      if (this.isOver) throw new Error("The transaction is over.");
      if (performance.now() > this.deadline) {
        throw new AppError("unavailable", "The change takes too long. Nothing was changed.", { retryAfter: 1 });
      }
      this.asked.push({ ...statement, resolve, reject });
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
    const isFirst = !this.hasBegun;
    this.hasBegun = true;
    try {
      const { outcomes, failure } = await sendTogether(this.client, isFirst ? [BEGIN, ...asked] : asked);
      const own = isFirst ? outcomes.slice(1) : outcomes;
      // Those before the one that failed were done: only the others have its failure to tell of.
      for (const [i, { resolve, reject }] of asked.entries()) {
        const outcome = own[i];
        if (outcome) resolve(outcome);
        else reject(failure);
      }
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }
}
