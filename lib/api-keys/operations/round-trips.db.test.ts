import pg from "pg";
import { beforeEach, expect, test, vi } from "vitest";
import { getDb } from "@/lib/db";
import type { Answer } from "@/lib/testing/client";
import { truncateAll } from "@/lib/testing/database";
import { makeKey, makeMember, makeOrganization, type TestKey, type TestOrganization } from "@/lib/testing/factories";
import { flushUsage } from "@/lib/usage/recorder";

const KEYS = "/v4/account/api-keys";
const BODY = { name: "Made", permissions: ["residential:read"] };

let organization: TestOrganization;
let manager: TestKey;
let key: TestKey;
beforeEach(async () => {
  await truncateAll();
  organization = await makeOrganization();
  manager = await makeKey(organization);
  key = await makeKey(organization, { permissions: ["residential:read"] });
  await writeUsage();
});

/** The first uses that a process writes are followed by a removal of old ones, in a transaction that is not ours. */
async function writeUsage(): Promise<void> {
  await manager.client.get(`${KEYS}/${key.id}`);
  expect(await flushUsage()).toBe(true);
  const { pool } = getDb();
  await vi.waitFor(() => expect(pool.idleCount).toBe(pool.totalCount));
}

/** How often a change waits for the database: how many statements are on their way together is not counted. */
async function tripsOf(change: () => Promise<Answer>): Promise<number> {
  // Authenticated, and heard by the instances, before it is counted.
  await manager.client.get(`${KEYS}/${key.id}`);
  const queries = vi.spyOn(pg.Client.prototype, "query");
  const { status } = await change();
  const trips = queries.mock.calls.filter(
    ([query]) => query !== null && typeof query === "object" && "statements" in query,
  );
  queries.mockRestore();
  expect(status).toBeLessThan(300);
  return trips.length;
}

// Turns and principal; what it is judged by; what it writes, with the audit event and COMMIT.
test("making a key waits for the database three times", async () => {
  expect(await tripsOf(() => manager.client.post(KEYS, BODY))).toBe(3);
});

test("as many keys as come at once wait as often as one", async () => {
  const all = () => Promise.all(Array.from({ length: 4 }, () => manager.client.post(KEYS, BODY)));
  expect(await tripsOf(async () => (await all())[0] as Answer)).toBe(3);
});

test("making one with an Idempotency-Key waits once more, to see whether it was made before", async () => {
  const headers = { "idempotency-key": "trips-are-counted-0001" };
  expect(await tripsOf(() => manager.client.post(KEYS, BODY, headers))).toBe(4);
});

// The row as it was; as it is after the write, which the answer shows.
test.each<[string, number, (path: string) => Promise<Answer>]>([
  ["regenerating", 4, (path) => manager.client.post(`${path}/regenerate`, {})],
  [
    "regenerating with an overlap",
    4,
    (path) => manager.client.post(`${path}/regenerate`, { grace_period_seconds: 60 }),
  ],
  ["updating", 4, (path) => manager.client.patch(path, { name: "Renamed" })],
  ["disabling", 5, (path) => manager.client.patch(path, { is_active: false })],
  ["revoking", 4, (path) => manager.client.delete(path)],
])("%s waits for the database %i times", async (_, trips, change) => {
  expect(await tripsOf(() => change(`${KEYS}/${key.id}`))).toBe(trips);
});

// Who changes a member holds two rows before the principal is read again; the row as it was; as it is; COMMIT.
test("updating a member waits for the database 4 times", async () => {
  const member = await makeMember(organization, "developer");
  const owner = await makeMember(organization, "owner");
  await owner.client.get(`/v4/account/members/${member.id}`);
  const change = () => owner.client.patch(`/v4/account/members/${member.id}`, { name: "Renamed" });
  expect(await tripsOf(change)).toBe(4);
});
