import pg from "pg";
import { isAccepted, OUTCOMES, type Outcome } from "@/lib/usage/outcome";
import { KEYS, type Traffic } from "@/scripts/demo/keys";
import { requestsInHour, seeded } from "@/scripts/demo/traffic";

const HOUR = 3_600;
const DAY = 24 * HOUR;
const DAYS = 90;

type StoredKey = {
  id: string;
  name: string;
  organization_id: string;
  created_at: number;
  regenerated_at: number | null;
  /** When it stopped to work, and what its requests were answered from then on. */
  ended_at: number | null;
  ended_by: Outcome | null;
};
type Count = { id: string; at: number; outcome: Outcome; previous: boolean; count: number };

/** 90 days of counted requests, as rows: making some millions of requests would take hours. `now` in Unix seconds. */
export async function fillUsage(databaseUrl: string, now: number): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<StoredKey>(`
      SELECT id, name, organization_id, extract(epoch FROM created_at)::float8 AS created_at,
        extract(epoch FROM regenerated_at)::float8 AS regenerated_at,
        extract(epoch FROM coalesce(revoked_at, disabled_at, CASE WHEN expires_at <= now() THEN expires_at END))::float8 AS ended_at,
        CASE WHEN revoked_at IS NOT NULL THEN 'REVOKED' WHEN disabled_at IS NOT NULL THEN 'DISABLED'
          WHEN expires_at <= now() THEN 'EXPIRED' END AS ended_by
      FROM api_keys`);
    await client.query("BEGIN; DELETE FROM usage_counts");
    for (const [index, { name, traffic }] of KEYS.entries()) {
      const key = rows.find((row) => row.name === name);
      if (!key || !traffic) continue;
      const counts = countsOf(key, traffic, now, seeded(index + 1));
      const random = seeded(index + 1_000);
      // As long ago as requests are apart: who asks twice an hour did not ask this second.
      const idleSeconds = Math.round((random() * DAY) / Math.max(1, traffic.perDay));
      await insert(client, key.organization_id, counts, traffic.from ?? null, idleSeconds);
    }
    await client.query(`
      DELETE FROM token_uses;
      INSERT INTO token_uses (api_key_id, token_preview, count, last_used_at)
      SELECT k.id, k.token_preview, sum(u.count), max(k.last_used_at) FROM api_keys k
      JOIN usage_counts u ON u.api_key_id = k.id AND u."interval" = 'hour' AND NOT u.previous_token
        AND u.at >= date_trunc('hour', coalesce(k.regenerated_at, k.created_at))
      WHERE k.last_used_at IS NOT NULL GROUP BY k.id;
      COMMIT; ANALYZE usage_counts`);
  } finally {
    await client.end();
  }
}

function countsOf(key: StoredKey, traffic: Traffic, now: number, random: () => number): Count[] {
  const counts: Count[] = [];
  const first = Math.max(now - DAYS * DAY, key.created_at + HOUR);
  for (let hour = Math.ceil(first / HOUR) * HOUR; hour <= now; hour += HOUR) {
    const daysAgo = (now - hour) / DAY;
    // The hour under way has only come so far.
    const passed = Math.min(1, (now - hour) / HOUR);
    const total = Math.floor(requestsInHour(traffic, hour, daysAgo, random) * passed);
    if (key.ended_at !== null && hour + HOUR > key.ended_at) {
      // A client that nobody told goes on for some days, ever more rarely.
      const left = 0.12 * Math.exp(-(hour - key.ended_at) / (2 * DAY));
      const tries = hour > key.ended_at ? Math.floor(total * left + random() * 0.6 * left) : 0;
      if (tries > 0)
        counts.push({ id: key.id, at: hour, outcome: key.ended_by ?? "DISABLED", previous: false, count: tries });
      continue;
    }
    const parts = split(total, traffic.denied ?? {}, random);
    for (const [outcome, count] of parts) {
      // During an overlap the traffic moves over to the new token bit by bit; before it, all was the old one's.
      const moved =
        key.regenerated_at === null ? 1 : Math.min(0.62, Math.max(0, (hour - key.regenerated_at) / (5 * HOUR)));
      const isOverlap =
        key.regenerated_at !== null &&
        hour >= Math.floor(key.regenerated_at / HOUR) * HOUR &&
        now - key.regenerated_at < DAY;
      const current = isOverlap ? Math.floor(count * moved) : count;
      if (current > 0) counts.push({ id: key.id, at: hour, outcome, previous: false, count: current });
      if (count > current) counts.push({ id: key.id, at: hour, outcome, previous: true, count: count - current });
    }
  }
  return counts;
}

function split(total: number, denied: Record<string, number>, random: () => number): [Outcome, number][] {
  const parts: [Outcome, number][] = OUTCOMES.flatMap((outcome) => {
    const share = denied[outcome];
    return share ? [[outcome, Math.floor(total * share * 2 * random() + random() * 0.3)] as [Outcome, number]] : [];
  });
  const refused = parts.reduce((sum, [, count]) => sum + count, 0);
  return [["VALID" as const, Math.max(0, total - refused)] as [Outcome, number], ...parts].filter(
    ([, count]) => count > 0,
  );
}

/** Hours as given; days added up from them; the minutes of the last day, spread over each hour; and the last use. */
async function insert(
  client: pg.Client,
  organizationId: string,
  counts: Count[],
  from: string | null,
  idleSeconds: number,
): Promise<void> {
  const column = <K extends keyof Count>(name: K) => counts.map((count) => count[name]);
  const values = [column("id"), column("at"), column("outcome"), column("previous"), column("count"), organizationId];
  const given = `unnest($1::text[], $2::float8[], $3::text[], $4::boolean[], $5::bigint[]) AS g (id, at, outcome, previous, count)`;
  const into = `INSERT INTO usage_counts (api_key_id, "interval", at, outcome, previous_token, organization_id, count)`;
  await client.query(
    `${into} SELECT id, i::"UsageInterval", date_trunc(i, to_timestamp(at), 'UTC'), outcome, previous, $6, sum(count)
     FROM ${given}, unnest('{hour,day}'::text[]) AS i GROUP BY 1, 2, 3, 4, 5`,
    values,
  );
  await client.query(
    `${into} SELECT id, 'minute', to_timestamp(at) + m * interval '1 minute', outcome, previous, $6, count / n + (m < count % n)::int
     FROM ${given}, LATERAL (SELECT least(60, ceil((extract(epoch FROM now()) - at) / 60))::int AS n) AS l,
       generate_series(0, l.n - 1) AS m
     WHERE at > extract(epoch FROM now()) - 90000 AND count / n + (m < count % n)::int > 0`,
    values,
  );
  const last = counts.findLast(({ outcome }) => isAccepted(outcome));
  if (!last) return;
  await client.query(
    `UPDATE api_keys SET last_used_at = greatest(to_timestamp($2), least(now(), to_timestamp($2) + interval '59 minutes')
       - $4 * interval '1 second'), last_used_ip = $3 WHERE id = $1`,
    [last.id, last.at, from, idleSeconds],
  );
}
