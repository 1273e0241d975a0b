import { randomBytes } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { getDb } from "@/lib/db";
import { asSuperuser, ownDatabase, truncateAll, withClient } from "@/lib/testing/database";

beforeEach(truncateAll);

const EVENT = `INSERT INTO audit_events
  (id, organization_id, action, outcome, principal_type, principal_id, principal_name, target_type, target_id,
   target_name, request_id, changes)
  VALUES ('evt_1', 'org_1', 'api_key.created', 'done', 'system', 's', 's', 'api_key', 'key_1', 'k', 'req_1', '{}')`;

describe("DB-12 the audit log is append-only", () => {
  test.each(["UPDATE audit_events SET action = 'x'", "DELETE FROM audit_events", "TRUNCATE audit_events"])(
    "the application's role has no right to %s",
    async (statement) => {
      const { pool } = getDb();
      await pool.query(EVENT);
      await expect(pool.query(statement)).rejects.toThrow("permission denied");
    },
  );

  test.each(["UPDATE audit_seals SET sequence = 1", "DELETE FROM audit_seals", "TRUNCATE audit_events, audit_seals"])(
    "even the tables' owner is refused to %s",
    async (statement) => {
      const { ownerUrl } = await ownDatabase();
      await withClient(ownerUrl, async (owner) => {
        await expect(owner.query(statement)).rejects.toThrow("append-only");
      });
    },
  );
});

test("the application's role cannot change the schema or take the triggers away", async () => {
  const { pool } = getDb();
  await expect(pool.query("CREATE TABLE mine (id int)")).rejects.toThrow("permission denied");
  await expect(pool.query("DROP TRIGGER audit_events_append_only ON audit_events")).rejects.toThrow("must be owner");
  await expect(pool.query("SET session_replication_role = replica")).rejects.toThrow("permission denied");
  await expect(pool.query("DELETE FROM _prisma_migrations")).rejects.toThrow("permission denied");
});

test("a table of a later migration is open to the application's role without a grant of its own", async () => {
  const { ownerUrl } = await ownDatabase();
  await withClient(ownerUrl, (owner) => owner.query("CREATE TABLE later (id int)"));
  try {
    await expect(getDb().pool.query("INSERT INTO later VALUES (1)")).resolves.toMatchObject({ rowCount: 1 });
  } finally {
    await withClient(ownerUrl, (owner) => owner.query("DROP TABLE later"));
  }
});

test("searching names by any part of them uses the trigram index", async () => {
  const plan = await asSuperuser(async (client) => {
    await client.query("SET enable_seqscan = off");
    const { rows } = await client.query("EXPLAIN SELECT id FROM api_keys WHERE lower(name) LIKE '%pipeline%'");
    return rows.map((row) => row["QUERY PLAN"]).join("\n");
  });
  expect(plan).toContain("api_keys_name_search_idx");
});

test("a key has one lasting digest, and an organization one default region", async () => {
  const { pool } = getDb();
  await pool.query("INSERT INTO organizations (id, name) VALUES ('org_1', 'O')");
  const region =
    "INSERT INTO regions (id, organization_id, name, name_key, is_default) VALUES ($1, 'org_1', $1, $1, true)";
  await pool.query(region, ["reg_1"]);
  await expect(pool.query(region, ["reg_2"])).rejects.toThrow("regions_default_key");
  await pool.query(
    `INSERT INTO api_keys (id, organization_id, environment, region_id, name, all_subaccounts, token_preview,
       created_by_type, created_by_id, created_by_name)
     VALUES ('key_1', 'org_1', 'production', 'reg_1', 'k', true, 'p', 'system', 's', 's')`,
  );
  const digest = `INSERT INTO token_digests (digest, api_key_id, organization_id, signing_key_version, token_preview, ends_at)
    VALUES ($1, 'key_1', 'org_1', 1, 'p', $2)`;
  await pool.query(digest, [randomBytes(32), null]);
  await pool.query(digest, [randomBytes(32), new Date()]);
  await expect(pool.query(digest, [randomBytes(32), null])).rejects.toThrow("token_digests_lasting_key");
});
