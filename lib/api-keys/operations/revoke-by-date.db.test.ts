import { beforeEach, describe, expect, test } from "vitest";
import { getDb } from "@/lib/db";
import { truncateAll } from "@/lib/testing/database";
import { makeKey, makeMember, makeOrganization, type TestKey, type TestOrganization } from "@/lib/testing/factories";

const KEYS = "/v4/account/api-keys";
const BY_DATE = `${KEYS}/revoke-by-date`;
const DAY = 86_400;

let organization: TestOrganization;
let now = 0;
beforeEach(async () => {
  await truncateAll();
  organization = await makeOrganization();
  now = Math.floor(Date.now() / 1000);
});

/** A key that was made and last changed so many days ago. */
async function agedKey(days: number, changedDays = days): Promise<TestKey> {
  const key = await makeKey(organization);
  const ago = (d: number) => new Date((now - d * DAY) * 1000);
  await getDb().pool.query("UPDATE api_keys SET created_at = $2, updated_at = $3 WHERE id = $1", [
    key.id,
    ago(days),
    ago(changedDays),
  ]);
  await getDb().pool.query("UPDATE token_digests SET created_at = $2 WHERE api_key_id = $1", [key.id, ago(days)]);
  return key;
}
const statusOf = async ({ client }: TestKey) => (await client.get(KEYS)).status;
const revoke = (body: object) => organization.owner.client.post(BY_DATE, body);

