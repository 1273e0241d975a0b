import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { withDatabase } from "@/lib/postgres/connection-url";
import { MigrationError, migrate } from "@/lib/postgres/migrate";
import { MIGRATIONS_DIRECTORY } from "@/lib/postgres/migrations";
import { withClient } from "@/lib/testing/database";

const name = `migrate_${process.env.VITEST_POOL_ID ?? "0"}`;
const { superuserUrl, ownerUrl } = inject("template");
const url = withDatabase(ownerUrl, name);
let directory = "";

const onServer = (sql: string) => withClient(withDatabase(superuserUrl, "postgres"), (client) => client.query(sql));
const onDatabase = (sql: string) => withClient(url, (client) => client.query(sql));

async function addMigration(folder: string, sql: string): Promise<void> {
  await mkdir(path.join(directory, folder));
  await writeFile(path.join(directory, folder, "migration.sql"), sql);
}

beforeEach(async () => {
  await onServer(`CREATE DATABASE ${name} OWNER latchkey_owner`);
  directory = await mkdtemp(path.join(tmpdir(), "latchkey-migrations-"));
  await cp(path.join(MIGRATIONS_DIRECTORY, "migration_lock.toml"), path.join(directory, "migration_lock.toml"));
  await addMigration("20260101000000_first", "CREATE TABLE first (id int);");
});

afterEach(async () => {
  await onServer(`DROP DATABASE ${name} WITH (FORCE)`);
  await rm(directory, { recursive: true });
});

test("applies what is new, in order, and nothing a second time", async () => {
  await addMigration("20260102000000_second", "ALTER TABLE first ADD COLUMN name text;");
  expect(await migrate(url, directory)).toEqual(["20260101000000_first", "20260102000000_second"]);
  expect(await migrate(url, directory)).toEqual([]);
});

test("instances that start together apply each migration once", async () => {
  const applied = await Promise.all([migrate(url, directory), migrate(url, directory), migrate(url, directory)]);
  expect(applied.flat()).toEqual(["20260101000000_first"]);
});

test("a function body with semicolons arrives whole", async () => {
  await addMigration(
    "20260102000000_function",
    "CREATE FUNCTION two() RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; RETURN 2; END $$;",
  );
  await migrate(url, directory);
  expect((await onDatabase("SELECT two()")).rows).toEqual([{ two: 2 }]);
});

test("DB-07 of a migration that fails nothing is kept, the error names its reason, and mended it applies", async () => {
  await addMigration("20260102000000_broken", "CREATE TABLE second (id int); ALTER TABLE absent ADD COLUMN x int;");
  const failure = await migrate(url, directory).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(MigrationError);
  expect(String(failure)).toContain("20260102000000_broken");
  expect(String(failure)).toContain('relation "absent" does not exist');
  expect((await onDatabase("SELECT to_regclass('second') AS second")).rows).toEqual([{ second: null }]);

  await writeFile(path.join(directory, "20260102000000_broken", "migration.sql"), "CREATE TABLE second (id int);");
  expect(await migrate(url, directory)).toEqual(["20260102000000_broken"]);
});

test("a process that was killed while it migrated does not stop the next start", async () => {
  await migrate(url, directory);
  await addMigration("20260102000000_second", "CREATE TABLE second (id int);");
  // What a killed process leaves: the row that says "begun", and a script that PostgreSQL rolled back.
  await onDatabase(
    `INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES (gen_random_uuid(), '', '20260102000000_second')`,
  );
  expect(await migrate(url, directory)).toEqual(["20260102000000_second"]);
});
