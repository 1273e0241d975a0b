import { beforeEach, describe, expect, test } from "vitest";
import { getDb } from "@/lib/db";
import { countProductUse } from "@/lib/products/operations";
import { readCatalogue } from "@/lib/products/repository";
import { contextOf, makeKey, makeOrganization, type TestOrganization } from "@/lib/testing/factories";

const LIST = "/v4/account/products";

let organization: TestOrganization;

beforeEach(async () => {
  organization = await makeOrganization();
});

const client = () => organization.owner.client;
const create = (id: string, actions = ["read", "write"]) => client().post(LIST, { id, title: id, actions });
const keyWith = (...permissions: string[]) => makeKey(organization, { permissions });

test("a new organization has the standard catalogue, in its order, and a new product comes last", async () => {
  await create("zebra");
  const { body } = await client().get(LIST);
  expect(body.data.map(({ id }: { id: string }) => id)).toEqual([
    "datacenter_shared",
    "datacenter_dedicated",
    "residential",
    "residential_unlimited",
    "serp_api",
    "subaccount",
    "zebra",
  ]);
  expect(body.data[5]).toMatchObject({ actions: ["read", "write"], retired_at: null });
  const catalogue = await readCatalogue(organization.id);
  expect(catalogue.products.map(({ id }) => id)).toEqual(body.data.map(({ id }: { id: string }) => id));
});

test("ids and actions have their grammar, and account is never a product", async () => {
  for (const id of ["account", "a", "A_product", "1st", "with-dash", "a".repeat(65), "", 7, null]) {
    expect((await client().post(LIST, { id, title: "T", actions: ["read"] })).status, String(id)).toBe(422);
  }
  for (const actions of [
    [],
    ["Read"],
    ["a".repeat(33)],
    ["re:ad"],
    "read",
    null,
    Array.from({ length: 21 }, (_, i) => `a${i}`),
  ]) {
    expect((await client().post(LIST, { id: "good", title: "T", actions })).status, String(actions)).toBe(422);
  }
  const { body } = await client().post(LIST, { id: "good", title: "T", actions: ["read", "read", "write"] });
  expect([body.actions, body.description]).toEqual([["read", "write"], ""]);
  expect((await client().patch(`${LIST}/good`, { description: null })).status).toBe(422);
  await client().patch(`${LIST}/good`, { description: "Good" });
  expect((await client().patch(`${LIST}/good`, { description: "" })).body.description).toBe("");
});

test("an id is taken once, also by ten at once, with 409 at /id", async () => {
  const answers = await Promise.all(Array.from({ length: 10 }, () => create("tenfold")));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 9 }, () => 409)]);
  const again = await create("tenfold");
  expect([again.body.code, again.body.errors[0].pointer]).toEqual(["name_taken", "/id"]);
});

describe("a product that a key uses", () => {
  test("is not deleted until the key is revoked; a disabled key counts", async () => {
    await create("used");
    const key = await keyWith("used:read");
    await client().patch(`/v4/account/api-keys/${key.id}`, { is_active: false });
    expect((await client().delete(`${LIST}/used`)).body.code).toBe("product_in_use");
    await client().delete(`/v4/account/api-keys/${key.id}`);
    expect((await client().delete(`${LIST}/used`)).status).toBe(204);
  });

  test("says how many keys use it, each once, without revoked ones and those of others", async () => {
    await create("used");
    await keyWith("used:read", "used:write");
    await keyWith("used:read", "account:apikeys:read");
    const revoked = await keyWith("used:read");
    await client().delete(`/v4/account/api-keys/${revoked.id}`);
    const other = await makeOrganization();
    await other.owner.client.post(LIST, { id: "used", title: "U", actions: ["read"] });
    await makeKey(other, { permissions: ["used:read"] });
    const uses = await countProductUse(await contextOf(organization.owner), {});
    expect(uses.find(({ product_id }) => product_id === "used")).toEqual({ product_id: "used", keys: 2 });
  });

  test("keeps the actions that are used and may lose the others", async () => {
    await create("used", ["read", "write", "delete"]);
    await keyWith("used:read");
    const { status, body } = await client().patch(`${LIST}/used`, { actions: ["write"] });
    expect([status, body.code]).toEqual([409, "product_in_use"]);
    expect(body.detail).toContain("used:read");
    expect(body.detail).not.toContain("used:write");
    expect((await client().patch(`${LIST}/used`, { actions: ["read"] })).body.actions).toEqual(["read"]);
  });

  test("is not mistaken for one whose id begins alike, nor for another organization's", async () => {
    await create("used");
    await create("used_too");
    await keyWith("used_too:read");
    const other = await makeOrganization();
    await other.owner.client.post(LIST, { id: "used", title: "U", actions: ["read"] });
    await makeKey(other, { permissions: ["used:read"] });
    expect((await client().delete(`${LIST}/used`)).status).toBe(204);
  });

  test("can be retired: its permissions go on working, are not granted anew, and come back", async () => {
    await create("used");
    const key = await keyWith("used:read", "account:apikeys:read");
    const retired = await client().patch(`${LIST}/used`, { retired: true });
    expect(retired.body.retired_at).toBeTypeOf("number");
    expect((await client().patch(`${LIST}/used`, { retired: true })).body.retired_at).toBe(retired.body.retired_at);
    expect((await client().get(`/v4/account/api-keys/${key.id}`)).body.permissions).toContain("used:read");
    const grant = () => client().post("/v4/account/api-keys", { name: "New", permissions: ["used:read"] });
    expect((await grant()).status).not.toBe(201);
    expect((await client().patch(`${LIST}/used`, { retired: false })).body.retired_at).toBeNull();
    expect((await grant()).status).toBe(201);
    const { rows } = await getDb().pool.query(
      "SELECT action FROM audit_events WHERE organization_id = $1 AND target_id = 'used' ORDER BY at, id",
      [organization.id],
    );
    expect(rows.map(({ action }) => action)).toEqual(["product.created", "product.retired", "product.unretired"]);
  });
});

test("a key that is made while its product is deleted: the product stays, or the key is refused", async () => {
  for (let round = 0; round < 8; round++) {
    await create("racing");
    const [made, deleted] = await Promise.all([
      client().post("/v4/account/api-keys", { name: "Racer", permissions: ["racing:read"] }),
      client().delete(`${LIST}/racing`),
    ]);
    if (made.status === 201) {
      expect(deleted.body.code).toBe("product_in_use");
      await client().delete(`/v4/account/api-keys/${made.body.id}`);
      await client().delete(`${LIST}/racing`);
    } else {
      expect(deleted.status).toBe(204);
    }
  }
});
