/** Why an instance stops: whoever runs it wants it to, or a person at a terminal, who does not wait. */
export type StopSignal = "SIGTERM" | "SIGINT";

/** What the primary tells its workers. A database without address: there is none yet, serve without. */
export type ToWorker =
  | { latchkey: "database"; url: string | null }
  /** Comes with the socket, and is answered. */
  | { latchkey: "connection"; connection: number }
  | { latchkey: "draining" }
  | { latchkey: "stop"; signal: StopSignal }
  | { latchkey: "count"; request: number }
  | { latchkey: "counts"; request: number; counts: object[][] };

/** What a worker tells the primary. */
export type ToPrimary =
  /** It hears, and wants to know of the database. */
  | { latchkey: "joined" }
  /** It takes connections. */
  | { latchkey: "serving" }
  /** It has a connection, of which it has read nothing yet. */
  | { latchkey: "taken"; connection: number }
  /** It wants to end, and waits to be told. */
  | { latchkey: "leaving" }
  | { latchkey: "failed"; reason: string }
  | { latchkey: "counts-wanted"; request: number }
  | { latchkey: "counted"; request: number; counts: object[] };

/** Other modules of the process, node's own among them, use the same channel. */
export const isOurs = (message: unknown): message is { latchkey: string } =>
  typeof message === "object" && message !== null && "latchkey" in message;
