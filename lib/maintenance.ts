import { getDb } from "@/lib/db";
import { log } from "@/lib/log";

const EVERY_MS = 60 * 60 * 1000;

/** What is of no use any more, and how long it is kept after that: the retries' answers, and spent credentials. */
const SPENT = [
  "DELETE FROM idempotency_records WHERE created_at < now() - interval '24 hours'",
  "DELETE FROM sessions WHERE least(coalesce(ended_at, 'infinity'), expires_at) < now() - interval '30 days'",
  "DELETE FROM invitations WHERE coalesce(accepted_at, expires_at) < now() - interval '30 days'",
  "DELETE FROM setup_tokens WHERE expires_at < now()",
  "DELETE FROM sign_in_throttles WHERE updated_at < now() - interval '1 day'",
];

/** Deletes what is spent, now and every hour; every instance may, for deleting twice is deleting once. Returns its end. */
export function startMaintenance(): () => Promise<void> {
  let round = deleteSpent();
  const timer = setInterval(() => {
    round = round.then(deleteSpent);
  }, EVERY_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await round;
  };
}

/** One round. A database that is away is met again in an hour. */
export async function deleteSpent(): Promise<void> {
  try {
    for (const statement of SPENT) await getDb().pool.query(statement);
  } catch (error) {
    log.warn({ err: error }, "spent rows were not deleted");
  }
}
