import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { MigrationList } from "@prisma/schema-engine-wasm";
import type pg from "pg";

export const MIGRATIONS_DIRECTORY = path.resolve("prisma/migrations");

type Queryable = pg.ClientBase | pg.Pool;

/** The names of the migrations in the folder, in the order in which they apply. */
export async function migrationNames(directory = MIGRATIONS_DIRECTORY): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/** The folder's migrations that this database has not finished. One plain SELECT: cheap enough for /readyz. */
export async function pendingMigrations(client: Queryable, directory = MIGRATIONS_DIRECTORY): Promise<string[]> {
  const names = await migrationNames(directory);
  const done = await finishedMigrations(client);
  return names.filter((name) => !done.has(name));
}

async function finishedMigrations(client: Queryable): Promise<Set<string>> {
  const table = await client.query("SELECT to_regclass('public._prisma_migrations') IS NOT NULL AS there");
  if (!table.rows[0]?.there) return new Set();
  const { rows } = await client.query<{ migration_name: string }>(
    "SELECT migration_name FROM public._prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL",
  );
  return new Set(rows.map((row) => row.migration_name));
}

/** The folder in the form that Prisma's schema engine takes. */
export async function migrationList(directory = MIGRATIONS_DIRECTORY): Promise<MigrationList> {
  const names = await migrationNames(directory);
  return {
    baseDir: directory,
    lockfile: {
      path: "migration_lock.toml",
      content: await readFile(path.join(directory, "migration_lock.toml"), "utf8"),
    },
    shadowDbInitScript: "",
    migrationDirectories: await Promise.all(
      names.map(async (name) => ({
        path: name,
        migrationFile: {
          path: "migration.sql",
          content: { tag: "ok" as const, value: await readFile(path.join(directory, name, "migration.sql"), "utf8") },
        },
      })),
    ),
  };
}
