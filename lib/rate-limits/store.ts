import type { Addition, Total } from "@/lib/rate-limits/limiter";

/** Where instances add up what they counted. */
export type CountStore = {
  /**
   * Adds all of them and answers with the totals, as late as it may be; `now` is the store's time in seconds since the
   * epoch. It rejects when it can be taken that none was added.
   */
  add(additions: Addition[]): Promise<{ totals: Total[]; now: number }>;
  close(): Promise<void>;
};

/** The name of a subject's counter. */
export const counterName = ({ limit, subject }: Addition): string => `${limit.name}:${subject}`;

/** Seconds from now for which a period's count can still matter: while it is counted, while it fades, and to spare. */
export const keptSeconds = ({ limit }: Addition): number => 3 * limit.window;
