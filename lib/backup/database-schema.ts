import { createHash } from "node:crypto";
import type pg from "pg";
import type { BackupHeader } from "@/lib/backup/format";
import { migrationList } from "@/lib/postgres/migrations";

type Script = { name: string; checksum: string; sql: string };

/**
 * The scripts of the migrations that made a backup's schema.
 * @throws Error when this Latchkey does not have them, as they were then.
 */
export async function scriptsOf({ migrations }: BackupHeader): Promise<Script[]> {
  const { migrationDirectories } = await migrationList();
  const here = new Map(
    migrationDirectories.map(({ path, migrationFile }) => [path, migrationFile.content.value ?? ""]),
  );
  return migrations.map(({ name, checksum }) => {
    const sql = here.get(name);
    if (sql === undefined) {
      throw new Error(
        `A newer Latchkey made this backup (it has the migration ${name}). Restore it with that version.`,
      );
    }
    if (createHash("sha256").update(sql).digest("hex") !== checksum) {
      throw new Error(`The migration ${name} is another one here than where this backup was made.`);
    }
    return { name, checksum, sql };
  });
}

/** Applies the scripts in the transaction that is open, and notes them the way Prisma does. */
export async function applyScripts(client: pg.ClientBase, scripts: Script[]): Promise<void> {
  await client.query(MIGRATIONS_TABLE);
  for (const { name, checksum, sql } of scripts) {
    await client.query(sql);
    await client.query(
      `INSERT INTO public._prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
        VALUES (gen_random_uuid()::text, $1, $2, now(), 1)`,
      [checksum, name],
    );
  }
}

/** As Prisma's schema engine makes it. */
const MIGRATIONS_TABLE = `CREATE TABLE public._prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL,
  logs TEXT,
  rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

/**
 * Drops all that Latchkey's migrations made, in the transaction that is open.
 * @throws Error when there is a table that is not Latchkey's: then it may not be the database that was meant.
 */
export async function dropSchema(client: pg.ClientBase): Promise<void> {
  const { migrationDirectories } = await migrationList();
  const scripts = migrationDirectories.map(({ migrationFile }) => migrationFile.content.value ?? "").join("\n");
  const ours = new Set([...scripts.matchAll(/CREATE (?:UNLOGGED )?TABLE "(\w+)"/g)].map(([, name]) => name ?? ""));
  const tables = (await namesIn(client, TABLES)).filter((name) => name !== "_prisma_migrations");
  const foreign = tables.filter((name) => !ours.has(name));
  if (foreign.length > 0) {
    throw new Error(
      `The database holds tables that are not Latchkey's (${foreign.join(", ")}). Give it one of its own.`,
    );
  }
  for (const name of [...tables, "_prisma_migrations"]) {
    await client.query(`DROP TABLE IF EXISTS public."${name}" CASCADE`);
  }
  for (const routine of await namesIn(client, ROUTINES)) await client.query(`DROP ROUTINE ${routine}`);
  for (const type of await namesIn(client, ENUMS)) await client.query(`DROP TYPE public."${type}"`);
}

async function namesIn(client: pg.ClientBase, query: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(query);
  return rows.map(({ name }) => name);
}

/** What an extension brought stays with it. */
const ownedHere = (oid: string): string =>
  `NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = ${oid} AND d.deptype = 'e')`;
const TABLES = `SELECT relname AS name FROM pg_class c
  WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND ${ownedHere("c.oid")} ORDER BY 1`;
const ROUTINES = `SELECT p.oid::regprocedure::text AS name FROM pg_proc p
  WHERE pronamespace = 'public'::regnamespace AND ${ownedHere("p.oid")} ORDER BY 1`;
const ENUMS = `SELECT typname AS name FROM pg_type t
  WHERE typnamespace = 'public'::regnamespace AND typtype = 'e' AND ${ownedHere("t.oid")} ORDER BY 1`;
