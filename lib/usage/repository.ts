import { IS_ACTIVE, visibleTo } from "@/lib/api-keys/repository";
import { getDb } from "@/lib/db";
import { deleteInBatches } from "@/lib/delete-in-batches";
import { Prisma } from "@/lib/generated/prisma/client";
import type { Principal } from "@/lib/principal";
import { inTransaction } from "@/lib/transaction";
import type { Outcome } from "@/lib/usage/outcome";
import { INTERVALS, type Interval, RETAINED_DAYS } from "@/lib/usage/retention";

/** Uses of one key and token with one outcome, `age_ms` ago. */
export type UsedSlot = {
  api_key_id: string;
  organization_id: string;
  outcome: Outcome;
  token_preview: string;
  previous_token: boolean;
  count: number;
  ip: string | null;
  accepted: boolean;
  age_ms: number;
};

/** A process's write, by its number; the next has a higher one. */
export type NumberedWrite = { recorder: string; number: number };

/**
 * One statement: it counts per minute, hour and day at once, so that the three always agree and no roll-up can fall
 * behind or count twice; and it moves a key's last use on, at most once a minute unless the address has changed,
 * without touching `updated_at` or `version`. Rows are locked in the order of their ids, as changes of keys do.
 *
 * It counts nothing when its number was written before. One whose answer was lost, and which may still be at work, is
 * waited for at its recorder's row.
 *
 * What was given is joined to tables only, by their keys, and never to itself: PostgreSQL cannot know how much it is,
 * and would compare every row of the one with every row of the other.
 */
const ADD_USES = {
  name: "latchkey_add_uses",
  text: `
    WITH write AS (
      INSERT INTO usage_recorders AS w (id, last_write, written_at) VALUES ($2, $3, now())
      ON CONFLICT (id) DO UPDATE SET last_write = EXCLUDED.last_write, written_at = EXCLUDED.written_at
        WHERE w.last_write < EXCLUDED.last_write
      RETURNING id
    ), given AS (
      SELECT api_key_id, organization_id, outcome, token_preview, previous_token, count, ip, accepted,
        now() - age_ms * interval '1 millisecond' AS at
      FROM json_to_recordset($1) AS g (api_key_id text, organization_id text, outcome text, token_preview text,
        previous_token boolean, count bigint, ip text, accepted boolean, age_ms float8)
      WHERE EXISTS (SELECT FROM write)
    ), counted AS (
      INSERT INTO usage_counts AS u (api_key_id, "interval", at, outcome, previous_token, organization_id, count)
      SELECT g.api_key_id, i.name::"UsageInterval", date_trunc(i.name, g.at, 'UTC'), g.outcome, g.previous_token,
        min(g.organization_id), sum(g.count)::bigint
      FROM given g CROSS JOIN unnest('{${INTERVALS.join()}}'::text[]) AS i (name)
      GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
      ON CONFLICT (api_key_id, "interval", at, outcome, previous_token) DO UPDATE SET count = u.count + EXCLUDED.count
    ), counted_tokens AS (
      INSERT INTO token_uses AS t (api_key_id, token_preview, count, last_used_at)
      SELECT api_key_id, token_preview, sum(count)::bigint, max(at) FROM given GROUP BY 1, 2 ORDER BY 1, 2
      ON CONFLICT (api_key_id, token_preview) DO UPDATE
        SET count = t.count + EXCLUDED.count, last_used_at = greatest(t.last_used_at, EXCLUDED.last_used_at)
    ), last AS (
      SELECT DISTINCT ON (api_key_id) api_key_id, at, ip FROM given WHERE accepted ORDER BY api_key_id, at DESC
    ), due AS (
      SELECT k.id, l.at, l.ip FROM api_keys k JOIN last l ON l.api_key_id = k.id
      WHERE k.last_used_at IS NULL OR l.at >= k.last_used_at + interval '1 minute'
        OR (l.at >= k.last_used_at AND l.ip IS DISTINCT FROM k.last_used_ip AND l.ip IS NOT NULL)
      ORDER BY k.id FOR NO KEY UPDATE OF k
    )
    UPDATE api_keys k SET last_used_at = greatest(k.last_used_at, d.at), last_used_ip = coalesce(d.ip, k.last_used_ip)
    FROM due d WHERE k.id = d.id`,
};

