import { describe, expect, it } from "vitest";
import { themeOf } from "@/components/shell/theme";

describe("themeOf", () => {
  it("takes only the themes that exist, so that a forged cookie cannot write into the page", () => {
    expect(themeOf("light")).toBe("light");
    expect(themeOf("dark")).toBe("dark");
    expect(themeOf("system")).toBe("system");
    expect(themeOf('"><script>')).toBe("system");
    expect(themeOf(undefined)).toBe("system");
  });
});
