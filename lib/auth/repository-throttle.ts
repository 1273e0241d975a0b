import { getDb } from "@/lib/db";
import { Prisma } from "@/lib/generated/prisma/client";
import { limitedNetwork } from "@/lib/ip-address";
import { inTransaction } from "@/lib/transaction";

/** After `free` failures each further one blocks for twice as long, from 1 s to `longest` seconds. */
const LIMITS = {
  pair: { free: 5, longest: 900 },
  address: { free: 20, longest: 900 },
  // Many addresses guessing one account. Short, and never for an address the member has signed in from before, so
  // that nobody can lock an owner out by failing in their name.
  account: { free: 50, longest: 30 },
} as const;

/** Failures are forgotten an hour after the last one. */
const IS_FORGOTTEN = Prisma.sql`t.updated_at < clock_timestamp() - interval '60 minutes'`;

/**
 * Counts an attempt before the password is looked at, so that attempts made at once count too. Returns the seconds
 * to wait (then the attempt must not be made and was not counted), or 0.
 */
export async function countAttempt(email: string, ip: string | null): Promise<number> {
  const subjects = subjectsOf(email, ip);
  const names = subjects.map(([subject]) => subject);
  const known = await signedInFrom(email, ip);
  return inTransaction(async (tx) => {
    // Attempts on one subject take turns: the next one sees what this one counted. Always in the same order.
    for (const name of [...names].sort()) {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`sign-in:${name}`}, 0))`;
    }
    const blocked = await tx.$queryRaw<{ subject: string; seconds: number }[]>`
      SELECT subject, ceil(extract(epoch FROM blocked_until - clock_timestamp()))::int AS seconds
      FROM sign_in_throttles WHERE subject = ANY (${names}) AND blocked_until > clock_timestamp()`;
    const wait = blocked.filter((row) => !(known && row.subject.startsWith("account:"))).map((row) => row.seconds);
    if (wait.length > 0) return Math.max(1, ...wait);
    for (const [subject, { free, longest }] of subjects) {
      await tx.$executeRaw`
        INSERT INTO sign_in_throttles AS t (subject, failures, blocked_until, updated_at)
        VALUES (${subject}, 1, clock_timestamp(), clock_timestamp())
        ON CONFLICT (subject) DO UPDATE SET
          failures = CASE WHEN ${IS_FORGOTTEN} THEN 1 ELSE least(t.failures + 1, 10000) END,
          blocked_until = clock_timestamp() + make_interval(secs => CASE
            WHEN ${IS_FORGOTTEN} OR t.failures + 1 <= ${free}::int THEN 0
            ELSE least(${longest}::int, 2 ^ least(t.failures - ${free}::int, 20)) END),
          updated_at = clock_timestamp()`;
    }
    return 0;
  });
}

/** A success forgets the pair's and the account's failures; the address keeps its own, less this attempt. */
export async function forgetAttempts(email: string, ip: string | null): Promise<void> {
  const { pool } = getDb();
  await pool.query("DELETE FROM sign_in_throttles WHERE subject = ANY ($1) OR updated_at < now() - interval '1 day'", [
    [`pair:${email}|${limitedNetwork(ip)}`, `account:${email}`],
  ]);
  await pool.query(
    "UPDATE sign_in_throttles SET failures = greatest(failures - 1, 0), blocked_until = now() WHERE subject = $1",
    [`address:${limitedNetwork(ip)}`],
  );
}

function subjectsOf(email: string, ip: string | null): [string, { free: number; longest: number }][] {
  const address = limitedNetwork(ip);
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
