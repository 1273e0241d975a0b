import type { Addition, Total } from "@/lib/rate-limits/limiter";

/** Where instances add up what they counted. */
export type CountStore = {
  /**
   * Adds all of them or, when it rejects, perhaps none, and answers with the totals; `now` is the store's time in
   * seconds since the epoch.
   */
  add(additions: Addition[]): Promise<{ totals: Total[]; now: number }>;
  close(): Promise<void>;
};

/** The name of a subject's counter. */
export const counterName = ({ limit, subject }: Addition): string => `${limit.name}:${subject}`;

/** Seconds from now for which a period's count can still matter: while it is counted, while it fades, and to spare. */
export const keptSeconds = ({ limit }: Addition): number => 3 * limit.window;
