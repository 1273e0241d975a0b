import { CHANGES, markerText } from "@/lib/coherence/announcements";
import { keyCoherence, ownName } from "@/lib/coherence/key-coherence";
import type { Propagated } from "@/lib/context";
import { sql, type Tx } from "@/lib/db";
import { AppError } from "@/lib/errors";

/** A change on its way to every instance. */
export type PendingChange = {
  /**
   * The last statement of the change's transaction; it travels with COMMIT. Resolves to 1 when there is something to
   * wait for, else to 0. With `isNews` that is so when something was changed that an instance may keep. Without, always:
   * the change was made before, and who repeats a request whose answer was lost waits as the first one did.
   */
  announce: (tx: Tx, isNews: boolean) => Promise<number>;
  /**
   * After the COMMIT of an announced change: waits until it is in force on every instance.
   * @throws AppError `unavailable` when nobody can say so. The change is made all the same.
   */
  inForce: () => Promise<Propagated>;
  /** Nothing was changed, or nothing that anyone keeps. */
  drop: () => void;
};

/**
 * Begins a change: before its transaction, so that the instances' answers find someone who expects them.
 * @throws AppError `unavailable` while they could not be heard.
 */
export async function beginChange(): Promise<PendingChange> {
  const runtime = keyCoherence();
  const change = await runtime.begin();
  if (change === false) {
    throw new AppError("unavailable", "The other instances cannot be told of a change now. Nothing was changed.", {
      retryAfter: 2,
    });
  }
  const marker = markerText(change, ownName());
  return {
    announce: (tx, isNews) =>
      tx.withCommit(sql`
        SELECT pg_notify(${CHANGES}, ${marker})
        WHERE NOT ${isNews}::boolean OR current_setting('latchkey.changed', true) = 'on'`),
    inForce: async () => {
      const outcome = await runtime.committed(change);
      // One that keeps nothing is in the table of none, and acts on the change all the same.
      if (outcome.confirmed) return { instances: Math.max(1, outcome.instances), ms: outcome.ms };
      throw new AppError(
        "unavailable",
        "The change is made, but whether every instance knows of it could not be found out in time.",
        { retryAfter: 2 },
      );
    },
    drop: () => runtime.abandoned(change),
  };
}
