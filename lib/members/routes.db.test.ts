import { beforeEach, describe, expect, test } from "vitest";
import { getDb } from "@/lib/db";
import { makeKey, makeMember, makeOrganization, type TestOrganization } from "@/lib/testing/factories";

const LIST = "/v4/account/members";

let organization: TestOrganization;

beforeEach(async () => {
  organization = await makeOrganization();
});

const owner = () => organization.owner.client;
const actionsOn = async (id: string) => {
  const sql = "SELECT action FROM audit_events WHERE target_id = $1 AND outcome = 'done' ORDER BY at, id";
  return (await getDb().pool.query(sql, [id])).rows.map(({ action }) => action);
};
const activeOwners = async () => {
  const sql =
    "SELECT id FROM members WHERE organization_id = $1 AND role = 'owner' AND activated_at IS NOT NULL AND deactivated_at IS NULL";
  return (await getDb().pool.query(sql, [organization.id])).rows.map(({ id }) => id);
};

describe("what ends a session", () => {
  test("PZ-24 a changed role ends it at once; the member's keys go on working", async () => {
    const member = await makeMember(organization, "admin");
    const made = await member.client.post("/v4/account/api-keys", { name: "K", permissions: ["account:apikeys:read"] });
    expect(made.status).toBe(201);
    expect((await owner().patch(`${LIST}/${member.id}`, { role: "viewer" })).body.role).toBe("viewer");
    expect((await member.client.get("/v4/account/regions")).status).toBe(401);
    const key = await makeKey(organization);
    expect((await key.client.get(`/v4/account/api-keys/${made.body.id}`)).body.status).toBe("active");
  });

  test("PZ-24 deactivation ends it at once, and reactivation does not bring it back", async () => {
    const member = await makeMember(organization, "developer");
    expect((await member.client.get("/v4/account/regions")).status).toBe(200);
    const off = await owner().patch(`${LIST}/${member.id}`, { status: "deactivated" });
    expect(off.body.status).toBe("deactivated");
    expect((await member.client.get("/v4/account/regions")).status).toBe(401);
    expect((await owner().patch(`${LIST}/${member.id}`, { status: "active" })).body.status).toBe("active");
    expect((await member.client.get("/v4/account/regions")).status).toBe(401);
    expect(await actionsOn(member.id)).toEqual(["member.deactivated", "member.reactivated"]);
  });

  test("changed limits are in force at the next request of the same session", async () => {
    const member = await makeMember(organization, "developer");
    await owner().patch(`${LIST}/${member.id}`, { permissions: ["residential:read"], subaccounts: [] });
    const create = (permission: string) =>
      member.client.post("/v4/account/api-keys", { name: "K", permissions: [permission], scopes: [] });
    expect((await create("residential:write")).body.code).toBe("exceeds_own_access");
    expect((await create("residential:read")).status).toBe(201);
  });

  test("PZ-24 a removed member is signed out, and what they made stays", async () => {
    const member = await makeMember(organization, "admin", { name: "Grace" });
    const made = await member.client.post("/v4/account/api-keys", { name: "K", permissions: ["residential:read"] });
    expect((await owner().delete(`${LIST}/${member.id}`)).status).toBe(204);
    expect((await member.client.get("/v4/account/regions")).status).toBe(401);
    const key = await owner().get(`/v4/account/api-keys/${made.body.id}`);
    expect(key.body).toMatchObject({ status: "active", created_by: { id: member.id, name: "Grace" } });
  });
});

describe("owners", () => {
  test("the last active one cannot be demoted, deactivated or deleted: 409 last_owner", async () => {
    const self = `${LIST}/${organization.owner.id}`;
    const invited = await owner().post(LIST, { email: `second-${organization.id}@example.com`, role: "owner" });
    expect(invited.status).toBe(201);
    for (const change of [{ role: "admin" }, { status: "deactivated" }]) {
      expect((await owner().patch(self, change)).body.code).toBe("last_owner");
    }
    expect((await owner().delete(self)).body.code).toBe("last_owner");
    expect((await owner().get(self)).body).toMatchObject({ role: "owner", status: "active" });
  });

  test("two who demote, deactivate or delete each other at once leave one", async () => {
    for (const verb of ["demote", "deactivate", "delete"] as const) {
      const organizationOfTwo = await makeOrganization();
      organization = organizationOfTwo;
      const second = await makeMember(organizationOfTwo, "owner");
      const act = (by: { client: typeof second.client }, id: string) => {
        if (verb === "delete") return by.client.delete(`${LIST}/${id}`);
        return by.client.patch(`${LIST}/${id}`, verb === "demote" ? { role: "admin" } : { status: "deactivated" });
      };
      const answers = await Promise.all([
        act(organizationOfTwo.owner, second.id),
        act(second, organizationOfTwo.owner.id),
      ]);
      expect(await activeOwners(), verb).toHaveLength(1);
      expect(answers.filter(({ status }) => status < 300)).toHaveLength(1);
      expect(answers.every(({ status }) => status < 500)).toBe(true);
    }
  });

  test("only an owner invites, changes, renames or removes an owner, or makes someone one", async () => {
    const admin = await makeMember(organization, "admin");
    const viewer = await makeMember(organization, "viewer");
    const otherOwner = await makeMember(organization, "owner");
    const answers = [
      await admin.client.post(LIST, { email: "new-owner@example.com", role: "owner" }),
      await admin.client.patch(`${LIST}/${viewer.id}`, { role: "owner" }),
      await admin.client.patch(`${LIST}/${otherOwner.id}`, { role: "viewer" }),
      await admin.client.patch(`${LIST}/${otherOwner.id}`, { name: "Mallory" }),
      await admin.client.patch(`${LIST}/${organization.owner.id}`, { status: "deactivated" }),
      await admin.client.delete(`${LIST}/${otherOwner.id}`),
    ];
    expect(answers.map(({ status, body }) => `${status} ${body.code}`)).toEqual(
      answers.map(() => "403 insufficient_permissions"),
    );
    const { rows } = await getDb().pool.query(
      "SELECT count(*)::int AS denied FROM audit_events WHERE principal_id = $1 AND outcome = 'denied'",
      [admin.id],
    );
    expect(rows).toEqual([{ denied: answers.length }]);
  });
});

