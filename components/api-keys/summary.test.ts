import { expect, test } from "vitest";
import { addressSummary, shortSummary, summaryOf } from "@/components/api-keys/summary";
import { DEFAULT_PRODUCTS, permissionStructure } from "@/lib/organizations/catalogue";

const products = DEFAULT_PRODUCTS.map((product) => ({ ...product, retired_at: null }));
const choice = { structure: permissionStructure({ products }), allowed_permissions: [] };
const nothing = {
  permissions: [],
  scopes: [],
  all_subaccounts: true,
  allowed_subaccounts: [],
  allowed_ips: [],
  expires_at: null,
};
const expires_at = Date.UTC(2027, 2, 3, 12) / 1000;

test("the sentence of the product's own example", () => {
  const permissions = ["residential:read", "serp_api:read", "datacenter_shared:read", "account:apikeys:create"];
  const key = { ...nothing, permissions, allowed_ips: ["192.0.2.0/24", "2001:db8::/32"], expires_at };
  expect(summaryOf(key, choice)).toBe("Can read 3 products and create keys, from 2 networks, until 3 Mar 2027.");
});

test("a key that can do nothing yet has no sentence", () => {
  expect(summaryOf(nothing, choice)).toBeNull();
});

test("one product is named, and products with the same actions share a phrase", () => {
  const permissions = ["serp_api:read", "residential:write", "residential:read", "subaccount:read", "subaccount:write"];
  expect(summaryOf({ ...nothing, permissions }, choice)).toBe(
    "Can read SERP API and read and write 2 products, from any address, without an expiry.",
  );
});

test("account permissions read as verbs on keys", () => {
  const permissions = [
    "account:apikeys:read",
    "account:apikeys:create",
    "account:apikeys:delete",
    "account:audit:read",
  ];
  expect(summaryOf({ ...nothing, permissions }, choice)).toBe(
    "Can create, read and revoke keys and read the audit log, from any address, without an expiry.",
  );
});

test("scopes and subaccounts are said too", () => {
  const scopes = [{ action: "admin" as const, resource: "PLACE/Site/42/*" }];
  const key = {
    ...nothing,
    scopes,
    all_subaccounts: false,
    allowed_subaccounts: ["sub_1"],
    allowed_ips: ["192.0.2.1"],
  };
  expect(summaryOf(key, choice)).toBe(
    "Can administer PLACE/Site/42/*, for 1 subaccount, from 192.0.2.1, without an expiry.",
  );
  expect(summaryOf({ ...key, allowed_subaccounts: [] }, choice)).toContain("for no subaccount");
  expect(summaryOf({ ...nothing, scopes: [{ action: "read", resource: "" }] }, choice)).toContain("read all resources");
});

test("of a long resource filter the sentence gives the beginning and the end", () => {
  const resource = `PLACE/${"s".repeat(180)}/Battery/7`;
  const text = summaryOf({ ...nothing, scopes: [{ action: "read", resource }] }, choice);
  expect(text).toContain(`read PLACE/${"s".repeat(26)}…ssssss/Battery/7,`);
});

test("a permission that the catalogue no longer holds is named as it is stored", () => {
  expect(summaryOf({ ...nothing, permissions: ["fax:send"] }, choice)).toContain("send fax");
});

test("the table counts products, account permissions and scopes", () => {
  const permissions = ["serp_api:read", "serp_api:write", "residential:read", "account:usage:read"];
  expect(shortSummary({ permissions, scopes: [] })).toBe("2 products, 1 account");
  expect(shortSummary({ permissions: [], scopes: [{ action: "*", resource: "*" }] })).toBe("1 scope");
});

test("address rules are counted, and a single one is shown", () => {
  expect(addressSummary([])).toBe("Any address");
  expect(addressSummary(["192.0.2.1"])).toBe("192.0.2.1");
  expect(addressSummary(["192.0.2.1", "::1"])).toBe("2 networks");
});
