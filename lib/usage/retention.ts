/** How long counts are kept, in days: the finer, the shorter. */
export const RETAINED_DAYS = { minute: 7, hour: 90, day: 730 } as const;

export type Interval = keyof typeof RETAINED_DAYS;
export const INTERVALS = ["minute", "hour", "day"] as const satisfies readonly Interval[];
