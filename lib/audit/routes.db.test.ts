import { beforeEach, describe, expect, test } from "vitest";
import { auditMembers, keysThere } from "@/lib/audit/operations";
import { recordDone } from "@/lib/audit/repository";
import { signIn } from "@/lib/auth/sign-in";
import type { Client } from "@/lib/testing/client";
import { truncateAll } from "@/lib/testing/database";
import { contextOf, makeKey, makeMember, makeOrganization, type TestOrganization } from "@/lib/testing/factories";
import { inTransaction } from "@/lib/transaction";

const EVENTS = "/v4/account/audit-events";
const LIST = "/v4/account/api-keys";

let organization: TestOrganization;

beforeEach(async () => {
  await truncateAll();
  organization = await makeOrganization();
});

type Event = { id: string; action: string; target: { id: string }; principal: { id: string }; outcome: string };
const read = async (client: Client, query = ""): Promise<Event[]> => (await client.get(`${EVENTS}${query}`)).body.data;
const actions = async (client: Client, query = "") => (await read(client, query)).map(({ action }) => action);

describe("an event", () => {
  test("SH-13 says who, when, from where, what and from what to what, without a secret", async () => {
    const key = await makeKey(organization, { name: "CI" });
    await organization.owner.client.patch(`${LIST}/${key.id}`, { name: "Pipeline" });
    const { status, body } = await organization.owner.client.get(EVENTS);
    expect(status).toBe(200);
    expect(body.data[0]).toEqual({
      id: expect.stringMatching(/^evt_/),
      at: expect.any(Number),
      action: "api_key.updated",
      outcome: "done",
      principal: { type: "user", id: organization.owner.id, name: "Ada" },
      target: { type: "api_key", id: key.id, name: expect.any(String) },
      ip: "203.0.113.7",
      request_id: expect.stringMatching(/^req_/),
      changes: { name: ["CI", "Pipeline"] },
    });
    expect(JSON.stringify(body)).not.toContain(key.token);
  });

  test("SH-13 a refusal is an event too, with the outcome denied", async () => {
    const reader = await makeKey(organization, { permissions: ["account:apikeys:read", "account:audit:read"] });
    await reader.client.post(LIST, { name: "More" });
    expect((await read(reader.client))[0]).toMatchObject({
      action: "api_key.created",
      outcome: "denied",
      principal: { type: "api_key", id: reader.id },
    });
  });
});

describe("filters", () => {
  test("api_key_id finds what was done to a key and what it did", async () => {
    const key = await makeKey(organization);
    const made = await key.client.post(LIST, { name: "Made by it", permissions: ["residential:read"] });
    await makeKey(organization);
    const events = await read(organization.owner.client, `?api_key_id=${key.id}`);
    expect(events.map(({ target }) => target.id)).toEqual([made.body.id, key.id]);
  });

  test("action finds one action, or all of one kind", async () => {
    const key = await makeKey(organization);
    await organization.owner.client.delete(`${LIST}/${key.id}`);
    await organization.owner.client.post("/v4/account/regions", { name: "Europe" });
    const { client } = organization.owner;
    expect(await actions(client, "?action=api_key.revoked")).toEqual(["api_key.revoked"]);
    expect(await actions(client, "?action=api_key.*")).toEqual(["api_key.revoked", "api_key.created"]);
    expect(await actions(client, "?action=region.created")).toEqual(["region.created"]);
    expect(await actions(client, "?action=api_key.nothing")).toEqual([]);
  });

  test("outcome tells what was done from what was refused", async () => {
    const reader = await makeKey(organization, { permissions: ["account:apikeys:read"] });
    await reader.client.post(LIST, { name: "More" });
    const { client } = organization.owner;
    const denied = await read(client, "?outcome=denied");
    expect(denied.map(({ action, principal }) => [action, principal.id])).toEqual([["api_key.created", reader.id]]);
    const done = await read(client, "?outcome=done");
    expect(new Set(done.map(({ outcome }) => outcome))).toEqual(new Set(["done"]));
    expect(done.map(({ target }) => target.id)).toContain(reader.id);
  });

  test("principal_id finds what a member or a key did, and not what was done to them", async () => {
    const key = await makeKey(organization);
    const made = await key.client.post(LIST, { name: "Made by it", permissions: ["residential:read"] });
    const { client } = organization.owner;
    const ofKey = await read(client, `?principal_id=${key.id}`);
    expect(ofKey.map(({ target }) => target.id)).toEqual([made.body.id]);
    const ofOwner = await read(client, `?principal_id=${organization.owner.id}&action=api_key.created`);
    expect(ofOwner.map(({ target }) => target.id)).toEqual([key.id]);
  });

  test("principal_id=anonymous finds the sign-ins that were refused", async () => {
    const { email } = organization.owner;
    await signIn({ email, password: "not the password of anyone", ip: null, userAgent: null });
    const events = await read(organization.owner.client, "?principal_id=anonymous");
    expect(events.map(({ action, outcome }) => [action, outcome])).toEqual([["member.signed_in", "denied"]]);
  });

  test("from is inclusive and to is exclusive", async () => {
    await makeKey(organization);
    const now = Math.floor(Date.now() / 1000);
    const { client } = organization.owner;
    expect(await read(client, `?from=${now + 3600}`)).toEqual([]);
    expect(await read(client, `?to=${now - 3600}`)).toEqual([]);
    expect((await read(client, `?from=${now - 3600}&to=${now + 3600}`)).length).toBeGreaterThan(0);
  });

  test.each([
    ["limit=0", 422, "/limit"],
    ["limit=101", 422, "/limit"],
    ["limit=050", 422, "/limit"],
    ["action=api_key", 422, "/action"],
    ["action=%25", 422, "/action"],
    ["from=soon", 422, "/from"],
    ["from=1795170000000", 422, "/from"],
    ["from=9&to=9", 422, "/from"],
    ["outcome=refused", 422, "/outcome"],
    ["principal_id=Ada", 422, "/principal_id"],
    ["reason=x", 422, "/reason"],
    ["cursor=x", 400, undefined],
    ["cursor=", 400, undefined],
  ])("%s is %i", async (query, status, pointer) => {
    const answer = await organization.owner.client.get(`${EVENTS}?${query}`);
    expect([answer.status, answer.body.errors?.[0].pointer]).toEqual([status, pointer]);
  });
});

