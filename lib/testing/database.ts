import pg from "pg";
import { inject } from "vitest";
import { withDatabase } from "@/lib/postgres/connection-url";

/**
 * This worker's own copy of the migrated database, made at the first use. `DATABASE_URL` is set to it, in the runtime
 * role, before a test file is loaded.
 */
export async function ownDatabase(): Promise<{ superuserUrl: string; ownerUrl: string; appUrl: string }> {
  const { superuserUrl, ownerUrl, appUrl } = inject("template");
  const name = `worker_${process.env.VITEST_POOL_ID ?? "0"}`;
  await withClient(withDatabase(superuserUrl, "postgres"), async (client) => {
    const exists = await client.query("SELECT FROM pg_database WHERE datname = $1", [name]);
    if (exists.rowCount === 0)
      await client.query(`CREATE DATABASE ${name} TEMPLATE latchkey_template OWNER latchkey_owner`);
  });
  return {
    superuserUrl: withDatabase(superuserUrl, name),
    ownerUrl: withDatabase(ownerUrl, name),
    appUrl: withDatabase(appUrl, name),
  };
}

/**
 * Empties every table; the catalogue names them, so a new one cannot be forgotten. The append-only triggers do not
 * fire for a replica, which only a superuser may pretend to be.
 */
export async function truncateAll(): Promise<void> {
  const { superuserUrl } = await ownDatabase();
  await withClient(superuserUrl, async (client) => {
    const { rows } = await client.query<{ tables: string | null }>(
      `SELECT string_agg(format('%I.%I', schemaname, tablename), ', ') AS tables
         FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'`,
    );
    if (!rows[0]?.tables) return;
    await client.query("SET session_replication_role = replica");
    await client.query(`TRUNCATE ${rows[0].tables} RESTART IDENTITY`);
  });
}

/** Runs `use` on a connection of its own to this worker's database, as the superuser: past every trigger and grant. */
export async function asSuperuser<T>(use: (client: pg.Client) => Promise<T>): Promise<T> {
  return withClient((await ownDatabase()).superuserUrl, use);
}

/** Runs `use` on a connection of its own to `url`. */
export async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