test("nobody changes their own role, status or limits, nor removes themself; the own name is free", async () => {
  for (const role of ["owner", "admin"] as const) {
    const member = await makeMember(organization, role);
    const self = `${LIST}/${member.id}`;
    const changes = [{ role: "viewer" }, { status: "deactivated" }, { permissions: [] }, { subaccounts: [] }];
    for (const change of changes) expect((await member.client.patch(self, change)).status, role).toBe(403);
    expect((await member.client.delete(self)).status).toBe(403);
    expect((await member.client.patch(self, { name: "Renamed" })).body.name).toBe("Renamed");
  }
});

describe("nobody hands out more than they have", () => {
  test("PZ-03 a limited admin gives no member more than the own limits, neither by invitation nor by change", async () => {
    const { id } = (await owner().post("/v4/account/subaccounts", { name: "Mine" })).body;
    const limits = { permissions: ["residential:read"], subaccounts: [id] };
    const admin = await makeMember(organization, "admin", limits);
    const invite = (body: object) =>
      admin.client.post(LIST, { email: `${Math.random()}@example.com`, role: "admin", ...body });

    expect((await invite({})).body).toMatchObject(limits);
    for (const wider of [{ permissions: null }, { permissions: ["residential:write"] }, { subaccounts: null }]) {
      const { status, body } = await invite(wider);
      expect([status, body.code], JSON.stringify(wider)).toEqual([403, "exceeds_own_access"]);
      expect(Object.keys(body.exceeding)).toEqual(Object.keys(wider));
    }
    const member = await makeMember(organization, "developer", limits);
    expect((await admin.client.patch(`${LIST}/${member.id}`, { permissions: null })).body.code).toBe(
      "exceeds_own_access",
    );
    expect((await admin.client.patch(`${LIST}/${member.id}`, { role: "admin" })).status).toBe(200);
  });

  test("but may always take away, also from who has more", async () => {
    const admin = await makeMember(organization, "admin", { permissions: [] });
    const stronger = await makeMember(organization, "admin");
    expect((await admin.client.patch(`${LIST}/${stronger.id}`, { role: "viewer" })).status).toBe(200);
    expect((await admin.client.patch(`${LIST}/${stronger.id}`, { role: "admin" })).body.code).toBe(
      "exceeds_own_access",
    );
    expect((await admin.client.patch(`${LIST}/${stronger.id}`, { status: "deactivated" })).status).toBe(200);
    expect((await admin.client.patch(`${LIST}/${stronger.id}`, { status: "active" })).body.code).toBe(
      "exceeds_own_access",
    );
    expect((await admin.client.delete(`${LIST}/${stronger.id}`)).status).toBe(204);
  });
});

describe("limits", () => {
  test("name what exists: an unknown permission or subaccount, another organization's alike, is 422 at its place", async () => {
    const other = await makeOrganization();
    const foreign = (await other.owner.client.post("/v4/account/subaccounts", { name: "Foreign" })).body.id;
    const member = await makeMember(organization, "developer");
    const unknown = `sub_${"0".repeat(24)}`;
    const { status, body } = await owner().patch(`${LIST}/${member.id}`, {
      permissions: ["residential:read", "nothing:read"],
      subaccounts: [foreign, unknown],
    });
    expect(status).toBe(422);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      "/permissions/1",
      "/subaccounts/0",
      "/subaccounts/1",
    ]);
    const details = body.errors.map(({ detail }: { detail: string }) => detail);
    expect(details[1].replace(foreign, "")).toBe(details[2].replace(unknown, ""));
  });

  test("absent, null, empty and a list are four different things", async () => {
    const member = await makeMember(organization, "developer", { permissions: ["residential:read"] });
    const one = `${LIST}/${member.id}`;
    expect((await owner().patch(one, { name: "Same" })).body.permissions).toEqual(["residential:read"]);
    expect((await owner().patch(one, { permissions: [] })).body.permissions).toEqual([]);
    expect((await owner().patch(one, { permissions: null })).body.permissions).toBeNull();
    expect(
      (await owner().patch(one, { permissions: ["residential:read", "residential:read"] })).body.permissions,
    ).toEqual(["residential:read"]);
  });

  test("DS-04 lists are bounded before their entries are looked at", async () => {
    const member = await makeMember(organization, "developer");
    const permissions = Array.from({ length: 501 }, (_, i) => `residential:a${i}`);
    expect((await owner().patch(`${LIST}/${member.id}`, { permissions })).status).toBe(422);
  });
});
