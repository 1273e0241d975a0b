import { beforeAll, describe, expect, test } from "vitest";
import { apiClient } from "@/lib/testing/client";
import { makeKey, makeMember, makeOrganization, type TestOrganization } from "@/lib/testing/factories";

type Resource = {
  path: string;
  /** A body that creates the n-th one. */
  body: (n: number) => Record<string, unknown>;
  change: Record<string, unknown>;
  /** An id of the right shape that nothing has. */
  unknownId: string;
  readers: string[];
};

const MANAGERS = ["owner", "admin"];
const MEMBERS = [...MANAGERS, "developer", "viewer"];
const TAIL = "0".repeat(24);

const RESOURCES: Resource[] = [
  {
    path: "/v4/account/regions",
    body: (n) => ({ name: `Region ${n}` }),
    change: { description: "Changed" },
    unknownId: `reg_${TAIL}`,
    readers: MEMBERS,
  },
  {
    path: "/v4/account/subaccounts",
    body: (n) => ({ name: `Subaccount ${n}` }),
    change: { name: "Changed" },
    unknownId: `sub_${TAIL}`,
    readers: MEMBERS,
  },
  {
    path: "/v4/account/products",
    body: (n) => ({ id: `product_${n}`, title: `Product ${n}`, actions: ["read"] }),
    change: { title: "Changed" },
    unknownId: "no_such_product",
    readers: MEMBERS,
  },
  {
    path: "/v4/account/members",
    body: (n) => ({ email: `resource-${n}@example.com`, role: "viewer" }),
    change: { name: "Changed" },
    unknownId: `usr_${TAIL}`,
    readers: MANAGERS,
  },
];

let ours: TestOrganization;
let theirs: TestOrganization;
let serial = 0;

beforeAll(async () => {
  ours = await makeOrganization();
  theirs = await makeOrganization();
});

