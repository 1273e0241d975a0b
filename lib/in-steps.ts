import type { AppError } from "@/lib/errors";

/** What one step of a large change takes on at most: a second's work, far from the time that a statement may take. */
export const STEP = 2_000;

/** After so long a request begins no more steps. */
const LONG_ENOUGH_MS = 6_000;

/**
 * Makes a change that may be too large for a transaction in steps, each a change of its own that stands by itself. A
 * request takes as many as fit in it; whoever repeats it goes on where it ended, also after a crash.
 * @throws what `unfinished` makes, when some are left.
 */
export async function inSteps(step: () => Promise<"done" | "more">, unfinished: () => AppError): Promise<void> {
  const deadline = performance.now() + LONG_ENOUGH_MS;
  while ((await step()) === "more") if (performance.now() > deadline) throw unfinished();
}
