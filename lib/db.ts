import { createHash } from "node:crypto";
import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { AppError } from "@/lib/errors";
import { Prisma, PrismaClient } from "@/lib/generated/prisma/client";
import { log } from "@/lib/log";
import { withServerOptions } from "@/lib/postgres/connection-url";
import type { Statement } from "@/lib/postgres/round-trip";
import { endSilentConnections } from "@/lib/postgres/silence";

type Sql = TemplateStringsArray | Prisma.Sql;

/** Where SQL runs: a transaction, or Prisma outside of one. Never built from text: what stands in `${}` is a value. */
export type Queries = {
  /** The rows. */
  $queryRaw<T>(sql: Sql, ...values: unknown[]): Promise<T>;
  /** How many rows were returned or changed. */
  $executeRaw(sql: Sql, ...values: unknown[]): Promise<number>;
};

/**
 * A transaction in progress. Statements run in the order in which they are asked for; those that are asked for before
 * any is waited for travel together, and after one that fails none is run.
 */
export type Tx = Queries & {
  /**
   * For a write whose outcome nobody waits for: it travels with COMMIT, and the transaction fails as it does. It is a
   * statement and no promise, which could fail, or ask for more, when COMMIT is on its way.
   * @param explain makes what is told in place of its own failure.
   * @returns how many rows it changed, of use when the transaction is over. It needs neither await nor catch.
   */
  withCommit(write: Prisma.Sql, explain?: (failure: unknown) => unknown): Promise<number>;
};
/** What a JSON column takes, and what it gives. */
export type JsonObject = Prisma.InputJsonObject;
export type JsonValue = Prisma.JsonValue;

export type Database = { prisma: PrismaClient; pool: pg.Pool };

declare global {
  // Next's bundles and server.ts have separate module state in one process; they share this one pool.
  var __latchkeyDatabase: Database | undefined;
  /** True from the start of the process until its database is migrated. */
  var __latchkeyDatabasePending: boolean | undefined;
}

/**
 * Connections per process. A request holds one for a few milliseconds, so ten serve thousands of requests a second,
 * and ten instances stay within PostgreSQL's default limit of 100.
 */
const MAX_CONNECTIONS = 10;

const STATEMENT_MS = 10_000;
/**
 * Longer than a statement may take: by then a server that lives has answered, if only that it has given up. Each
 * statement of a round trip is answered by itself.
 */
const SILENCE_MS = STATEMENT_MS + 2_000;

/**
 * The process's database: Prisma, and the pool below it for named prepared statements. Made at the first call from
 * `DATABASE_URL`, which the start-up sets to the runtime role's.
 * @throws AppError `unavailable` while there is no database to connect to yet.
 */
export function getDb(): Database {
  globalThis.__latchkeyDatabase ??= connect();
  return globalThis.__latchkeyDatabase;
}

/** Closes every connection. A later `getDb()` opens new ones. */
export async function closeDb(): Promise<void> {
  const database = globalThis.__latchkeyDatabase;
  globalThis.__latchkeyDatabase = undefined;
  if (!database) return;
  await database.prisma.$disconnect();
  await database.pool.end();
}

function connect(): Database {
  const url = process.env.DATABASE_URL;
  if (!url || globalThis.__latchkeyDatabasePending) {
    throw new AppError("unavailable", "The database cannot be reached.", { retryAfter: 5 });
  }
  const pool = new pg.Pool({
    connectionString: withServerOptions(url, { timezone: "UTC" }),
    application_name: "latchkey",
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    // An idle pool keeps no program running; the server has its listening socket for that.
    allowExitOnIdle: true,
    statement_timeout: STATEMENT_MS,
    idle_in_transaction_session_timeout: 15_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  });
  // Without a listener, an idle connection that the server closes ends the process.
  pool.on("error", (error) => log.warn({ reason: error.message }, "a database connection was lost"));
  endSilentConnections(pool, SILENCE_MS);
  const prisma = new PrismaClient({
    adapter: new PrismaPg(pool, { statementNameGenerator: ({ sql }) => statementName(sql, "prisma") }),
  });
  return { prisma, pool };
}

/** A statement, or a part of one, to be asked for later. For who is no repository. */
export const { sql } = Prisma;

/** A statement of a transaction, from a tagged template or from what `Prisma.sql` has made. */
export function statementOf(sql: Sql, values: unknown[]): Statement {
  const { text, values: all } = "raw" in sql ? Prisma.sql(sql, ...values) : sql;
  return { text, values: all, name: statementName(text, "latchkey_tx") };
}

/** A statement outside of a transaction that each connection keeps prepared, for `pool.query`. */
export const prepared = ({ text, values }: Prisma.Sql): Statement & pg.QueryConfig => ({
  text,
  values,
  name: statementName(text, "latchkey"),
});

/**
 * The rows of a SELECT whose best plan depends on its values, as that of a list on its filters: planned for them each
 * time, which costs PostgreSQL some 0.3 ms. A plan that is kept for all values walks a million rows in the list's order
 * to find the three of a small region.
 */
export async function selectPlanned<T extends pg.QueryResultRow>({ text, values }: Prisma.Sql): Promise<T[]> {
  const { rows } = await getDb().pool.query<T>({ text, values });
  return rows;
}

/** The names of a table's columns, for a SELECT or RETURNING that gives all that its rows' type has. */
export const columnsOf = (names: Record<string, string>): Prisma.Sql => Prisma.raw(Object.values(names).join(", "));

/** The one row of a statement that cannot but give one. */
export function only<T>([row]: T[]): T {
  if (row === undefined) throw new Error("A row that was there is gone.");
  return row;
}

/** `column = value` for each given one, for an UPDATE. The names are the code's own; `undefined` leaves one out. */
export function assignments(changes: Record<string, unknown>): Prisma.Sql {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  return Prisma.join(given.map(([column, value]) => Prisma.sql`${Prisma.raw(column)} = ${value}`));
}

/** Statements that a connection keeps prepared. Those of lists differ with the filters that are given. */
const MAX_PREPARED = 400;
const names = new Map<string, string>();

/**
 * The same statement has the same name, and is planned once in a connection's life instead of every time: planning
 * costs PostgreSQL more than running it. The first few hundred that a process sends, which are all but the odd ones.
 */
function statementName(sql: string, user: "prisma" | "latchkey" | "latchkey_tx"): string {
  const known = names.get(sql);
  // pg takes an empty name for none.
  if (known === undefined && names.size >= MAX_PREPARED) return "";
  const hash = known ?? createHash("sha256").update(sql).digest("base64url").slice(0, 22);
  names.set(sql, hash);
  // Each keeps its own book of what a connection has prepared.
  return `${user}_${hash}`;
}
