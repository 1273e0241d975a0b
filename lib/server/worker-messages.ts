/** What the primary tells its workers. A database without address: there is none yet, serve without. */
export type ToWorker =
  | { latchkey: "database"; url: string | null }
  | { latchkey: "stop" }
  | { latchkey: "count"; request: number }
  | { latchkey: "counts"; request: number; counts: object[][] };

/** What a worker tells the primary. */
export type ToPrimary =
  | { latchkey: "joined" }
  | { latchkey: "failed"; reason: string }
  | { latchkey: "counts-wanted"; request: number }
  | { latchkey: "counted"; request: number; counts: object[] };

/** Other modules of the process, node's own among them, use the same channel. */
export const isOurs = (message: unknown): message is { latchkey: string } =>
  typeof message === "object" && message !== null && "latchkey" in message;
