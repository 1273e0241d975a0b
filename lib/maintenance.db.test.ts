import { beforeEach, describe, expect, test } from "vitest";
import { getDb } from "@/lib/db";
import { deleteSpent } from "@/lib/maintenance";
import { truncateAll } from "@/lib/testing/database";
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
});
