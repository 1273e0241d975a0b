import { beforeEach, describe, expect, test } from "vitest";
import { truncateAll } from "@/lib/testing/database";
import { makeMember, makeOrganization, type TestMember, type TestOrganization } from "@/lib/testing/factories";

const REVIEW = "/v4/account/keys-to-review";
const MEMBERS = "/v4/account/members";
const KEYS = "/v4/account/api-keys";

let organization: TestOrganization;
let counter = 0;
beforeEach(async () => {
  await truncateAll();
  organization = await makeOrganization();
});

async function keyOf(member: TestMember, given: object = {}): Promise<string> {
  const body = { name: `Key ${++counter}`, permissions: ["residential:read"], ...given };
  const answer = await member.client.post(KEYS, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body.id;
}
const change = (member: TestMember, body: object) => organization.owner.client.patch(`${MEMBERS}/${member.id}`, body);
const reviewed = async (client = organization.owner.client) =>
  (await client.get(REVIEW)).body.data.map((one: { api_key: { id: string }; reason: string }) => [
    one.api_key.id,
    one.reason,
  ]);

describe("keys to review", () => {
  test("PZ-24 a deactivated or removed member's keys go on working and are listed", async () => {
    const [leaving, removed, staying] = [
      await makeMember(organization, "admin"),
      await makeMember(organization, "admin"),
      await makeMember(organization, "admin"),
    ];
    const [first, second] = [await keyOf(leaving), await keyOf(removed)];
    await keyOf(staying);
    expect(await reviewed()).toEqual([]);
    await change(leaving, { status: "deactivated" });
    await organization.owner.client.delete(`${MEMBERS}/${removed.id}`);
    expect(await reviewed()).toEqual([
      [first, "creator_deactivated"],
      [second, "creator_removed"],
    ]);
    await change(leaving, { status: "active" });
    expect(await reviewed()).toEqual([[second, "creator_removed"]]);
  });

  test("PZ-24 a demoted member's keys are listed as far as they could not make them now", async () => {
    const admin = await makeMember(organization, "admin");
    const [plain, managing] = [await keyOf(admin), await keyOf(admin, { permissions: ["account:apikeys:read"] })];
    await change(admin, { role: "developer" });
    expect(await reviewed()).toEqual([[managing, "creator_demoted"]]);
    await change(admin, { role: "viewer" });
    expect(await reviewed()).toEqual([
      [plain, "creator_demoted"],
      [managing, "creator_demoted"],
    ]);
  });

  test("a limit that was put on the maker counts as well: permissions and subaccounts", async () => {
    const admin = await makeMember(organization, "admin");
    const { body: subaccount } = await organization.owner.client.post("/v4/account/subaccounts", { name: "One" });
    const everywhere = await keyOf(admin);
    const inOne = await keyOf(admin, { allowed_subaccounts: [subaccount.id] });
    const writing = await keyOf(admin, { permissions: ["residential:write"], allowed_subaccounts: [subaccount.id] });
    await change(admin, { permissions: ["residential:read"] });
    expect(await reviewed()).toEqual([[writing, "creator_demoted"]]);
    await change(admin, { permissions: null, subaccounts: [subaccount.id] });
    expect(await reviewed()).toEqual([[everywhere, "creator_demoted"]]);
    expect(inOne).not.toBe(everywhere);
  });

  test("a disabled key is off the list; the only active key of its region is marked", async () => {
    const admin = await makeMember(organization, "admin");
    const [first, second] = [await keyOf(admin), await keyOf(admin)];
    await change(admin, { status: "deactivated" });
    const marks = async () =>
      (await organization.owner.client.get(REVIEW)).body.data.map((one: { last_active: boolean }) => one.last_active);
    expect(await marks()).toEqual([false, false]);
    expect((await organization.owner.client.patch(`${KEYS}/${first}`, { is_active: false })).status).toBe(200);
    expect(await reviewed()).toEqual([[second, "creator_deactivated"]]);
    expect(await marks()).toEqual([true]);
  });

  const keep = (id: string, client = organization.owner.client) => client.post(`${REVIEW}/${id}/keep`);

  test("a key that was kept is off the list and goes on working; the decision is audited", async () => {
    const admin = await makeMember(organization, "admin");
    const [kept, open] = [await keyOf(admin), await keyOf(admin)];
    await change(admin, { status: "deactivated" });
    const before = (await organization.owner.client.get(`${KEYS}/${kept}`)).body;
    expect((await keep(kept)).status).toBe(204);
    expect(await reviewed()).toEqual([[open, "creator_deactivated"]]);
    expect((await organization.owner.client.get(`${KEYS}/${kept}`)).body).toEqual(before);
    const { body } = await organization.owner.client.get("/v4/account/audit-events?action=api_key.kept");
    expect(body.data).toMatchObject([{ target: { id: kept }, changes: { review: ["creator_deactivated", null] } }]);
    expect((await keep(kept)).status).toBe(404);
    await organization.owner.client.delete(`${MEMBERS}/${admin.id}`);
    expect(await reviewed()).toEqual([[open, "creator_removed"]]);
  });

  test("a decision holds until something else happens to the maker", async () => {
    const admin = await makeMember(organization, "admin");
    const id = await keyOf(admin);
    await change(admin, { role: "viewer" });
    await keep(id);
    expect(await reviewed()).toEqual([]);
    await change(admin, { status: "deactivated" });
    expect(await reviewed()).toEqual([[id, "creator_deactivated"]]);
    await keep(id);
    await change(admin, { status: "active" });
    await change(admin, { status: "deactivated" });
    expect(await reviewed()).toEqual([[id, "creator_deactivated"]]);
  });

  test("only owners and admins keep a key, only of their organization, and only one that is listed", async () => {
    const admin = await makeMember(organization, "admin");
    const [listed, theirs] = [await keyOf(admin), await makeOrganization()];
    expect((await keep(listed)).status).toBe(404);
    await change(admin, { status: "deactivated" });
    expect((await keep(listed, (await makeMember(organization, "developer")).client)).status).toBe(403);
    expect((await keep(listed, theirs.owner.client)).status).toBe(404);
    expect(await reviewed()).toHaveLength(1);
  });

  test.each([
    ["admin", 200],
    ["developer", 403],
    ["viewer", 403],
  ] as const)("as %s the list is %i", async (role, expected) => {
    const { client } = await makeMember(organization, role);
    expect((await client.get(REVIEW)).status).toBe(expected);
  });

  test("pages by key and counts", async () => {
    const admin = await makeMember(organization, "admin");
    const ids = [];
    for (let n = 0; n < 5; n++) ids.push(await keyOf(admin));
    await change(admin, { status: "deactivated" });
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = `?limit=2&include_total=true${cursor === null ? "" : `&cursor=${cursor}`}`;
      const { body } = await organization.owner.client.get(`${REVIEW}${query}`);
      expect(body.total).toBe(5);
      seen.push(...body.data.map((one: { api_key: { id: string } }) => one.api_key.id));
      cursor = body.next_cursor;
    } while (cursor !== null);
    expect(seen).toEqual(ids);
  });

  test("another organization's keys are never among them", async () => {
    const theirs = await makeOrganization();
    const admin = await makeMember(theirs, "admin");
    await keyOf(admin);
    await theirs.owner.client.delete(`${MEMBERS}/${admin.id}`);
    expect(await reviewed()).toEqual([]);
    expect((await theirs.owner.client.get(REVIEW)).body.data).toHaveLength(1);
  });

  test("the keys of one maker alone are listed by created_by", async () => {
    const [first, second] = [await makeMember(organization, "developer"), await makeMember(organization, "developer")];
    const id = await keyOf(first);
    await keyOf(second);
    const { body } = await organization.owner.client.get(`${KEYS}?created_by=${first.id}&include_total=true`);
    expect([body.total, body.data[0].id]).toEqual([1, id]);
    expect((await organization.owner.client.get(`${KEYS}?created_by=someone`)).status).toBe(422);
  });
});
