import { expect, test } from "vitest";
import { accessChanges } from "@/components/api-keys/change-text";
import { apiKey } from "@/components/api-keys/example-key";

const options = { subaccounts: [{ id: "sub_1", name: "North", external_id: null }] };

test("an edit of name or description, or of an order alone, changes no access", () => {
  const before = apiKey({ permissions: ["a:read", "b:read"] });
  expect(accessChanges(before, { ...before, permissions: ["b:read", "a:read"] }, options)).toEqual([]);
});

test("each changed field is told from and to, in words and in the order of the form", () => {
  const before = apiKey({ permissions: ["a:read"], allowed_ips: [] });
  const after = {
    ...before,
    permissions: ["a:read", "a:write"],
    scopes: [{ action: "read" as const, resource: "*" }],
    allowed_ips: ["192.0.2.0/24"],
    all_subaccounts: false,
    allowed_subaccounts: ["sub_1"],
    expires_at: Date.UTC(2027, 2, 3, 12) / 1000,
  };
  expect(accessChanges(before, after, options)).toEqual([
    { field: "Expiration", from: ["never"], to: ["3 Mar 2027, 12:00 UTC"] },
    { field: "IP restrictions", from: ["any address"], to: ["192.0.2.0/24"] },
    { field: "Subaccount access", from: ["all"], to: ["North"] },
    { field: "Permissions", from: ["a:read"], to: ["a:read", "a:write"] },
    { field: "Scopes", from: ["none"], to: ["read on *"] },
  ]);
});
