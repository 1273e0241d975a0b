import type pg from "pg";
import { pendingMigrations } from "@/lib/postgres/migrations";

/**
 * Whether the database has every migration of this version. The database's own answer at each call, in two
 * statements; throws what the connection throws when it cannot be reached.
 */
export async function migrationsAreApplied(pool: pg.Pool): Promise<boolean> {
  return (await pendingMigrations(pool)).length === 0;
}
