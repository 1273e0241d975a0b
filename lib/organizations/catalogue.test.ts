import { describe, expect, test } from "vitest";
import {
  ACCOUNT_PERMISSIONS,
  type Catalogue,
  DEFAULT_PRODUCTS,
  effectivePermissions,
  grantablePermissions,
  permissionStructure,
  permissionsOf,
  productActionSchema,
  productIdSchema,
} from "@/lib/organizations/catalogue";

const catalogue: Catalogue = {
  products: [
    ...DEFAULT_PRODUCTS.map((product) => ({ ...product, retired_at: null })),
    { id: "fax", title: "Fax", description: "", actions: ["send"], retired_at: new Date("2026-01-01T00:00:00Z") },
  ],
};

test("a new organization has the products of the reference, subaccount without delete", () => {
  expect(DEFAULT_PRODUCTS.flatMap(({ id, actions }) => actions.map((action) => `${id}:${action}`))).toEqual([
    ...["datacenter_shared:read", "datacenter_shared:write", "datacenter_shared:delete"],
    ...["datacenter_dedicated:read", "datacenter_dedicated:write", "datacenter_dedicated:delete"],
    ...["residential:read", "residential:write", "residential:delete"],
    ...["residential_unlimited:read", "residential_unlimited:write", "residential_unlimited:delete"],
    ...["serp_api:read", "serp_api:write", "serp_api:delete", "subaccount:read", "subaccount:write"],
  ]);
});

test("permissions of a retired product go on granting but are not handed out anew", () => {
  expect(permissionsOf(catalogue)).toContain("fax:send");
  expect(grantablePermissions(catalogue)).not.toContain("fax:send");
  expect(effectivePermissions(["fax:send"], catalogue)).toEqual(["fax:send"]);
});

test("a permission that the catalogue does not hold grants nothing and cannot be handed out", () => {
  const stored = [
    "pager:read",
    "account:apikeys:read",
    "account:root:all",
    "serp_api:admin",
    "serp_api:read",
    "serp_api",
    "toString",
  ];
  expect(effectivePermissions(stored, catalogue)).toEqual(["account:apikeys:read", "serp_api:read"]);
});

test("the picker's structure holds exactly the grantable permissions, each with words", () => {
  const { account, product } = permissionStructure(catalogue);
  const shown = [...account, ...product].flatMap(({ permissions }) => permissions);
  expect(shown.map(({ id }) => id)).toEqual(grantablePermissions(catalogue));
  expect(shown.every(({ title, description }) => title !== "" && description !== "")).toBe(true);
  expect(account.flatMap(({ permissions }) => permissions)).toHaveLength(ACCOUNT_PERMISSIONS.length);
  expect(product[0]).toEqual({
    name: "datacenter_shared",
    title: "Datacenter, shared",
    description: "Shared datacenter proxies.",
    permissions: [
      { id: "datacenter_shared:read", title: "Read", description: "Read access to Datacenter, shared." },
      { id: "datacenter_shared:write", title: "Write", description: "Write access to Datacenter, shared." },
      { id: "datacenter_shared:delete", title: "Delete", description: "Delete access to Datacenter, shared." },
    ],
  });
});

describe("ids", () => {
  test.each(["ab", "serp_api", "a1", `a${"b".repeat(63)}`, "accounts"])("%s names a product", (id) => {
    expect(productIdSchema.safeParse(id).success).toBe(true);
  });

  test.each(["", "a", "account", "Serp", "1a", "_a", "a-b", "a:b", "a b", `a${"b".repeat(64)}`, "a\n"])(
    "%j does not",
    (id) => {
      expect(productIdSchema.safeParse(id).success).toBe(false);
    },
  );

  test.each(["r", "read", "read_all", `a${"b".repeat(31)}`])("%s names an action", (action) => {
    expect(productActionSchema.safeParse(action).success).toBe(true);
  });

  test.each(["", "Read", "*", "1", `a${"b".repeat(32)}`, "read\n"])("%j names no action", (action) => {
    expect(productActionSchema.safeParse(action).success).toBe(false);
  });
});
