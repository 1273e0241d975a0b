import { getDb } from "@/lib/db";
import { log } from "@/lib/log";
import { type CountStore, counterName, keptSeconds } from "@/lib/rate-limits/store";

const ADD = {
  name: "latchkey_add_counts",
  text: `
    INSERT INTO rate_limit_counts AS c (subject, period, count, kept_until)
    SELECT g.subject, g.period, g.count, now() + g.seconds * interval '1 second'
    FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::int[]) AS g (subject, period, count, seconds)
    ORDER BY 1, 2
    ON CONFLICT (subject, period) DO UPDATE SET count = c.count + EXCLUDED.count
    RETURNING c.subject, c.period::float8, c.count::float8,
      coalesce((SELECT p.count FROM rate_limit_counts p WHERE p.subject = c.subject AND p.period = c.period - 1), 0)::float8
        AS previous,
      extract(epoch FROM clock_timestamp())::float8 AS now`,
};

const TRIM_MS = 60_000;

type Row = { subject: string; period: number; count: number; previous: number; now: number };

/** Counts in the database, in one statement an exchange. Once a minute of use it deletes what is past. */
export function postgresStore(): CountStore {
  let trimmedAt = Number.NEGATIVE_INFINITY;

  return {
    async add(additions) {
      const { rows } = await getDb().pool.query<Row>({
        ...ADD,
        values: [
          additions.map(counterName),
          additions.map(({ period }) => period),
          additions.map(({ count }) => count),
          additions.map(keptSeconds),
        ],
      });
      if (performance.now() - trimmedAt > TRIM_MS) {
        trimmedAt = performance.now();
        trim().catch((error) => log.warn({ err: error }, "past counts of rate limits were not removed"));
      }
      const asked = new Map(additions.map((addition) => [`${counterName(addition)} ${addition.period}`, addition]));
      const totals = rows.flatMap(({ subject, period, count, previous }) => {
        const addition = asked.get(`${subject} ${period}`);
        return addition ? [{ ...addition, count, previous }] : [];
      });
      return { totals, now: rows[0]?.now ?? Number.NaN };
    },
    close: async () => undefined,
  };
}

async function trim(): Promise<void> {
  await getDb().pool.query("DELETE FROM rate_limit_counts WHERE kept_until < now()");
}
