import pg from "pg";
import { MIGRATIONS_DIRECTORY, migrationList, pendingMigrations } from "@/lib/postgres/migrations";

/** Any constant will do, as long as every instance takes the same one. */
export const MIGRATION_LOCK = 5_268_431;

/** A migration could not be applied. The message says which, why, and what to do. */
export class MigrationError extends Error {}

/**
 * Brings the database to the newest migration of the folder and returns the names of those it applied. Safe to call
 * from several instances at once (one applies, the others wait), and one SELECT when there is nothing to do.
 *
 * Each migration and the mark that it is finished commit together, so a crash leaves none half applied: an unfinished
 * one is simply applied again.
 * @throws MigrationError when the database refuses a migration; nothing of that migration remains.
 */
export async function migrate(url: string, directory = MIGRATIONS_DIRECTORY): Promise<string[]> {
  return withClient(url, async (client) => {
    if ((await pendingMigrations(client, directory)).length === 0) return [];
    await client.query("SELECT pg_advisory_lock($1)", [MIGRATION_LOCK]);
    const pending = await pendingMigrations(client, directory);
    if (pending.length === 0) return [];
    await forgetUnfinished(client);
    await apply(client, url, directory);
    const left = await pendingMigrations(client, directory);
    if (left.length > 0) throw new MigrationError(`The database is still without the migration ${left.join(", ")}.`);
    return pending;
  });
}

/** Whether `migrate` would have anything to apply. */
export function isBehind(url: string, directory = MIGRATIONS_DIRECTORY): Promise<boolean> {
  return withClient(url, async (client) => (await pendingMigrations(client, directory)).length > 0);
}

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/** The mark of completion joins the script's own transaction; the engine alone would set it only afterwards. */
const MARK_FINISHED = `UPDATE "public"."_prisma_migrations" SET "finished_at" = now(), "applied_steps_count" = 1
  WHERE "finished_at" IS NULL AND "rolled_back_at" IS NULL`;

async function apply(client: pg.Client, url: string, directory: string): Promise<void> {
  // Loaded only here: the engine is several megabytes, and most starts have nothing to apply.
  const { withSchemaEngine } = await import("@/lib/postgres/schema-engine");
  const migrationsList = await migrationList(directory);
  try {
    await withSchemaEngine({ url, afterScript: MARK_FINISHED }, (engine) =>
      engine.applyMigrations({ migrationsList, filters: { externalTables: [], externalEnums: [] } }),
    );
  } catch (error) {
    const [name] = await pendingMigrations(client, directory);
    const reason = error instanceof Error ? error.message.trim() : String(error);
    throw new MigrationError(
      `The database refused the migration ${name}, of which nothing was kept. Its reason: ${reason}\n` +
        "Remove the cause (usually missing rights, or objects made by hand) and start again.",
      { cause: error },
    );
  }
}

/** What was begun and never finished was rolled back by the database; the engine must be told, or it stops there. */
async function forgetUnfinished(client: pg.Client): Promise<void> {
  const table = await client.query("SELECT to_regclass('public._prisma_migrations') IS NOT NULL AS there");
  if (!table.rows[0]?.there) return;
  await client.query(
    "UPDATE public._prisma_migrations SET rolled_back_at = now() WHERE finished_at IS NULL AND rolled_back_at IS NULL",
  );
}
