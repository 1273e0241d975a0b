import { expect, test } from "vitest";
import { type Access, accessChanges, changesSentence } from "@/components/api-keys/change-text";
import { apiKey } from "@/components/api-keys/example-key";

const options = { subaccounts: [{ id: "sub_1", name: "North", external_id: null }] };
const MARCH = Date.UTC(2027, 2, 3, 12) / 1000;

test("an edit of name or description, or of an order alone, changes no access", () => {
  const before = apiKey({ permissions: ["a:read", "b:read"] });
  expect(accessChanges(before, { ...before, permissions: ["b:read", "a:read"] }, options)).toEqual([]);
});

test("each changed field tells what goes and what comes, in words and in the order of the form", () => {
  const before = apiKey({ permissions: ["a:read", "b:read"], allowed_ips: [] });
  const after = {
    ...before,
    permissions: ["a:read", "a:write"],
    scopes: [{ action: "read" as const, resource: "*" }],
    allowed_ips: ["192.0.2.0/24"],
    all_subaccounts: false,
    allowed_subaccounts: ["sub_1"],
    expires_at: MARCH,
  };
  const told = accessChanges(before, after, options).map(({ label, removed, added }) => [label, removed, added]);
  expect(told).toEqual([
    ["Expiration", ["never"], ["3 Mar 2027, 12:00 UTC"]],
    ["IP restrictions", ["any address"], ["192.0.2.0/24"]],
    ["Subaccount access", ["all"], ["North"]],
    ["Permissions", ["b:read"], ["a:write"]],
    ["Scopes", [], ["read on *"]],
  ]);
});

const WIDE = apiKey({ permissions: ["a:read", "b:read", "c:read"], allowed_ips: ["192.0.2.1", "192.0.2.2"] });

test.each<[string, Partial<Access>]>([
  [
    "Removes 1 network and 2 permissions: calls can break as soon as you save.",
    { permissions: ["a:read", "d:read"], allowed_ips: ["192.0.2.1"] },
  ],
  ["Adds 1 permission.", { permissions: ["a:read", "b:read", "c:read", "d:read"] }],
  ["Allows any address.", { allowed_ips: [] }],
  ["Limits its subaccounts: calls can break as soon as you save.", { all_subaccounts: false }],
  ["Lets it expire sooner: calls can break as soon as you save.", { expires_at: MARCH }],
  ["", {}],
])("in one sentence: %s", (sentence, edit) => {
  expect(changesSentence(accessChanges(WIDE, { ...WIDE, ...edit }, options))).toBe(sentence);
});

test("only what takes something away is an alarm", () => {
  const narrows = (before: Access, after: Access) => accessChanges(before, after, options).map((one) => one.narrows);
  const limited = apiKey({ allowed_ips: ["192.0.2.1"], expires_at: MARCH });
  expect(narrows(limited, { ...limited, allowed_ips: [], expires_at: MARCH + 1 })).toEqual([false, false]);
  expect(narrows(limited, { ...limited, allowed_ips: ["192.0.2.2"], expires_at: MARCH - 1 })).toEqual([true, true]);
});
