import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  changeGrants,
  exceeding,
  type GivenGrants,
  grantableBy,
  inheritGrants,
  isReduction,
  type Reach,
  reachOf,
} from "@/lib/api-keys/grants";
import { SCOPE_ACTIONS } from "@/lib/api-keys/resource-filter";
import type { OrganizationId } from "@/lib/ids";
import { type Catalogue, DEFAULT_PRODUCTS, grantablePermissions } from "@/lib/organizations/catalogue";
import type { Grants, KeyPrincipal, MemberPrincipal } from "@/lib/principal";

const catalogue: Catalogue = {
  products: [
    ...DEFAULT_PRODUCTS.map((product) => ({ ...product, retired_at: null })),
    { id: "fax", title: "Fax", description: "", actions: ["send"], retired_at: new Date("2026-01-01T00:00:00Z") },
  ],
};
const soon = new Date("2027-01-01T00:00:00Z");
const later = new Date("2027-01-01T00:00:01Z");

const grants: Grants = {
  permissions: ["serp_api:read", "account:apikeys:create"],
  scopes: [{ action: "admin", resource: "PLACE/Site/42/*" }],
  all_subaccounts: false,
  allowed_subaccounts: ["sub_a", "sub_b"],
  allowed_ips: ["203.0.113.0/24"],
  expires_at: soon,
};
const reach: Reach = { ...grants, environment: "production", region_id: "reg_a" };
const key: KeyPrincipal = {
  ...grants,
  type: "api_key",
  id: "key_a",
  name: "CI",
  organization_id: "org_a" as OrganizationId,
  environment: "production",
  region_id: "reg_a",
};
const member: MemberPrincipal = {
  type: "user",
  id: "usr_a",
  name: "Ada",
  email: "ada@example.com",
  organization_id: "org_a" as OrganizationId,
  organization_name: "Example",
  role: "owner",
  session_id: "ses_a",
  permissions: null,
  subaccounts: null,
  bootstrapped: true,
};
const accountOnly = (permissions: readonly string[]) => permissions.filter((each) => each.startsWith("account:"));

describe("exceeding", () => {
  test.each<[string, Partial<Reach>, ReturnType<typeof exceeding>]>([
    ["PZ-02 a permission", { permissions: ["serp_api:write"] }, { permissions: ["serp_api:write"] }],
    [
      "PZ-02 one among held ones",
      { permissions: ["serp_api:read", "serp_api:write"] },
      { permissions: ["serp_api:write"] },
    ],
    [
      "PZ-02 a wider scope",
      { scopes: [{ action: "read", resource: "*" }] },
      { scopes: [{ action: "read", resource: "*" }] },
    ],
    [
      "PZ-02 a stronger action",
      { scopes: [{ action: "*", resource: "PLACE/Site/42/*" }] },
      { scopes: [{ action: "*", resource: "PLACE/Site/42/*" }] },
    ],
    ["PZ-08 a subaccount", { allowed_subaccounts: ["sub_a", "sub_x"] }, { subaccounts: ["sub_x"] }],
    ["PZ-08 all subaccounts", { all_subaccounts: true, allowed_subaccounts: [] }, { subaccounts: ["*"] }],
    ["IP-12 a wider range", { allowed_ips: ["203.0.112.0/23"] }, { ips: ["203.0.112.0/23"] }],
    ["IP-12 no address rules", { allowed_ips: [] }, { ips: ["0.0.0.0/0", "::/0"] }],
    ["TM-08 an expiry one second later", { expires_at: later }, { expires_at: 1798761601 }],
    ["TM-08 no expiry", { expires_at: null }, { expires_at: null }],
    ["another environment", { environment: "preview" }, { environment: "preview" }],
    ["any environment", { environment: null }, { environment: "*" }],
    ["another region", { region_id: "reg_b" }, { region_id: "reg_b" }],
  ])("%s is too much and is named", (_, wider, expected) => {
    expect(exceeding(reach, { ...reach, ...wider })).toEqual(expected);
  });

  test.each<[string, Partial<Grants>]>([
    ["fewer permissions", { permissions: [] }],
    ["a narrower scope", { scopes: [{ action: "write", resource: "PLACE/Site/42/THING/#" }] }],
    ["fewer subaccounts", { allowed_subaccounts: ["sub_b"] }],
    ["no subaccount at all", { allowed_subaccounts: [] }],
    ["a narrower range", { allowed_ips: ["203.0.113.7", "203.0.113.128/25"] }],
    ["an earlier expiry", { expires_at: new Date(soon.getTime() - 1000) }],
    ["exactly the same", {}],
  ])("%s is within", (_, narrower) => {
    expect(exceeding(reach, { ...grants, ...narrower })).toBeNull();
  });

  test("names every axis at once", () => {
    const everything = reachOf(member, catalogue);
    expect(Object.keys(exceeding(reach, everything) ?? {})).toEqual([
      ...["permissions", "scopes", "subaccounts", "ips", "expires_at", "environment", "region_id"],
    ]);
  });
});

