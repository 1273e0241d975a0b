import { expect, test } from "vitest";
import { changesBetween } from "@/lib/api-keys/changes";

const key = {
  name: "CI",
  description: null,
  permissions: ["serp_api:read", "serp_api:write"],
  scopes: [{ action: "read", resource: "*" }],
  expires_at: new Date("2027-03-03T00:00:00Z"),
  all_subaccounts: true,
};

test("names only the fields that differ, with both values", () => {
  expect(changesBetween(key, { ...key, name: "CI 2", all_subaccounts: false })).toEqual({
    name: ["CI", "CI 2"],
    all_subaccounts: [true, false],
  });
  expect(changesBetween(key, { ...key })).toEqual({});
});

test("writes times as Unix seconds and ignores fractions of one", () => {
  expect(changesBetween(key, { ...key, expires_at: null })).toEqual({ expires_at: [1804032000, null] });
  expect(changesBetween(key, { ...key, expires_at: new Date("2027-03-03T00:00:00.999Z") })).toEqual({});
});

test("compares lists as sets and objects by their fields, whatever the order", () => {
  const reordered = {
    ...key,
    permissions: ["serp_api:write", "serp_api:read"],
    scopes: [{ resource: "*", action: "read" }],
  };
  expect(changesBetween(key, reordered)).toEqual({});
  expect(changesBetween(key, { ...key, permissions: ["serp_api:read"] })).toEqual({
    permissions: [["serp_api:read", "serp_api:write"], ["serp_api:read"]],
  });
});

test("absent and null are the same, so a creation lists what was set and a deletion what was lost", () => {
  expect(changesBetween({}, { name: "CI", description: null })).toEqual({ name: [null, "CI"] });
  expect(changesBetween({ name: "CI", description: undefined }, {})).toEqual({ name: ["CI", null] });
});

test("survives JSON unchanged", () => {
  const changes = changesBetween({}, key);
  expect(JSON.parse(JSON.stringify(changes))).toEqual(changes);
});

test("values that look alike but are not are told apart", () => {
  expect(Object.keys(changesBetween({ a: "1", b: [], c: ["a,b"] }, { a: 1, b: null, c: ["a", "b"] }))).toEqual([
    "a",
    "b",
    "c",
  ]);
});
