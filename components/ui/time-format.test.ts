import { describe, expect, it } from "vitest";
import { absoluteTime, relativeTime } from "@/components/ui/time-format";

const NOON = Date.UTC(2027, 2, 3, 14, 5, 9) / 1000;

describe("absoluteTime", () => {
  it("TM-07 writes a moment in UTC whatever the machine's zone", () => {
    expect(absoluteTime(NOON)).toBe("3 Mar 2027, 14:05 UTC");
    expect(absoluteTime(NOON, "date")).toBe("3 Mar 2027");
    expect(absoluteTime(NOON, "second")).toBe("3 Mar 2027, 14:05:09 UTC");
  });
});

describe("relativeTime", () => {
  it.each([
    [6 * 86_400, "in 6 days"],
    [7 * 86_400 - 1, "in 7 days"],
    [86_400 - 9, "in 24 hours"],
    [90 * 86_400 - 60, "in 90 days"],
    [365 * 86_400 - 60, "in 1 year"],
    [400 * 86_400, "in 13 months"],
    [900 * 86_400, "in 2 years"],
    [100 * 60, "in 100 minutes"],
    [59, "in less than a minute"],
    [0, "just now"],
    [-59, "just now"],
    [-3 * 3_600, "3 hours ago"],
    [-86_400, "1 day ago"],
    [-90 * 86_400, "2 months ago"],
  ])("says %s seconds away as %s", (distance, text) => {
    expect(relativeTime(NOON + distance, NOON)).toBe(text);
  });
});