/** Adds to the counts, all or nothing, and once for each number. A key that is gone is counted all the same. */
export async function addUses(slots: UsedSlot[], { recorder, number }: NumberedWrite): Promise<void> {
  // One text instead of an array for each column: pg would join those from pieces, several for every value.
  await getDb().pool.query({ ...ADD_USES, values: [JSON.stringify(slots), recorder, number] });
}

/** Removes counts that are past their time. One instance does it at a time; the others pass by. */
export async function trimUsage(): Promise<void> {
  for (const interval of INTERVALS) {
    // By organization, which is how the index finds them.
    await deleteInBatches(`usage_counts by ${interval}`, (most) =>
      trimAlone(Prisma.sql`
        DELETE FROM usage_counts WHERE ctid = ANY (ARRAY(
          SELECT u.ctid FROM organizations o JOIN usage_counts u ON u.organization_id = o.id
          WHERE u."interval" = ${interval}::"UsageInterval"
            AND u.at < now() - make_interval(days => ${RETAINED_DAYS[interval]}::int) LIMIT ${most}))`),
    );
  }
  const isPast = Prisma.sql`last_used_at < now() - make_interval(days => ${RETAINED_DAYS.hour}::int)`;
  await deleteInBatches("token_uses", (most) =>
    trimAlone(Prisma.sql`
      DELETE FROM token_uses
      WHERE ctid = ANY (ARRAY(SELECT ctid FROM token_uses WHERE ${isPast} LIMIT ${most})) AND ${isPast}`),
  );
}

/** How many rows were deleted; none when another instance is at it. */
function trimAlone(deletion: Prisma.Sql): Promise<number> {
  return inTransaction(async (tx) => {
    const [lock] = await tx.$queryRaw<{ free: boolean }[]>`
      SELECT pg_try_advisory_xact_lock(hashtextextended('usage-trim', 0)) AS free`;
    return lock?.free ? tx.$executeRaw(deletion) : 0;
  });
}

export type UsageFilter = { interval: Interval; from: Date; to: Date; api_key_id?: string | undefined };
/** `at` in Unix seconds: the start of the minute, hour or day in UTC. */
export type CountRow = { at: number; outcome: Outcome; previous_token: boolean; count: number };

/** The counts that the principal may see, from `from` on and before `to`, added up over its keys. */
export function selectCounts(principal: Principal, filter: UsageFilter): Promise<CountRow[]> {
  return getDb().prisma.$queryRaw<CountRow[]>`
    SELECT extract(epoch FROM u.at)::float8 AS at, u.outcome, u.previous_token, sum(u.count)::float8 AS count
    FROM usage_counts u WHERE ${countsOf(principal, filter)}
    GROUP BY u.at, u.outcome, u.previous_token ORDER BY u.at, u.outcome`;
}

export type KeyUse = { api_key_id: string; name: string | null; allowed: number; denied: number };

/** The keys that were used most, busiest first. `name` is null when the key's record is gone. */
export function selectTopKeys(principal: Principal, filter: UsageFilter, limit: number): Promise<KeyUse[]> {
  return getDb().prisma.$queryRaw<KeyUse[]>`
    SELECT t.api_key_id, k.name, t.allowed, t.denied FROM (
      SELECT u.api_key_id, coalesce(sum(u.count) FILTER (WHERE u.outcome = 'VALID'), 0)::float8 AS allowed,
        coalesce(sum(u.count) FILTER (WHERE u.outcome <> 'VALID'), 0)::float8 AS denied, sum(u.count) AS total
      FROM usage_counts u WHERE ${countsOf(principal, filter)}
      GROUP BY u.api_key_id ORDER BY total DESC, u.api_key_id LIMIT ${limit}
    ) t LEFT JOIN api_keys k ON k.id = t.api_key_id ORDER BY t.total DESC, t.api_key_id`;
}

