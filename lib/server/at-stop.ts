import { log } from "@/lib/log";

const store = globalThis as { __latchkeyAtStop?: Set<() => Promise<void>> };

/** Registers what must be finished before the process ends, such as a flush. The database is still open then. */
export function atStop(finish: () => Promise<void>): void {
  store.__latchkeyAtStop ??= new Set();
  store.__latchkeyAtStop.add(finish);
}

/** Runs all that was registered. One that fails is logged and keeps no other from running. */
export async function finishAll(): Promise<void> {
  const results = await Promise.allSettled([...(store.__latchkeyAtStop ?? [])].map((finish) => finish()));
  for (const result of results)
    if (result.status === "rejected") log.error({ err: result.reason }, "a task at stop failed");
}