describe("reachOf", () => {
  test("a key reaches what it has itself, as far as the catalogue holds it", () => {
    expect(reachOf({ ...key, permissions: ["serp_api:read", "fax:send", "pager:read"] }, catalogue)).toEqual({
      ...reach,
      permissions: ["serp_api:read", "fax:send"],
    });
  });

  test.each(["owner", "admin"] as const)("an %s without limits reaches everything", (role) => {
    const full = reachOf({ ...member, role }, catalogue);
    expect(exceeding(full, { ...reach, all_subaccounts: true, allowed_ips: [], expires_at: null })).toBeNull();
    expect(grantableBy(full, catalogue)).toEqual(grantablePermissions(catalogue));
  });

  test("an owner may edit a key that holds a retired product's permission but not hand it out", () => {
    const full = reachOf(member, catalogue);
    expect(exceeding(full, { ...grants, permissions: ["fax:send"] })).toBeNull();
    expect(grantableBy(full, catalogue)).not.toContain("fax:send");
  });

  test("a developer reaches every product and of the account only what the member's own list names", () => {
    const developer = { ...member, role: "developer" } as const;
    const unlimited = reachOf(developer, catalogue).permissions;
    expect(accountOnly(unlimited)).toEqual([]);
    expect(unlimited).toContain("serp_api:delete");
    const named = reachOf({ ...developer, permissions: ["account:apikeys:verify", "serp_api:read"] }, catalogue);
    expect(named.permissions).toEqual(["account:apikeys:verify", "serp_api:read"]);
  });

  test("a viewer reaches nothing, whatever the member's own list names", () => {
    const viewer = reachOf({ ...member, role: "viewer", permissions: ["serp_api:read"] }, catalogue);
    expect(viewer).toMatchObject({ permissions: [], scopes: [] });
  });

  test("PZ-08 a member's own limits bind, an empty one to nothing", () => {
    const limited = reachOf(
      { ...member, permissions: ["serp_api:read", "pager:read"], subaccounts: ["sub_a"] },
      catalogue,
    );
    expect(limited).toMatchObject({
      permissions: ["serp_api:read"],
      all_subaccounts: false,
      allowed_subaccounts: ["sub_a"],
    });
    const nothing = reachOf({ ...member, permissions: [], subaccounts: [] }, catalogue);
    expect(nothing).toMatchObject({ permissions: [], all_subaccounts: false, allowed_subaccounts: [] });
  });
});

describe("inheritGrants", () => {
  test("what is left out is the creator's own limit, and no permission", () => {
    expect(inheritGrants(reach, {})).toEqual({ ...grants, permissions: [], scopes: [] });
    expect(inheritGrants(reachOf(member, catalogue), {})).toMatchObject({
      all_subaccounts: true,
      allowed_subaccounts: [],
      allowed_ips: [],
      expires_at: null,
    });
  });

  test("an empty list of subaccounts means the creator's own", () => {
    expect(inheritGrants(reach, { allowed_subaccounts: [] })).toMatchObject({
      all_subaccounts: false,
      allowed_subaccounts: ["sub_a", "sub_b"],
    });
  });

  test.each<[string, GivenGrants, string]>([
    ["IP-12 an empty allowed_ips", { allowed_ips: [] }, "ips"],
    ["TM-08 a null expires_at", { expires_at: null }, "expires_at"],
    ["PZ-08 all_subaccounts", { all_subaccounts: true }, "subaccounts"],
    ["PZ-08 a foreign subaccount", { allowed_subaccounts: ["sub_x"] }, "subaccounts"],
  ])("%s is taken as asked for, and is too much for a limited creator", (_, given, axis) => {
    expect(Object.keys(exceeding(reach, inheritGrants(reach, given)) ?? {})).toEqual([axis]);
  });

  test("what is left out never exceeds", () => {
    fc.assert(fc.property(anyReach, (limit) => exceeding(limit, inheritGrants(limit, {})) === null));
  });
});

