import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { incompatibilities } from "@/lib/postgres/migration-rules";
import { MIGRATIONS_DIRECTORY, migrationNames } from "@/lib/postgres/migrations";

/** From before there was a version that anybody could come from. */
const BEFORE_THE_RULE = [
  "20261120174720_init",
  "20261120174800_rules",
  "20261120183000_decision_records",
  "20261120184000_imported_keys",
  "20261120190000_key_pages",
  "20261120190100_audit_by_principal",
  "20261120190200_token_uses",
  "20261120191000_no_nulls_inside",
];

test("no migration breaks the version before, unless it says that it contracts", async () => {
  const names = (await migrationNames()).filter((name) => !BEFORE_THE_RULE.includes(name));
  expect(names.length).toBeGreaterThan(0);
  for (const name of names) {
    const sql = await readFile(path.join(MIGRATIONS_DIRECTORY, name, "migration.sql"), "utf8");
    expect(incompatibilities(sql), name).toEqual([]);
  }
});

describe("refuses", () => {
  test.each([
    'DROP TABLE "sessions";',
    'ALTER TABLE "api_keys" DROP COLUMN "name";',
    "alter table api_keys\n  drop name;",
    'ALTER TABLE "api_keys" ADD COLUMN "a" TEXT, DROP COLUMN "b";',
    'ALTER TABLE "api_keys" RENAME COLUMN "name" TO "title";',
    'ALTER TABLE "api_keys" RENAME TO "keys";',
    `ALTER TYPE "Role" RENAME VALUE 'owner' TO 'lord';`,
    'ALTER TABLE "api_keys" ALTER COLUMN "version" TYPE BIGINT;',
    'ALTER TABLE "api_keys" ALTER COLUMN "version" SET DATA TYPE BIGINT;',
    'ALTER TABLE "api_keys" ALTER COLUMN "name" SET NOT NULL;',
    'ALTER TABLE "api_keys" ALTER COLUMN "version" DROP DEFAULT;',
    'ALTER TABLE "api_keys" ADD COLUMN "owner" TEXT NOT NULL;',
    'ALTER TABLE "api_keys" ADD COLUMN "a" TEXT NOT NULL DEFAULT \'x\', ADD COLUMN "b" TEXT NOT NULL;',
    'DROP TYPE "Role";',
    "DROP FUNCTION announce_change();",
    '-- It is contracted one day; not yet.\nDROP TABLE "sessions";',
    '-- contract: nothing reads it since 1.4\nDROP TABLE "a"; DROP TABLE "b";',
  ])("%s", (sql) => {
    expect(incompatibilities(sql)).toHaveLength(1);
  });
});

describe("allows", () => {
  test.each([
    'CREATE TABLE "a" ("id" TEXT NOT NULL, "drop" TEXT);',
    'ALTER TABLE "api_keys" ADD COLUMN "note" TEXT;',
    `ALTER TABLE "api_keys" ADD COLUMN "note" TEXT NOT NULL DEFAULT 'DROP TABLE x;';`,
    'ALTER TABLE "api_keys" ALTER COLUMN "note" DROP NOT NULL;',
    'ALTER TABLE "api_keys" DROP CONSTRAINT "too_strict";',
    `ALTER TYPE "Role" ADD VALUE 'auditor';`,
    "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DROP TABLE x; END $$;",
    "-- DROP TABLE x; is what we do not do.\nCREATE INDEX a ON b (c);",
    '-- contract: nothing reads it since 1.4\nALTER TABLE "api_keys" DROP COLUMN "name";',
  ])("%s", (sql) => {
    expect(incompatibilities(sql)).toEqual([]);
  });
});
