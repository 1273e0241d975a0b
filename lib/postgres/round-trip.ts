import pg from "pg";
import { STALE_STATEMENT } from "@/lib/database-errors";

/** `name`: what the connection keeps the statement prepared under; empty when it is to be planned each time. */
export type Statement = { text: string; name: string; values: readonly unknown[] };
/**
 * `rows`: as pg makes them of the same columns; throws for a value that cannot be read, which the server knows nothing
 * of: the statement was done, and those after it. `count`: of rows returned or changed. `command`: SELECT, COMMIT …
 */
export type Outcome = { rows: () => unknown[]; count: number; command: string };
/** What was done, in order; and why no more, null when nothing is left. */
export type Trip = { outcomes: Outcome[]; failure: unknown };

/**
 * Runs statements one after another in one round trip, each with a snapshot of its own, taken when those before it are
 * done. The first that fails ends the trip: none after it is run, which pg's own pipelining, with a Sync after each
 * statement, does not promise.
 */
export function sendTogether(client: pg.PoolClient, statements: readonly Statement[]): Promise<Trip> {
  return new Promise((resolve) => {
    client.query(new RoundTrip(statements, resolve));
  });
}

type Column = { name: string; read: (text: string) => unknown };
/** The columns of each statement that a connection has prepared; null when it may have and may have not. */
type Prepared = Map<string, Column[] | null>;
type Fields = (string | null)[];

// Of the process, as the pool is: Next's bundles and the server's each have this module, and the same connections.
const store = globalThis as { __latchkeyPrepared?: WeakMap<pg.Connection, Prepared> };
store.__latchkeyPrepared ??= new WeakMap();
const preparedOn = store.__latchkeyPrepared;

/** The protocol's half of the story: what pg asks of whoever submits messages itself, as its cursors do. */
class RoundTrip implements pg.Submittable {
  private readonly values: (string | Buffer | null)[][];
  private readonly outcomes: Outcome[] = [];
  private prepared: Prepared = new Map();
  private unnamed: Column[] = [];
  private rows: Fields[] = [];
  private answered = 0;

  constructor(
    private readonly statements: readonly Statement[],
    private readonly finish: (trip: Trip) => void,
  ) {
    // Before anything is sent: a value that cannot be written must not leave half a message behind.
    this.values = statements.map(({ values }) => values.map(encoded));
  }

  submit(connection: pg.Connection): void {
    this.prepared = preparedOn.get(connection) ?? new Map();
    preparedOn.set(connection, this.prepared);
    const parsed = new Set<string>();
    connection.stream.cork();
    for (const [i, { name, text }] of this.statements.entries()) {
      const isKnown = name !== "" && (parsed.has(name) || Boolean(this.prepared.get(name)));
      if (!isKnown) {
        if (this.prepared.get(name) === null) connection.close({ type: "S", name }, true);
        connection.parse({ name, text, types: [] }, true);
      }
      connection.bind({ statement: name, values: this.values[i] ?? [] }, true);
      if (!isKnown) connection.describe({ type: "P" }, true);
      connection.execute({}, true);
      // Each is answered when it is done, not when all are: several locks may take longer than a server may be silent.
      if (i < this.statements.length - 1) connection.flush();
      parsed.add(name);
    }
    connection.sync();
    connection.stream.uncork();
  }

  handleRowDescription({ fields }: { fields: pg.FieldDef[] }): void {
    const columns = fields.map(({ name, dataTypeID }) => ({ name, read: pg.types.getTypeParser(dataTypeID, "text") }));
    const name = this.current?.name ?? "";
    if (name === "") this.unnamed = columns;
    else this.prepared.set(name, columns);
  }

  handleDataRow({ fields }: { fields: Fields }): void {
    // Read by who asked for it: what is thrown here would end the process, as nobody stands before the socket.
    this.rows.push(fields);
  }

  handleCommandComplete({ text }: { text: string }): void {
    const name = this.current?.name ?? "";
    if (name !== "" && !this.prepared.get(name)) this.prepared.set(name, []);
    const [command = "", ...numbers] = text.split(" ");
    const columns = this.prepared.get(name) ?? this.unnamed;
    const { rows } = this;
    this.outcomes.push({ rows: () => rowsOf(columns, rows), count: Number(numbers.at(-1)) || 0, command });
    this.rows = [];
    this.answered++;
  }

  handleReadyForQuery(): void {
    this.finish({ outcomes: this.outcomes, failure: null });
  }

  handleError(error: unknown): void {
    const name = this.current?.name ?? "";
    const isStale = isStaleStatement(error);
    // What has made one of them stale has most likely made others so.
    if (isStale) for (const known of this.prepared.keys()) this.prepared.set(known, null);
    else if (name !== "" && !this.prepared.get(name)) this.prepared.set(name, null);
    this.finish({ outcomes: this.outcomes, failure: isStale ? new StaleStatement(error) : error });
  }

  handlePortalSuspended(): void {}
  handleEmptyQuery(): void {}

  /** The statement that the server is answering. */
  private get current(): Statement | undefined {
    return this.statements[this.answered];
  }
}

const rowsOf = (columns: Column[], rows: Fields[]): unknown[] => rows.map((fields) => rowOf(columns, fields));

function rowOf(columns: Column[], fields: Fields): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (const [i, { name, read }] of columns.entries()) {
    const text = fields[i] ?? null;
    row[name] = text === null ? null : read(text);
  }
  return row;
}

/** Its columns are no longer of the types that it was prepared with, or the server has it no more. */
function isStaleStatement(error: unknown): boolean {
  const { code, routine } = error as { code?: unknown; routine?: unknown };
  return code === "26000" || (code === "0A000" && routine === "RevalidateCachedQuery");
}

class StaleStatement extends Error {
  readonly code = STALE_STATEMENT;
  constructor(cause: unknown) {
    super("A prepared statement is no longer what it was.", { cause });
  }
}

/** A value as the protocol carries it. Objects are JSON; arrays are PostgreSQL's. */
function encoded(value: unknown): string | Buffer | null {
  if (value === null || value === undefined) return null;
  if (typeof value !== "object") return String(value);
  if (value instanceof Date) return value.toISOString();
  if (ArrayBuffer.isView(value)) return bytes(value);
  return Array.isArray(value) ? arrayLiteral(value) : JSON.stringify(value);
}

const bytes = (view: ArrayBufferView): Buffer => Buffer.from(view.buffer, view.byteOffset, view.byteLength);

const arrayLiteral = (members: unknown[]): string => `{${members.map(memberOf).join()}}`;

function memberOf(member: unknown): string {
  if (Array.isArray(member)) return arrayLiteral(member);
  const text = encoded(member);
  if (text === null) return "NULL";
  if (typeof text !== "string") return `"\\\\x${text.toString("hex")}"`;
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
