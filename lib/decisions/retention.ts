/** Decision records that an organization keeps, the newest. */
export const RETAINED = 1000;
/** And for how long. */
export const RETAINED_DAYS = 7;
