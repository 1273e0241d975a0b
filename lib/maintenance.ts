import { getDb } from "@/lib/db";
import { deleteInBatches } from "@/lib/delete-in-batches";

const EVERY_MS = 60 * 60 * 1000;

/**
 * What is of no use any more, and how long it is kept after that: the retries' answers, spent credentials, and who
 * counts no more.
 */
const SPENT = {
  idempotency_records: "created_at < now() - interval '24 hours'",
  sessions: "least(coalesce(ended_at, 'infinity'), expires_at) < now() - interval '30 days'",
  invitations: "coalesce(accepted_at, expires_at) < now() - interval '30 days'",
  setup_tokens: "expires_at < now()",
  sign_in_throttles: "updated_at < now() - interval '1 day'",
  usage_recorders: "written_at < now() - interval '30 days'",
};

/** Deletes what is spent, now and every hour; every instance may, for deleting twice is deleting once. Returns its end. */
export function startMaintenance(): () => Promise<void> {
  const stop = new AbortController();
  let round = deleteSpent(stop.signal);
  const timer = setInterval(() => {
    round = round.then(() => deleteSpent(stop.signal));
  }, EVERY_MS);
  timer.unref();
  return async () => {
    stop.abort();
    clearInterval(timer);
    await round;
  };
}

/** One round. A database that is away is met again in an hour. */
export async function deleteSpent(stop?: AbortSignal): Promise<void> {
  for (const [table, isSpent] of Object.entries(SPENT)) {
    // The condition stands twice: a row that somebody has renewed since it was found is judged again.
    const text = `
      DELETE FROM ${table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${table} WHERE ${isSpent} LIMIT $1)) AND ${isSpent}`;
    const deleteSome = async (most: number) => (await getDb().pool.query(text, [most])).rowCount ?? 0;
    await deleteInBatches(table, deleteSome, stop);
  }
}
