import pg from "pg";
import { APP } from "@/lib/postgres/cluster";
import { withDatabase } from "@/lib/postgres/connection-url";

export type Past = {
  /** Unix seconds: the end of the story. */
  now: number;
  /** Sets the clock that the application's statements see to so many seconds before the end of the story. */
  moveTo(secondsAgo: number): Promise<void>;
  close(): Promise<void>;
};

/**
 * A clock for a throw-away database: for the application's role, `now()` is found in a schema of its own before
 * PostgreSQL's. The application itself is none the wiser, which is why its history is real: keys expire, overlaps end
 * and the log is in order. Open it before the application's first connection; `close` takes all of it away.
 */
export async function openPast(superuserUrl: string): Promise<Past> {
  const client = new pg.Client({ connectionString: withDatabase(superuserUrl, "latchkey") });
  await client.connect();
  await client.query(`
    CREATE SCHEMA demo_clock;
    CREATE TABLE demo_clock.behind (by interval NOT NULL);
    INSERT INTO demo_clock.behind VALUES (interval '0');
    CREATE FUNCTION demo_clock.now() RETURNS timestamptz LANGUAGE sql STABLE
      AS 'SELECT pg_catalog.now() - by FROM demo_clock.behind';
    CREATE FUNCTION demo_clock.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
      AS 'SELECT pg_catalog.clock_timestamp() - by FROM demo_clock.behind';
    GRANT USAGE ON SCHEMA demo_clock TO PUBLIC;
    GRANT SELECT ON demo_clock.behind TO PUBLIC;
    ALTER ROLE ${APP} IN DATABASE latchkey SET search_path = demo_clock, public, pg_catalog;
    ${defaultsFrom("(CURRENT_TIMESTAMP|now\\(\\))", "demo_clock.now()")}`);
  const now = Math.floor(Date.now() / 1000);
  return {
    now,
    async moveTo(secondsAgo) {
      const behind = `${Date.now() / 1000 - now + secondsAgo} seconds`;
      await client.query("UPDATE demo_clock.behind SET by = $1::interval", [behind]);
      // Nobody stays signed in for 90 days; here the members do, to tell the story.
      await client.query(
        `UPDATE sessions SET last_seen_at = pg_catalog.now() - $1::interval,
           expires_at = pg_catalog.now() - $1::interval + interval '12 hours'`,
        [behind],
      );
    },
    async close() {
      await client.query(`ALTER ROLE ${APP} IN DATABASE latchkey RESET search_path; 
        ${defaultsFrom("demo_clock\\.now\\(\\)", "CURRENT_TIMESTAMP")}
        DROP SCHEMA demo_clock CASCADE;
        DELETE FROM sessions; DELETE FROM sign_in_throttles; DELETE FROM idempotency_records; ANALYZE`);
      await client.end();
    },
  };
}

/** What a column is when nobody says it was bound to its function when the table was made: it has to be told of the clock. */
const defaultsFrom = (before: string, after: string): string => `
    DO $$
    DECLARE found record;
    BEGIN
      FOR found IN SELECT table_name, column_name FROM information_schema.columns
        WHERE table_schema = 'public' AND column_default ~ '^${before}$'
      LOOP
        EXECUTE format('ALTER TABLE public.%I ALTER COLUMN %I SET DEFAULT ${after}', found.table_name, found.column_name);
      END LOOP;
    END $$;`;
