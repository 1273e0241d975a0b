import { setTimeout as sleep } from "node:timers/promises";
import { type Run, readOtherOrigins } from "@/lib/coherence/instances";
import { LEASE_MS } from "@/lib/coherence/lease";
import { log } from "@/lib/log";

/**
 * Says in the log when a live instance of the same database has another `LATCHKEY_URL`: links, cookies and the origin
 * check of one are then not those of the other. It looks twice, for only a beat that moves tells a live instance from
 * the row that a crashed one has left.
 */
export async function warnOfOtherOrigins(run: Run, origin: string): Promise<void> {
  const before = new Map((await readOtherOrigins(run, origin)).map(({ id, beat }) => [id, beat]));
  if (before.size === 0) return;
  await sleep(LEASE_MS, undefined, { ref: false });
  const alive = (await readOtherOrigins(run, origin)).filter(({ id, beat }) => beat > (before.get(id) ?? beat));
  if (alive.length === 0) return;
  log.warn(
    { own: origin, others: [...new Set(alive.map((instance) => instance.origin))] },
    "an instance on the same database has another LATCHKEY_URL: set the same on all of them",
  );
}
