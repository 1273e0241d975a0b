/**
 * What a failed statement means, read from the SQLSTATE wherever Prisma or pg has put it. The one place that knows
 * database errors; nothing of their text ever leaves the process except to the log.
 */
export type DatabaseFault = "unavailable" | "retry" | "unique" | "other";

/** Stands where a SQLSTATE does, for a prepared statement that is no longer what it was: another try prepares it anew. */
export const STALE_STATEMENT = "stale_statement";

const UNAVAILABLE_STATES = new Set(["57P01", "57P02", "57P03", "53300", "53100", "57014", "55P03", "25006", "26000"]);
/** Classes of trouble with the connection, the server's resources, its operator, its system, and itself. */
const OF_THE_SERVER = /^(08|53|57P|58|F0|XX)/;
const RETRY_STATES = new Set(["40001", "40P01", STALE_STATEMENT]);
const UNAVAILABLE_CODES = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOENT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ECONNABORTED",
  "ENOTFOUND",
  "EAI_AGAIN",
  // Prisma: cannot reach, timed out, connection closed, no transaction could be opened in time.
  "P1001",
  "P1002",
  "P1008",
  "P1017",
  "P2024",
  "P2028",
]);
const UNAVAILABLE_TEXT =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Unable to start a transaction|server closed the connection|Query read timeout|not queryable|DatabaseNotReachable|ConnectionClosed|SocketTimeout/;

export function databaseFault(error: unknown): DatabaseFault {
  for (const layer of layers(error)) {
    const code = layer.code ?? layer.originalCode;
    if (code === "P2034" || (code && RETRY_STATES.has(code))) return "retry";
    if (code === "P2002" || code === "23505") return "unique";
    if (code && (UNAVAILABLE_STATES.has(code) || UNAVAILABLE_CODES.has(code) || /^(08|58)/.test(code))) {
      return "unavailable";
    }
    if (
      layer.kind &&
      /NotReachable|ConnectionClosed|SocketTimeout|TlsConnectionError|TooManyConnections/.test(layer.kind)
    ) {
      return "unavailable";
    }
    if (layer.kind === "TransactionWriteConflict") return "retry";
  }
  return error instanceof Error && UNAVAILABLE_TEXT.test(error.message) ? "unavailable" : "other";
}

type Layer = { code?: string; originalCode?: string; kind?: string };

/**
 * True if the server refused a statement and said so: then the transaction is certainly undone. False when the
 * connection was lost, for COMMIT may have succeeded unread, and when the statement is worth another try.
 */
export function isRefusedStatement(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  // By what it has: another bundle's pg has another class of errors. Only the server's have a severity.
  const { severity, code } = error as { severity?: unknown; code?: unknown };
  if (typeof severity !== "string" || typeof code !== "string") return false;
  return !OF_THE_SERVER.test(code) && databaseFault(error) !== "retry";
}

/** The error, its causes, and the driver adapter's error that Prisma keeps in `meta`. */
function* layers(error: unknown): Generator<Layer> {
  const queue: unknown[] = [error];
  for (let depth = 0; queue.length > 0 && depth < 12; depth++) {
    const current = queue.shift();
    if (typeof current !== "object" || current === null) continue;
    const record = current as Record<string, unknown>;
    yield {
      ...(typeof record.code === "string" ? { code: record.code } : {}),
      ...(typeof record.originalCode === "string" ? { originalCode: record.originalCode } : {}),
      ...(typeof record.kind === "string" ? { kind: record.kind } : {}),
    };
    queue.push(record.cause, record.meta, record.driverAdapterError);
    if (Array.isArray(record.errors)) queue.push(...record.errors.slice(0, 4));
  }
}
