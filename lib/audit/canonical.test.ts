import { describe, expect, test } from "vitest";
import { canonicalJson, storable } from "@/lib/audit/canonical";

describe("JSON in one form", () => {
  test.each([
    [{ b: 1, a: [true, null, "x"] }, '{"a":[true,null,"x"],"b":1}'],
    [{ a: { d: {}, c: [] } }, '{"a":{"c":[],"d":{}}}'],
    [[[1, 2], []], "[[1,2],[]]"],
    [{ 'quo"te': "żółw" }, '{"quo\\"te":"żółw"}'],
    [{ a2: 1, a10: 2, B: 3 }, '{"B":3,"a10":2,"a2":1}'],
    ["text", '"text"'],
  ])("%j", (value, expected) => {
    expect(canonicalJson(value)).toBe(expected);
  });
});

describe("what PostgreSQL can hold", () => {
  test.each<[string, unknown, unknown?]>([
    ["is left as it is", { a: ["plain", 1, null], text: "a \\u0000 that is text, żółw 🗝" }],
    ["has no NUL", "a\0b", "a\uFFFDb"],
    ["has no half of a pair", { deep: ["\ud800", "\udfff!"] }, { deep: ["\uFFFD", "\uFFFD!"] }],
    ["has no moment and nothing undefined", { at: new Date(0), no: undefined }, { at: "1970-01-01T00:00:00.000Z" }],
  ])("%s", (_, value, expected = value) => {
    expect(storable(value)).toEqual(expected);
  });

  test("is a copy", () => {
    const value = { list: ["a"] };
    expect(storable(value).list).not.toBe(value.list);
  });
});
