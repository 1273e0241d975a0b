import { describe, expect, it } from "vitest";
import { addItems, splitItems } from "@/components/ui/tag-list";

describe("splitItems", () => {
  it("cuts a pasted list at new lines, tabs, spaces, commas and semicolons, in order", () => {
    expect(splitItems("10.0.0.0/8, 192.0.2.1;2001:db8::/32\n\t198.51.100.7\r\n")).toEqual([
      "10.0.0.0/8",
      "192.0.2.1",
      "2001:db8::/32",
      "198.51.100.7",
    ]);
  });

  it("makes nothing of nothing", () => {
    expect(splitItems(" ,; \n")).toEqual([]);
  });
});

describe("addItems", () => {
  it("keeps the first of equal items in its place", () => {
    expect(addItems(["b", "a"], ["a", "c", "c", "b"])).toEqual(["b", "a", "c"]);
  });
});
