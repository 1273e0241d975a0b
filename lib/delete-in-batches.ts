import { log } from "@/lib/log";

/** A fraction of a second's work: a statement may take ten seconds, and one that takes longer would never succeed. */
const AT_ONCE = 20_000;

/**
 * Has rows deleted some at a time, each in a transaction of its own, until none is left. Never rejects: what could not
 * be deleted is met again in the next round, and keeps nothing else from being deleted.
 * @param deleteSome deletes `most` rows at most and says how many it did.
 * @param stop begins no more of them.
 */
export async function deleteInBatches(
  what: string,
  deleteSome: (most: number) => Promise<number>,
  stop?: AbortSignal,
): Promise<void> {
  try {
    while (!stop?.aborted && (await deleteSome(AT_ONCE)) === AT_ONCE);
  } catch (error) {
    log.warn({ err: error, what }, "what is past its time was not deleted");
  }
}
