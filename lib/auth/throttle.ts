import { getDb } from "@/lib/db";

/** After `free` failures each further one blocks for twice as long, from 1 s to `longest` seconds. */
const LIMITS = {
  pair: { free: 5, longest: 900 },
  address: { free: 20, longest: 900 },
  // Many addresses guessing one account. Short, and never for an address the member has signed in from before, so
  // that nobody can lock an owner out by failing in their name.
  account: { free: 50, longest: 30 },
} as const;

const FORGET_MINUTES = 60;

/**
 * Counts an attempt before the password is looked at, so that attempts made at once count too. Returns the seconds
 * to wait (then the attempt must not be made and was not counted), or 0.
 */
export async function countAttempt(email: string, ip: string | null): Promise<number> {
  const subjects = subjectsOf(email, ip);
  const { pool } = getDb();
  const blocked = await pool.query<{ subject: string; seconds: number }>(
    `SELECT subject, ceil(extract(epoch FROM blocked_until - now()))::int AS seconds
     FROM sign_in_throttles WHERE subject = ANY ($1) AND blocked_until > now()`,
    [subjects.map(([subject]) => subject)],
  );
  const known = blocked.rows.length > 0 && (await signedInFrom(email, ip));
  const wait = blocked.rows.filter((row) => !(known && row.subject.startsWith("account:"))).map((row) => row.seconds);
  if (wait.length > 0) return Math.max(1, ...wait);
  await pool.query(
    `INSERT INTO sign_in_throttles AS t (subject, failures, blocked_until, updated_at)
     SELECT subject, 1, now(), now() FROM unnest($1::text[]) AS subject
     ON CONFLICT (subject) DO UPDATE SET
       failures = CASE WHEN t.updated_at < now() - make_interval(mins => $4) THEN 1 ELSE least(t.failures + 1, 10000) END,
       blocked_until = now() + make_interval(secs => CASE
         WHEN t.updated_at < now() - make_interval(mins => $4) OR t.failures + 1 <= ($2::int[])[array_position($1, t.subject)] THEN 0
         ELSE least(($3::int[])[array_position($1, t.subject)], 2 ^ least(t.failures - ($2::int[])[array_position($1, t.subject)], 20)) END),
       updated_at = now()`,
    [subjects.map(([s]) => s), subjects.map(([, l]) => l.free), subjects.map(([, l]) => l.longest), FORGET_MINUTES],
  );
  return 0;
}

/** A success forgets the pair's and the account's failures; the address keeps its own, less this attempt. */
export async function forgetAttempts(email: string, ip: string | null): Promise<void> {
  const { pool } = getDb();
  await pool.query("DELETE FROM sign_in_throttles WHERE subject = ANY ($1) OR updated_at < now() - interval '1 day'", [
    [`pair:${email}|${ip ?? "unknown"}`, `account:${email}`],
  ]);
  await pool.query(
    "UPDATE sign_in_throttles SET failures = greatest(failures - 1, 0), blocked_until = now() WHERE subject = $1",
    [`address:${ip ?? "unknown"}`],
  );
}

function subjectsOf(email: string, ip: string | null): [string, { free: number; longest: number }][] {
  const address = ip ?? "unknown";
  return [
    [`pair:${email}|${address}`, LIMITS.pair],
    [`address:${address}`, LIMITS.address],
    [`account:${email}`, LIMITS.account],
  ];
}

async function signedInFrom(email: string, ip: string | null): Promise<boolean> {
  const { rowCount } = await getDb().pool.query(
    "SELECT 1 FROM sessions s JOIN members m ON m.id = s.member_id WHERE m.email = $1 AND s.ip = $2 LIMIT 1",
    [email, ip],
  );
  return rowCount === 1;
}