/** Requests with the old token since the minute `since` of a regeneration, when the latest came, and with the new one. */
export type TokenUse = { previous: number; previous_at: Date | null; current: number };

/** How much of a key's traffic has moved to its new token. */
export async function selectTokenUse(principal: Principal, api_key_id: string, since: Date): Promise<TokenUse> {
  const [row] = await getDb().prisma.$queryRaw<TokenUse[]>`
    SELECT coalesce(old.count, 0)::float8 AS previous, old.at AS previous_at, coalesce(new.count, 0)::float8 AS current
    FROM api_keys k
    LEFT JOIN token_uses new ON new.api_key_id = k.id AND new.token_preview = k.token_preview
    LEFT JOIN LATERAL (
      SELECT sum(u.count) AS count, max(u.at) AS at FROM usage_counts u
      WHERE u.api_key_id = k.id AND u."interval" = 'minute' AND u.at >= ${since} AND u.previous_token
    ) old ON true
    WHERE k.id = ${api_key_id} AND ${visibleTo(principal)}`;
  return row ?? { previous: 0, previous_at: null, current: 0 };
}

export type UnusedKey = { id: string; name: string; created_at: Date; last_used_at: Date | null };

/** How old the oldest active key is, against `since`: `none` if there is no active key. */
export type Age = "none" | "younger" | "older";

/**
 * Active keys that exist since before `since` and were not used from then on, longest unused first; and how many. None
 * may mean that all were used, or that there is none that could have been: `oldest` says which.
 */
export async function selectUnusedKeys(
  principal: Principal,
  since: Date,
  limit: number,
): Promise<{ keys: UnusedKey[]; total: number; oldest: Age }> {
  const rows = await getDb().prisma.$queryRaw<(UnusedKey & { total: number })[]>`
    SELECT k.id, k.name, k.created_at, k.last_used_at, count(*) OVER ()::float8 AS total FROM api_keys k
    WHERE ${visibleTo(principal)} AND ${IS_ACTIVE}
      AND k.created_at < ${since} AND (k.last_used_at IS NULL OR k.last_used_at < ${since})
    ORDER BY coalesce(k.last_used_at, k.created_at), k.id LIMIT ${limit}`;
  if (rows.length === 0) return { keys: [], total: 0, oldest: await ageOfOldest(principal, since) };
  return { keys: rows.map(({ total: _, ...key }) => key), total: rows[0]?.total ?? 0, oldest: "older" };
}

async function ageOfOldest(principal: Principal, since: Date): Promise<Age> {
  const [row] = await getDb().prisma.$queryRaw<{ created_at: Date }[]>`
    SELECT k.created_at FROM api_keys k WHERE ${visibleTo(principal)} AND ${IS_ACTIVE}
    ORDER BY k.created_at, k.id LIMIT 1`;
  if (!row) return "none";
  return row.created_at < since ? "older" : "younger";
}

/** The database's time: what every range counts back from. */
export async function databaseTime(): Promise<Date> {
  const { rows } = await getDb().pool.query<{ now: Date }>("SELECT now() AS now");
  return rows[0]?.now ?? new Date(Number.NaN);
}

/**
 * Who sees the whole organization also sees what was counted for keys that are gone; all others, and keys as
 * principals, see the counts of the keys that they can see.
 */
function countsOf(principal: Principal, { interval, from, to, api_key_id }: UsageFilter): Prisma.Sql {
  const seesAll = principal.type === "user" && principal.subaccounts === null;
  const conditions = [
    Prisma.sql`u.organization_id = ${principal.organization_id} AND u."interval" = ${interval}::"UsageInterval"
      AND u.at >= ${from} AND u.at < ${to}`,
  ];
  if (api_key_id) conditions.push(Prisma.sql`u.api_key_id = ${api_key_id}`);
  if (!seesAll) {
    conditions.push(
      Prisma.sql`EXISTS (SELECT 1 FROM api_keys k WHERE k.id = u.api_key_id AND ${visibleTo(principal)})`,
    );
  }
  return Prisma.join(conditions, " AND ");
}
