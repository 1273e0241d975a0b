import { beforeEach, expect, test } from "vitest";
import { getDb } from "@/lib/db";
import { countSubaccountUse } from "@/lib/subaccounts/operations";
import { contextOf, makeKey, makeMember, makeOrganization, type TestOrganization } from "@/lib/testing/factories";

const LIST = "/v4/account/subaccounts";

let organization: TestOrganization;

beforeEach(async () => {
  organization = await makeOrganization();
});

const client = () => organization.owner.client;
const create = async (name: string, external_id?: string) =>
  (await client().post(LIST, external_id === undefined ? { name } : { name, external_id })).body;
const keyRow = async (id: string) =>
  (await getDb().pool.query("SELECT allowed_subaccounts, all_subaccounts, version FROM api_keys WHERE id = $1", [id]))
    .rows[0];

test("an external id is unique in the organization, compared exactly, with 409 at /external_id", async () => {
  await create("One", "crm-1");
  const again = await client().post(LIST, { name: "Two", external_id: "crm-1" });
  expect([again.status, again.body.code, again.body.errors[0].pointer]).toEqual([409, "name_taken", "/external_id"]);
  expect((await create("Two", "CRM-1")).external_id).toBe("CRM-1");
  const third = await create("Three");
  expect((await client().patch(`${LIST}/${third.id}`, { external_id: "crm-1" })).body.code).toBe("name_taken");
});

test("names may repeat, and any number have no external id", async () => {
  expect((await create("Same")).external_id).toBeNull();
  expect((await create("Same")).external_id).toBeNull();
});

test("absent leaves the external id, null and the empty text clear it", async () => {
  const { id } = await create("One", "crm-1");
  expect((await client().patch(`${LIST}/${id}`, { name: "Renamed" })).body.external_id).toBe("crm-1");
  expect((await client().patch(`${LIST}/${id}`, { external_id: null })).body.external_id).toBeNull();
  await client().patch(`${LIST}/${id}`, { external_id: "crm-2" });
  expect((await client().patch(`${LIST}/${id}`, { external_id: "" })).body.external_id).toBeNull();
});

test("how many keys and members name one is known before it is deleted", async () => {
  const [named, free] = [await create("Named"), await create("Free")];
  await makeKey(organization, { allowed_subaccounts: [named.id] });
  const revoked = await makeKey(organization, { allowed_subaccounts: [named.id] });
  await client().delete(`/v4/account/api-keys/${revoked.id}`);
  await makeKey(organization);
  await makeMember(organization, "developer", { subaccounts: [named.id] });
  const other = await makeOrganization();
  const ask = async (by: TestOrganization) =>
    countSubaccountUse(await contextOf(by.owner), { body: { ids: [named.id, free.id] } });
  const uses = new Map((await ask(organization)).map((use) => [use.id, use]));
  expect(uses.get(named.id)).toEqual({ id: named.id, keys: 1, members: 1 });
  expect(uses.get(free.id)).toEqual({ id: free.id, keys: 0, members: 0 });
  expect(await ask(other)).toEqual([]);
});

test("deleting one takes it out of every list; a key whose list becomes empty reaches nothing, never everything", async () => {
  const [gone, stays] = [await create("Gone"), await create("Stays")];
  const only = await makeKey(organization, { allowed_subaccounts: [gone.id] });
  const both = await makeKey(organization, { allowed_subaccounts: [gone.id, stays.id] });
  const free = await makeKey(organization);
  const member = await makeMember(organization, "developer", { subaccounts: [gone.id] });
  expect((await client().delete(`${LIST}/${gone.id}`)).status).toBe(204);

  expect(await keyRow(only.id)).toEqual({ allowed_subaccounts: [], all_subaccounts: false, version: 2 });
  expect(await keyRow(both.id)).toEqual({ allowed_subaccounts: [stays.id], all_subaccounts: false, version: 2 });
  expect(await keyRow(free.id)).toMatchObject({ all_subaccounts: true, version: 1 });
  const limited = await client().get(`/v4/account/members/${member.id}`);
  expect(limited.body.subaccounts).toEqual([]);

  const { rows } = await getDb().pool.query(
    "SELECT changes FROM audit_events WHERE organization_id = $1 AND action = 'subaccount.deleted'",
    [organization.id],
  );
  expect(rows).toMatchObject([{ changes: { keys_changed: [null, 2], members_changed: [null, 1] } }]);
});