describe.each(RESOURCES)("$path", ({ path, body, change, unknownId, readers }) => {
  const create = async (organization: TestOrganization) => {
    const answer = await organization.owner.client.post(path, body(++serial));
    expect(answer.status).toBe(201);
    return answer;
  };

  test("is created with 201, its Location and an ETag, and reads back the same", async () => {
    const { body: made, headers } = await create(ours);
    const location = headers.get("location") ?? "";
    expect(location).toBe(`${path}/${made.id}`);
    const read = await ours.owner.client.get(location);
    expect(read.status).toBe(200);
    expect(made).toMatchObject(read.body);
    expect(read.headers.get("etag")).toBe('"1"');
    expect(headers.get("cache-control")).toBe("no-store");
  });

  test("is changed with 200 and a new ETag, and deleted with 204 for good", async () => {
    const { body: made } = await create(ours);
    const changed = await ours.owner.client.patch(`${path}/${made.id}`, change);
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject(change);
    expect(changed.headers.get("etag")).toBe('"2"');
    expect((await ours.owner.client.delete(`${path}/${made.id}`)).status).toBe(204);
    expect((await ours.owner.client.get(`${path}/${made.id}`)).status).toBe(404);
    expect((await ours.owner.client.delete(`${path}/${made.id}`)).status).toBe(404);
  });

  test("a change to what it already is changes neither the version nor the audit log", async () => {
    const { body: made } = await create(ours);
    await ours.owner.client.patch(`${path}/${made.id}`, change);
    const again = await ours.owner.client.patch(`${path}/${made.id}`, change);
    expect(again.status).toBe(200);
    expect(again.headers.get("etag")).toBe('"2"');
  });

  test("AN-01 without a credential every verb is 401", async () => {
    const { body: made } = await create(ours);
    const anonymous = apiClient();
    const one = `${path}/${made.id}`;
    const answers = [
      await anonymous.get(path),
      await anonymous.post(path, body(++serial)),
      await anonymous.get(one),
      await anonymous.patch(one, change),
      await anonymous.delete(one),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401]);
  });

  test("a key as principal is refused with 403 on every verb, whatever it holds", async () => {
    const { body: made } = await create(ours);
    const { client } = await makeKey(ours);
    const one = `${path}/${made.id}`;
    const answers = [
      await client.get(path),
      await client.post(path, body(++serial)),
      await client.get(one),
      await client.patch(one, change),
      await client.delete(one),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
    expect(answers.every((answer) => answer.body.code === "insufficient_permissions")).toBe(true);
  });

  test.each(["admin", "developer", "viewer"] as const)(
    "PZ-01 a session of role %s may do what the role may",
    async (role) => {
      const { body: made } = await create(ours);
      const { client } = await makeMember(ours, role);
      const [reads, writes] = [readers.includes(role), MANAGERS.includes(role)];
      const one = `${path}/${made.id}`;
      expect((await client.get(path)).status).toBe(reads ? 200 : 403);
      expect((await client.get(one)).status).toBe(reads ? 200 : 403);
      expect((await client.post(path, body(++serial))).status).toBe(writes ? 201 : 403);
      expect((await client.patch(one, change)).status).toBe(writes ? 200 : 403);
      expect((await client.delete(one)).status).toBe(writes ? 204 : 403);
    },
  );

  test("PZ-18 another organization's id is 404 with the same body as one that nothing has", async () => {
    const { body: foreign } = await create(theirs);
    const { client } = ours.owner;
    for (const call of ["get", "patch", "delete"] as const) {
      const send = (id: string) =>
        call === "patch" ? client.patch(`${path}/${id}`, change) : client[call](`${path}/${id}`);
      const [there, nowhere, malformed] = [await send(foreign.id), await send(unknownId), await send("..%2f%00")];
      expect([there.status, nowhere.status, malformed.status]).toEqual([404, 404, 404]);
      expect({ ...there.body, request_id: "" }).toEqual({ ...nowhere.body, request_id: "" });
    }
    expect((await theirs.owner.client.get(`${path}/${foreign.id}`)).status).toBe(200);
  });

  test("PZ-19 a list holds nothing of another organization", async () => {
    const { body: foreign } = await create(theirs);
    const { body: page } = await ours.owner.client.get(`${path}?limit=100`);
    expect(page.data.length).toBeGreaterThan(0);
    expect(page.data.some((one: { id: string }) => one.id === foreign.id)).toBe(false);
  });

  test("pages hold every entry once, in one order, while entries are added and removed", async () => {
    const organization = await makeOrganization();
    const { client } = organization.owner;
    for (let n = 0; n < 7; n++) await create(organization);
    const all = (await client.get(`${path}?limit=100`)).body.data.map((one: { id: string }) => one.id);
    const first = await client.get(`${path}?limit=3&include_total=true`);
    expect(first.body.total).toBe(all.length);
    // What was already shown may go without moving what follows.
    await client.delete(`${path}/${all[2]}`);
    const { body: late } = await create(organization);
    const seen = first.body.data.map((one: { id: string }) => one.id);
    for (let cursor = first.body.next_cursor; cursor !== null; ) {
      const page = await client.get(`${path}?limit=3&cursor=${cursor}`);
      expect(page.body.total).toBeNull();
      seen.push(...page.body.data.map((one: { id: string }) => one.id));
      cursor = page.body.next_cursor;
    }
    expect(seen).toEqual([...all, late.id]);
  });

  test("IV-13 a limit that is no whole number from 1 to 100 is 422, a cursor of something else 400", async () => {
    const { client } = ours.owner;
    for (const limit of ["0", "-1", "101", "1e9", "abc", "1.5", "", "%20", "01234", "050"]) {
      expect((await client.get(`${path}?limit=${limit}`)).status, `limit=${limit}`).toBe(422);
    }
    const foreign = Buffer.from(JSON.stringify(["keys", 1, "key_x"])).toString("base64url");
    for (const cursor of [
      "",
      "x",
      "%00",
      "a".repeat(1_001),
      foreign,
      Buffer.from("[null,1e400,{}]").toString("base64url"),
    ]) {
      const answer = await client.get(`${path}?cursor=${cursor}`);
      expect([answer.status, answer.body.code], `cursor=${cursor}`).toEqual([400, "invalid_cursor"]);
    }
    for (const query of ["limit[gt]=1", "limit=1&limit=2", "unknown=1", "include_total=yes"]) {
      expect((await client.get(`${path}?${query}`)).status, query).toBe(422);
    }
  });

  test("PZ-20 an unknown or internal field is 422 unknown_field, on create and on change", async () => {
    const { body: made } = await create(ours);
    for (const field of ["organization_id", "version", "created_at", "password_hash", "__proto__x"]) {
      const created = await ours.owner.client.post(path, { ...body(++serial), [field]: "x" });
      const changed = await ours.owner.client.patch(`${path}/${made.id}`, { ...change, [field]: "x" });
      for (const { status, body: problem } of [created, changed]) {
        expect([status, problem.errors?.[0].code, problem.errors?.[0].pointer]).toEqual([
          422,
          "unknown_field",
          `/${field}`,
        ]);
      }
    }
  });

  test("IV-01 an empty change is 422, what is no JSON object is 400", async () => {
    const { body: made } = await create(ours);
    expect((await ours.owner.client.patch(`${path}/${made.id}`, {})).status).toBe(422);
    const one = `${path}/${made.id}`;
    expect((await ours.owner.client.send("PATCH", one, { text: "{" })).body.code).toBe("invalid_json");
    for (const text of ["null", "[]", '"x"', "1"]) {
      expect((await ours.owner.client.send("POST", path, { text })).body.code, text).toBe("invalid_json");
    }
  });

  test("CC-05 If-Match with a version that has moved on is 412 and changes nothing", async () => {
    const { body: made } = await create(ours);
    const one = `${path}/${made.id}`;
    const { client } = ours.owner;
    expect((await client.patch(one, change, { "if-match": '"1"' })).status).toBe(200);
    expect((await client.patch(one, change, { "if-match": '"1"' })).body.code).toBe("version_mismatch");
    expect((await client.delete(one, { "if-match": '"1"' })).status).toBe(412);
    expect((await client.delete(one, { "if-match": '"2"' })).status).toBe(204);
  });

  test("CC-05 of two changes from one version at once, one wins and the other gets 412", async () => {
    const { body: made } = await create(ours);
    const one = `${path}/${made.id}`;
    const field = Object.keys(change)[0] ?? "";
    const patch = (value: string) => ours.owner.client.patch(one, { [field]: value }, { "if-match": '"1"' });
    const answers = await Promise.all([patch("First"), patch("Second")]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
  });

  test("CC-04 of a change and a deletion at once, the deleted one never comes back", async () => {
    for (let round = 0; round < 5; round++) {
      const { body: made } = await create(ours);
      const one = `${path}/${made.id}`;
      const [patched, deleted] = await Promise.all([
        ours.owner.client.patch(one, change),
        ours.owner.client.delete(one),
      ]);
      expect(deleted.status).toBe(204);
      expect([200, 404]).toContain(patched.status);
      expect((await ours.owner.client.get(one)).status).toBe(404);
    }
  });
});
