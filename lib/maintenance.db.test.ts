import { beforeEach, describe, expect, test, vi } from "vitest";
import { getDb } from "@/lib/db";
import { deleteSpent } from "@/lib/maintenance";
import { ownDatabase, truncateAll, withClient } from "@/lib/testing/database";
import { makeOrganization, signedInCookie } from "@/lib/testing/factories";

beforeEach(truncateAll);

const count = async (table: string): Promise<number> =>
  (await getDb().pool.query(`SELECT count(*)::int AS n FROM ${table}`)).rows[0].n;

describe("deleteSpent", () => {
  test("takes what is spent and leaves what is in use", async () => {
    const organization = await makeOrganization();
    await signedInCookie(organization.owner.id);
    const headers = { "idempotency-key": "maintenance-0123456789" };
    const body = { name: "kept", permissions: ["residential:read"] };
    await organization.owner.client.post("/v4/account/api-keys", body, headers);
    await deleteSpent();
    expect([await count("sessions"), await count("idempotency_records")]).toEqual([2, 1]);

    const { pool } = getDb();
    await pool.query("UPDATE idempotency_records SET created_at = now() - interval '25 hours'");
    await pool.query(
      "UPDATE sessions SET expires_at = now() - interval '31 days' WHERE id = (SELECT id FROM sessions ORDER BY created_at DESC, id LIMIT 1)",
    );
    await pool.query(
      "INSERT INTO setup_tokens (token_digest, expires_at) VALUES ('\\x01', now() - interval '1 second')",
    );
    await deleteSpent();
    expect([await count("sessions"), await count("idempotency_records"), await count("setup_tokens")]).toEqual([
      1, 0, 0,
    ]);
    expect(await count("audit_events")).toBeGreaterThan(0);
  });

  test("takes many some at a time, and what cannot be deleted keeps nothing else", async () => {
    const organization = await makeOrganization();
    const { pool } = getDb();
    await pool.query(
      `INSERT INTO idempotency_records (organization_id, principal_id, idempotency_key, request_digest, response, created_at)
       SELECT $1, 'usr_x', n::text, '\\x00', '{}', now() - interval '2 days' FROM generate_series(1, 45000) n`,
      [organization.id],
    );
    await pool.query(
      "INSERT INTO sign_in_throttles SELECT 'past', 1, now(), now() - interval '2 days' UNION SELECT 'now', 1, now(), now()",
    );
    await pool.query("INSERT INTO usage_recorders VALUES ('past', 1, now() - interval '31 days'), ('now', 1, now())");
    const { ownerUrl } = await ownDatabase();
    await withClient(ownerUrl, async (owner) => {
      await owner.query("ALTER TABLE sessions RENAME TO sessions_away");
      try {
        const query = vi.spyOn(pool, "query");
        await deleteSpent();
        const deletions = query.mock.calls.filter(([text]) => String(text).includes("idempotency_records"));
        expect(deletions).toHaveLength(3);
        query.mockRestore();
      } finally {
        await owner.query("ALTER TABLE sessions_away RENAME TO sessions");
      }
    });
    const left = await Promise.all(["idempotency_records", "sign_in_throttles", "usage_recorders"].map(count));
    expect(left).toEqual([0, 1, 1]);
  });
});