test("a key that is made while its subaccount is deleted never names one that is gone", async () => {
  for (let round = 0; round < 8; round++) {
    const { id } = await create(`Race ${round}`);
    const body = { name: "Racer", permissions: ["residential:read"], allowed_subaccounts: [id] };
    const [made, deleted] = await Promise.all([
      client().post("/v4/account/api-keys", body),
      client().delete(`${LIST}/${id}`),
    ]);
    expect(deleted.status).toBe(204);
    expect([201, 422]).toContain(made.status);
    if (made.status === 201)
      expect(await keyRow(made.body.id)).toMatchObject({ allowed_subaccounts: [], all_subaccounts: false });
  }
});

test("PZ-25 a member who is limited to some sees only those, and can add none", async () => {
  const [mine, other] = [await create("Mine"), await create("Other")];
  const limited = await makeMember(organization, "admin", { subaccounts: [mine.id] });
  const { body } = await limited.client.get(`${LIST}?include_total=true`);
  expect([body.data.map(({ id }: { id: string }) => id), body.total]).toEqual([[mine.id], 1]);
  expect((await limited.client.get(`${LIST}/${other.id}`)).status).toBe(404);
  expect((await limited.client.patch(`${LIST}/${other.id}`, { name: "Taken over" })).status).toBe(404);
  expect((await limited.client.delete(`${LIST}/${other.id}`)).status).toBe(404);
  expect((await limited.client.post(LIST, { name: "New" })).body.code).toBe("exceeds_own_access");
  expect((await limited.client.patch(`${LIST}/${mine.id}`, { name: "Renamed" })).status).toBe(200);
});

test("are listed page by page in the order of their creation, also those of one moment", async () => {
  const made = [];
  for (const name of ["a", "b", "c", "d", "e"]) made.push((await client().post(LIST, { name })).body.id);
  await getDb().pool.query("UPDATE subaccounts SET created_at = '2026-01-02T03:04:05.678Z' WHERE name IN ('c', 'd')");
  await getDb().pool.query("UPDATE subaccounts SET created_at = '2026-01-01T00:00:00Z' WHERE name = 'e'");
  const listed: string[] = [];
  for (let query = "?limit=2"; query !== ""; ) {
    const { body } = await client().get(`${LIST}${query}`);
    listed.push(...body.data.map(({ id }: { id: string }) => id));
    query = body.next_cursor === null ? "" : `?limit=2&cursor=${encodeURIComponent(body.next_cursor)}`;
  }
  const [a, b, c, d, e] = made;
  expect(listed).toEqual([e, ...[c, d].sort(), a, b]);
});

test("SH-13 each key and member that loses a deleted subaccount has an event of its own, with its list before and after", async () => {
  const [gone, stays] = [await create("Gone"), await create("Stays")];
  const key = await makeKey(organization, { allowed_subaccounts: [gone.id, stays.id] });
  const member = await makeMember(organization, "developer", { subaccounts: [gone.id] });
  await client().delete(`${LIST}/${gone.id}`);
  const events = await client().get(`/v4/account/audit-events?api_key_id=${key.id}`);
  expect(events.body.data[0]).toMatchObject({
    action: "api_key.updated",
    target: { type: "api_key", id: key.id, name: key.key.name },
    changes: { allowed_subaccounts: [[gone.id, stays.id], [stays.id]] },
  });
  const { rows } = await getDb().pool.query(
    "SELECT changes FROM audit_events WHERE action = 'member.updated' AND target_id = $1",
    [member.id],
  );
  expect(rows).toEqual([{ changes: { subaccounts: [[gone.id], []] } }]);
});