describe("pages", () => {
  const write = (count: number) =>
    inTransaction((tx) =>
      recordDone(
        tx,
        {
          organizationId: organization.id,
          principal: { type: "system", id: "test", name: "Test" },
          ip: null,
          requestId: "req_1",
        },
        Array.from({ length: count }, (_, i) => ({
          action: "region.updated",
          target: { type: "region", id: `reg_${i}`, name: "" },
          changes: {},
        })),
      ),
    );

  test("follow each other without a gap or a repeat, also within one millisecond, while events are added", async () => {
    await write(25);
    const { client } = organization.owner;
    const seen: string[] = [];
    let query = "?limit=10&action=region.updated";
    for (let pages = 0; query && pages < 9; pages++) {
      const { body } = await client.get(`${EVENTS}${query}`);
      seen.push(...body.data.map(({ target }: Event) => target.id));
      query = body.next_cursor && `?limit=10&action=region.updated&cursor=${encodeURIComponent(body.next_cursor)}`;
      if (pages === 0) await makeKey(organization);
    }
    expect(seen.length).toBe(25);
    expect(new Set(seen).size).toBe(25);
  });

  test("a cursor of another organization is refused", async () => {
    await write(3);
    const { body } = await organization.owner.client.get(`${EVENTS}?limit=1`);
    const other = await makeOrganization();
    const answer = await other.owner.client.get(`${EVENTS}?cursor=${encodeURIComponent(body.next_cursor)}`);
    expect([answer.status, answer.body.code]).toEqual([400, "invalid_cursor"]);
  });
});

describe("who sees it", () => {
  test("owners, admins and viewers; not developers, and no key without account:audit:read", async () => {
    for (const [role, status] of [
      ["admin", 200],
      ["viewer", 200],
      ["developer", 403],
    ] as const) {
      const member = await makeMember(organization, role);
      expect((await member.client.get(EVENTS)).status).toBe(status);
    }
    const key = await makeKey(organization, { permissions: ["account:apikeys:read"] });
    expect((await key.client.get(EVENTS)).body.detail).toContain("account:audit:read");
  });

  test("another organization's events are not in it, not even by the key's id", async () => {
    const key = await makeKey(organization);
    const other = await makeOrganization();
    expect(await read(other.owner.client, `?api_key_id=${key.id}`)).toEqual([]);
    const ids = (await read(other.owner.client)).map(({ principal }) => principal.id);
    expect(ids).not.toContain(organization.owner.id);
  });

  test("a key sees what was done to keys of its environment and region, and nothing of the organization's", async () => {
    const key = await makeKey(organization);
    const preview = await makeKey(organization, { environment: "preview" });
    await organization.owner.client.post("/v4/account/regions", { name: "Europe" });
    expect((await read(key.client)).map(({ target }) => target.id)).toEqual([key.id]);
    expect(await read(key.client, `?api_key_id=${preview.id}`)).toEqual([]);
  });

  test("a member limited to subaccounts sees their keys' events, and their own", async () => {
    const subaccount = (await organization.owner.client.post("/v4/account/subaccounts", { name: "Customer" })).body.id;
    const within = await makeKey(organization, { allowed_subaccounts: [subaccount] });
    await makeKey(organization);
    const admin = await makeMember(organization, "admin", { subaccounts: [subaccount] });
    expect((await read(admin.client)).map(({ target }) => target.id)).toEqual([within.id]);
  });

  test("of the keys that the log names, those that are still there have a page; a member can be asked for by name", async () => {
    const [kept, gone] = [await makeKey(organization), await makeKey(organization)];
    await organization.owner.client.delete(`${LIST}/${gone.id}?purge=true`);
    const context = await contextOf(organization.owner);
    expect(await keysThere(context, { body: { ids: [kept.id, gone.id] } })).toEqual([kept.id]);
    const other = await makeOrganization();
    expect(await keysThere(await contextOf(other.owner), { body: { ids: [kept.id] } })).toEqual([]);
    const viewer = await makeMember(organization, "viewer");
    const ids = (await auditMembers(await contextOf(viewer), {})).map(({ id }) => id);
    expect(ids.sort()).toEqual([organization.owner.id, viewer.id].sort());
    const limited = await makeMember(organization, "admin", { subaccounts: [] });
    expect((await auditMembers(await contextOf(limited), {})).map(({ id }) => id)).toEqual([limited.id]);
  });
});
