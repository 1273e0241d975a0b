import { type Deed, recordAllDone } from "@/lib/audit/repository";
import { beginChange } from "@/lib/coherence/change";
import type { Propagated } from "@/lib/context";
import type { Tx } from "@/lib/db";
import { inTransaction } from "@/lib/transaction";

/** A change that was made, and when it is in force everywhere; null when nobody keeps what it changed. */
export type Made<T> = { result: T; inForce: Promise<Propagated> | null };

/** The result, and who did what. No entries: this retry had been made before. No deeds: nothing was attempted. */
export type Work<T> = { result: T; deeds: Deed[] };

/**
 * Makes a change: `work` in a transaction, with its audit events, and word of it to every instance.
 * @throws what made it fail; then nothing was changed, or, when the connection was lost, nobody knows.
 */
export async function makeChange<T>(work: (tx: Tx) => Promise<Work<T>>): Promise<Made<T>> {
  const change = await beginChange();
  try {
    const { result, announced } = await inTransaction(async (tx) => {
      const { result, deeds } = await work(tx);
      if (deeds.length === 0) return { result, announced: null };
      recordAllDone(tx, deeds);
      const isNews = deeds.some(({ entries }) => entries.length > 0);
      return { result, announced: change.announce(tx, isNews) };
    });
    if ((await announced) === 1) return { result, inForce: change.inForce() };
    change.drop();
    return { result, inForce: null };
  } catch (error) {
    change.drop();
    throw error;
  }
}
