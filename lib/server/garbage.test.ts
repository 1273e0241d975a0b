import { expect, test } from "vitest";
import { growthPercent } from "@/lib/server/garbage";

const MB = 1024 * 1024;
const garbage = (live: number) => (live * growthPercent(live * MB)) / 100;

test.each([20, 60, 130, 200])("with %d MB alive some 48 MB of garbage gather", (live) => {
  expect(garbage(live)).toBeCloseTo(48, -1);
});

test("a large heap is not collected all the time", () => {
  expect(growthPercent(1_000 * MB)).toBe(20);
});