describe("changeGrants", () => {
  const full = reachOf(member, catalogue);

  test("PZ-03 IP-12 what is left out stays as it was", () => {
    expect(changeGrants(grants, {}, full)).toEqual(grants);
    expect(changeGrants(grants, { expires_at: 1798761601 }, full)).toEqual({ ...grants, expires_at: later });
    const unlimited = { ...grants, allowed_ips: [], expires_at: null };
    expect(changeGrants(grants, { allowed_ips: [], expires_at: null }, full)).toEqual(unlimited);
  });

  test("an emptied list of subaccounts is the editor's own", () => {
    const limited: Reach = { ...full, all_subaccounts: false, allowed_subaccounts: ["sub_a"] };
    const all = { ...grants, all_subaccounts: true, allowed_subaccounts: [] };
    expect(changeGrants(grants, { allowed_subaccounts: [] }, full)).toEqual(all);
    expect(changeGrants(grants, { all_subaccounts: true }, limited)).toEqual(all);
    expect(changeGrants(grants, { allowed_subaccounts: [] }, limited)).toEqual({
      ...grants,
      allowed_subaccounts: ["sub_a"],
    });
  });

  test("an empty list that was empty before changes nothing, neither from all nor from none", () => {
    for (const all_subaccounts of [true, false]) {
      const before = { ...grants, all_subaccounts, allowed_subaccounts: [] };
      expect(changeGrants(before, { allowed_subaccounts: [] }, full)).toEqual(before);
      expect(changeGrants(before, { allowed_subaccounts: ["sub_a"] }, full)).toEqual({
        ...grants,
        allowed_subaccounts: ["sub_a"],
      });
    }
  });
});

const some = <T>(...values: T[]) => fc.subarray(values);
const anyGrants: fc.Arbitrary<Grants> = fc
  .record({
    permissions: some("serp_api:read", "serp_api:write", "account:apikeys:create"),
    scopes: fc.array(
      fc.record({
        action: fc.constantFrom(...SCOPE_ACTIONS),
        resource: fc.constantFrom("*", "a", "a/*", "#", "#/*", "a/#"),
      }),
      { maxLength: 2 },
    ),
    all_subaccounts: fc.boolean(),
    allowed_subaccounts: some("sub_a", "sub_b"),
    allowed_ips: some("0.0.0.0/1", "128.0.0.0/1", "10.0.0.0/8", "10.0.0.1", "::/0", "2001:db8::/32"),
    expires_at: fc.constantFrom(soon, later, null),
  })
  .map((each) => (each.all_subaccounts ? { ...each, allowed_subaccounts: [] } : each));
const anyReach: fc.Arbitrary<Reach> = fc
  .tuple(
    anyGrants,
    fc.constantFrom("production" as const, "preview" as const, null),
    fc.constantFrom("reg_a", "reg_b", null),
  )
  .map(([each, environment, region_id]) => ({ ...each, environment, region_id }));

describe("isReduction", () => {
  test("takes away, on any axis, and never gives", () => {
    expect(isReduction(grants, { ...grants, permissions: [], allowed_ips: ["203.0.113.9"] })).toBe(true);
    expect(isReduction(grants, { ...grants, permissions: [], allowed_ips: [] })).toBe(false);
    expect(isReduction({ ...grants, all_subaccounts: true }, grants)).toBe(true);
    expect(isReduction(grants, { ...grants, all_subaccounts: true })).toBe(false);
  });

  test("nothing exceeds itself, and no change is a reduction", () => {
    fc.assert(fc.property(anyReach, (each) => exceeding(each, each) === null && isReduction(each, each)));
  });

  test("a reduction of a reduction is a reduction", () => {
    const chain = fc.tuple(anyGrants, anyGrants, anyGrants);
    fc.assert(
      fc.property(chain, ([a, b, c]) => {
        if (isReduction(a, b) && isReduction(b, c)) expect(isReduction(a, c)).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });

  test("PZ-03 what a principal may make of a key within its reach stays within it when reduced", () => {
    fc.assert(
      fc.property(anyReach, anyGrants, anyGrants, (limit, before, after) => {
        if (exceeding(limit, before) === null && isReduction(before, after)) expect(exceeding(limit, after)).toBeNull();
      }),
      { numRuns: 5000 },
    );
  });
});
