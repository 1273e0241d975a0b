import { beforeEach, describe, expect, test } from "vitest";
import { getDb } from "@/lib/db";
import { makeKey, makeOrganization, type TestOrganization } from "@/lib/testing/factories";

const LIST = "/v4/account/regions";

let organization: TestOrganization;

beforeEach(async () => {
  organization = await makeOrganization();
});

const client = () => organization.owner.client;
const create = async (name: string) => (await client().post(LIST, { name })).body;
const all = async () => (await client().get(`${LIST}?limit=100`)).body.data;
const defaults = async () => (await all()).filter((region: { is_default: boolean }) => region.is_default);

describe("names", () => {
  test("IV-08 are unique in the organization by NFKC and case, with 409 at /name", async () => {
    await create("Europe");
    for (const name of ["Europe", "EUROPE", " europe ", "Ｅｕｒｏｐｅ"]) {
      const { status, body } = await client().post(LIST, { name });
      expect([status, body.code, body.errors[0].pointer], name).toEqual([409, "name_taken", "/name"]);
    }
    const other = await makeOrganization();
    expect((await other.owner.client.post(LIST, { name: "Europe" })).status).toBe(201);
  });

  test("a renaming onto another's name is 409, and onto another spelling of its own is fine", async () => {
    const europe = await create("Europe");
    await create("Asia");
    expect((await client().patch(`${LIST}/${europe.id}`, { name: "asia" })).body.code).toBe("name_taken");
    expect((await client().patch(`${LIST}/${europe.id}`, { name: "EUROPE" })).status).toBe(200);
  });

  test("of ten creations of one name at once, exactly one succeeds and no one gets a 500", async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => client().post(LIST, { name: "Europe" })));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, ...Array.from({ length: 9 }, () => 409)]);
  });

  test("IV-04 IV-05 IV-06 empty, too long or with unseen characters are 422", async () => {
    for (const name of [
      "",
      "  ",
      "x".repeat(65),
      "a\u0000b",
      "a\u202Eb",
      "a\nb",
      "\uD800",
      7,
      null,
      ["a"],
      { not: "x" },
    ]) {
      expect((await client().post(LIST, { name })).status, JSON.stringify(name)).toBe(422);
    }
    expect((await client().post(LIST, { name: "x".repeat(64) })).status).toBe(201);
  });
});

describe("the default region", () => {
  test("moves with is_default, and there is exactly one at any time", async () => {
    const [first] = await all();
    const second = await create("Second");
    expect((await client().patch(`${LIST}/${second.id}`, { is_default: true })).body.is_default).toBe(true);
    expect((await defaults()).map(({ id }: { id: string }) => id)).toEqual([second.id]);
    expect((await client().get(`${LIST}/${first.id}`)).body.is_default).toBe(false);
    expect((await client().patch(`${LIST}/${second.id}`, { is_default: false })).status).toBe(422);
  });

  test("of two that become the default at once, one is it in the end", async () => {
    const [a, b] = [await create("A"), await create("B")];
    for (let round = 0; round < 5; round++) {
      const answers = await Promise.all([a, b].map(({ id }) => client().patch(`${LIST}/${id}`, { is_default: true })));
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expect(await defaults()).toHaveLength(1);
    }
  });

  test("goes to the oldest other region when it is deleted", async () => {
    const [first] = await all();
    const second = await create("Second");
    await create("Third");
    expect((await client().delete(`${LIST}/${first.id}`)).status).toBe(204);
    expect((await defaults()).map(({ id }: { id: string }) => id)).toEqual([second.id]);
  });
});

describe("deletion", () => {
  test("of a region with a key's record is 409 region_in_use, a revoked key's too", async () => {
    const region = await create("Busy");
    const key = await makeKey(organization, { region_id: region.id });
    expect((await client().delete(`${LIST}/${region.id}`)).body.code).toBe("region_in_use");
    await client().delete(`/v4/account/api-keys/${key.id}`);
    expect((await client().delete(`${LIST}/${region.id}`)).body.code).toBe("region_in_use");
    await client().delete(`/v4/account/api-keys/${key.id}?purge=true`);
    expect((await client().delete(`${LIST}/${region.id}`)).status).toBe(204);
  });

  test("of the last region is 409 region_in_use with its own sentence", async () => {
    const { status, body } = await client().delete(`${LIST}/${organization.regionId}`);
    expect([status, body.code]).toEqual([409, "region_in_use"]);
    expect(body.detail).toContain("only region");
  });

  test("of the last two at once leaves one, which is the default", async () => {
    for (let round = 0; round < 5; round++) {
      const other = await create(`Other ${round}`);
      const rest = (await all()).map(({ id }: { id: string }) => id);
      const answers = await Promise.all(rest.map((id: string) => client().delete(`${LIST}/${id}`)));
      expect(answers.map(({ status }) => status).sort()).toEqual([204, 409]);
      expect(await defaults()).toHaveLength(1);
      expect(rest).toContain(other.id);
    }
  });

  test("at once with the creation of a key in it ends with both or neither, never with a key without a region", async () => {
    for (let round = 0; round < 8; round++) {
      const region = await create(`Race ${round}`);
      const body = { name: "Racer", permissions: ["residential:read"], region_id: region.id };
      const [made, deleted] = await Promise.all([
        client().post("/v4/account/api-keys", body),
        client().delete(`${LIST}/${region.id}`),
      ]);
      expect([`${made.status} ${deleted.status}`]).toEqual([made.status === 201 ? "201 409" : "422 204"]);
    }
  });
});

test("SH-13 every change is in the audit log with its before and after", async () => {
  const region = await create("Europe");
  await client().patch(`${LIST}/${region.id}`, { description: "West", always_keep_one_active_key: true });
  await client().delete(`${LIST}/${region.id}`);
  const { rows } = await getDb().pool.query(
    "SELECT action, principal_id, target_name, changes FROM audit_events WHERE target_id = $1 ORDER BY at, id",
    [region.id],
  );
  expect(rows.map(({ action }) => action)).toEqual(["region.created", "region.updated", "region.deleted"]);
  expect(rows[1]).toMatchObject({
    principal_id: organization.owner.id,
    target_name: "Europe",
    changes: { description: [null, "West"], always_keep_one_active_key: [false, true] },
  });
});