describe("SH-15 revoking keys by date", () => {
  test("issued after a moment: those of then and later, at once, each with its own event", async () => {
    const [old, exact, recent] = [await agedKey(10), await agedKey(5), await agedKey(1)];
    const { status, body } = await revoke({ issued_after: now - 5 * DAY });
    expect([status, body]).toEqual([
      200,
      { matching: 2, ids: expect.arrayContaining([exact.id, recent.id]), first: [], kept: [], remaining: 0 },
    ]);
    expect([await statusOf(old), await statusOf(exact), await statusOf(recent)]).toEqual([200, 401, 401]);
    const { rows } = await getDb().pool.query(
      "SELECT target_id FROM audit_events WHERE action = 'api_key.revoked' ORDER BY target_id",
    );
    expect(rows.map((row) => row.target_id)).toEqual([exact.id, recent.id].sort());
    expect((await revoke({ issued_after: now - 5 * DAY })).body).toMatchObject({ matching: 0, ids: [], remaining: 0 });
  });

  test("issued before a moment: what a restored backup brought back, and not what was made since", async () => {
    const [old, recent] = [await agedKey(10), await agedKey(1)];
    const { headers, body } = await revoke({ issued_before: now - 5 * DAY });
    expect(body.ids).toEqual([old.id]);
    expect([await statusOf(old), await statusOf(recent)]).toEqual([401, 200]);
    expect(headers.get("latchkey-propagation")).toMatch(/^instances=\d+; ms=/);
  });

  test("a regenerated key counts by its new token, and by the old one as long as that works", async () => {
    const { client } = organization.owner;
    const [swapped, overlapping] = [await agedKey(10), await agedKey(10)];
    await client.post(`${KEYS}/${swapped.id}/regenerate`, {});
    await client.post(`${KEYS}/${overlapping.id}/regenerate`, { grace_period_seconds: 3600 });
    expect((await revoke({ issued_after: now - DAY, dry_run: true })).body.matching).toBe(2);
    expect((await revoke({ issued_before: now - DAY, dry_run: true })).body.ids).toEqual([overlapping.id]);
  });

  test("changed after a moment: also a key that was issued long before", async () => {
    const [untouched, changed] = [await agedKey(10), await agedKey(10, 1)];
    expect((await revoke({ changed_after: now - 2 * DAY })).body.ids).toEqual([changed.id]);
    expect(await statusOf(untouched)).toBe(200);
  });

  test("several moments hold together, and disabled and expired keys are not forgotten", async () => {
    const [a, b, c] = [await agedKey(10), await agedKey(5), await agedKey(1)];
    await getDb().pool.query("UPDATE api_keys SET disabled_at = now() WHERE id = $1", [b.id]);
    const { body } = await revoke({ issued_after: now - 7 * DAY, issued_before: now - 3 * DAY });
    expect(body.ids).toEqual([b.id]);
    expect([await statusOf(a), await statusOf(c)]).toEqual([200, 200]);
  });

  test("a dry run changes nothing", async () => {
    const key = await agedKey(1);
    expect((await revoke({ issued_after: now - 2 * DAY, dry_run: true })).body).toEqual({
      matching: 1,
      ids: [key.id],
      first: [{ id: key.id, name: expect.any(String), token_preview: expect.stringMatching(/^lk_prod_/) }],
      kept: [],
      remaining: 1,
    });
    expect(await statusOf(key)).toBe(200);
  });

  test("a region that always keeps one active key keeps the one that is furthest from the moment, and says so", async () => {
    await organization.owner.client.patch(`/v4/account/regions/${organization.regionId}`, {
      always_keep_one_active_key: true,
    });
    const keys = [await agedKey(4), await agedKey(3), await agedKey(2)];
    const { body } = await revoke({ issued_after: now - 5 * DAY });
    expect(body).toMatchObject({ matching: 3, remaining: 0 });
    expect(body.ids).toHaveLength(2);
    expect(body.kept).toMatchObject([{ code: "last_active_key", detail: expect.stringContaining("Create another") }]);
    const alive = await Promise.all(keys.map(statusOf));
    expect(alive.filter((status) => status === 200)).toHaveLength(1);
    expect(alive[0]).toBe(200);
  });

  test("more than fit in one request remain for the next", async () => {
    const { id } = await makeKey(organization);
    await getDb().pool.query(
      `INSERT INTO api_keys (id, organization_id, environment, region_id, name, permissions, all_subaccounts,
          token_preview, created_by_type, created_by_id, created_by_name)
        SELECT 'key_many' || n, organization_id, environment, region_id, name, permissions, all_subaccounts,
          token_preview, created_by_type, created_by_id, created_by_name
        FROM api_keys, generate_series(1, 204) n WHERE id = $1`,
      [id],
    );
    const first = await revoke({ changed_after: now - DAY });
    expect(first.body).toMatchObject({ matching: 205 });
    expect(first.body.ids.length + first.body.remaining).toBe(205);
    expect(first.body.remaining).toBeGreaterThanOrEqual(5);
    for (let rounds = 0; rounds < 10; rounds++)
      if ((await revoke({ changed_after: now - DAY })).body.remaining === 0) break;
    expect((await revoke({ changed_after: now - DAY })).body.matching).toBe(0);
  });

  test("another organization's keys are not touched", async () => {
    const other = await makeOrganization();
    const theirs = await makeKey(other);
    await agedKey(1);
    expect((await revoke({ issued_after: 1 })).body.matching).toBe(1);
    expect((await theirs.client.get(KEYS)).status).toBe(200);
  });

  test("is for the sessions of owners and admins", async () => {
    const developer = await makeMember(organization, "developer");
    const key = await makeKey(organization);
    const admin = await makeMember(organization, "admin");
    expect((await admin.client.post(BY_DATE, { issued_after: 1, dry_run: true })).body.matching).toBe(1);
    for (const client of [developer.client, key.client]) {
      const { status, body } = await client.post(BY_DATE, { issued_after: 1 });
      expect([status, body.code]).toEqual([403, "insufficient_permissions"]);
    }
    expect(await statusOf(key)).toBe(200);
  });

  test.each([
    [{}, "", "required"],
    [{ dry_run: true }, "", "required"],
    [{ issued_after: null }, "/issued_after", "invalid_type"],
    [{ issued_after: "1" }, "/issued_after", "invalid_type"],
    [{ issued_before: 1_795_170_000_000 }, "/issued_before", "looks_like_milliseconds"],
    [{ issued_after: 20, issued_before: 10 }, "/issued_before", "invalid_range"],
    [{ issued_after: 0 }, "/issued_after", "too_early"],
    [{ issued_since: 1 }, "/issued_since", "unknown_field"],
    [{ issued_after: 1, dry_run: "yes" }, "/dry_run", "invalid_type"],
  ])("refuses %j", async (body, pointer, code) => {
    const key = await makeKey(organization);
    const answer = await revoke(body);
    expect([answer.status, answer.body.errors[0].pointer, answer.body.errors[0].code]).toEqual([422, pointer, code]);
    expect(await statusOf(key)).toBe(200);
  });
});
