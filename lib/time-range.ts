import { z } from "zod";
import { fromUnixSeconds, MAX_UNIX_SECONDS } from "@/lib/clock";
import { type AppError, validationFailed } from "@/lib/errors";

/** Unix seconds in a query: digits only, and no milliseconds. */
export const momentSchema = z
  .string()
  .regex(/^[0-9]{1,15}$/, { error: "Expected Unix seconds, a whole number.", abort: true })
  .transform(Number)
  .refine((seconds) => seconds <= MAX_UNIX_SECONDS, {
    error: "This looks like milliseconds. Times are Unix seconds.",
    params: { code: "looks_like_milliseconds" },
  });

/** Throws 422 unless `from` is before `to`. */
export function checkRange(from: number | undefined, to: number | undefined): void {
  if (from !== undefined && to !== undefined && from >= to) throw rangeRefused("from must be before to.");
}

/** A 422 at `from`. */
export const rangeRefused = (detail: string): AppError =>
  validationFailed([{ pointer: "/from", code: "invalid_range", detail }]);

/** A moment of a query as a date; undefined stays. */
export const momentOf = (seconds: number | undefined): Date | undefined =>
  seconds === undefined ? undefined : fromUnixSeconds(seconds);
