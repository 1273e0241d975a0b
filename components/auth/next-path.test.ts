import { describe, expect, it } from "vitest";
import { safeNextPath } from "@/components/auth/next-path";

describe("safeNextPath", () => {
  it("keeps a path of this console with its query and fragment", () => {
    expect(safeNextPath("/usage?range=7d#top")).toBe("/usage?range=7d#top");
  });

  it.each([
    "//evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "/\n//evil.example",
    "/%2e%2e//evil.example",
    "/..//evil.example",
    "https://evil.example",
    "javascript:alert(1)",
    "evil.example",
    "",
  ])("leads home instead of to %j, which leaves the site", (value) => {
    expect(safeNextPath(value)).toBe("/api-keys");
  });

  it("leads home when the parameter is absent or repeated", () => {
    expect(safeNextPath(undefined)).toBe("/api-keys");
    expect(safeNextPath(["/usage", "//evil.example"])).toBe("/api-keys");
  });
});
