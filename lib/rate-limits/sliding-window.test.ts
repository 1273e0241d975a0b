import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { placeOf, untilOneFits, usedOf } from "@/lib/rate-limits/sliding-window";

describe("where a moment lies", () => {
  test.each([
    [0, 0, 0],
    [59.9, 0, 59.9 / 60],
    [60, 1, 0],
    [90, 1, 0.5],
  ])("%d s in windows of 60 s", (seconds, period, passed) => {
    const place = placeOf(seconds, 60);
    expect(place.period).toBe(period);
    expect(place.passed).toBeCloseTo(passed);
  });
});

describe("what counts against the quota", () => {
  test("a quota spent at the end of a period is not there again at the turn", () => {
    const counts = { current: 0, previous: 100 };
    expect(usedOf(counts, 0)).toBe(100);
    expect(usedOf(counts, 0.5)).toBe(50);
    expect(usedOf(counts, 1)).toBe(0);
  });

  test.each([
    [{ current: 0, previous: 0 }, 0.3, 10, 0],
    [{ current: 9, previous: 0 }, 0.3, 10, 0],
    [{ current: 10, previous: 0 }, 0.3, 10, 0.8],
    [{ current: 0, previous: 10 }, 0, 10, 0.1],
    [{ current: 5, previous: 10 }, 0.5, 10, 0.1],
  ])("after %o, at %d of the period, one more of %i fits %d windows later", (counts, passed, quota, windows) => {
    expect(untilOneFits(counts, passed, quota)).toBeCloseTo(windows);
  });

  /** What a client is told to wait is enough, and not a moment more than needed. */
  test("after the wait one fits, and just before it none does", () => {
    const count = fc.integer({ min: 0, max: 500 });
    const passed = fc.double({ min: 0, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(count, count, passed, fc.integer({ min: 1, max: 200 }), (current, previous, at, quota) => {
        const wait = untilOneFits({ current, previous }, at, quota);
        const usedAfter = (windows: number) => {
          const moment = at + windows;
          return moment < 1
            ? usedOf({ current, previous }, moment)
            : usedOf({ current: 0, previous: current }, moment - 1);
        };
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThanOrEqual(2);
        expect(usedAfter(wait)).toBeLessThanOrEqual(quota - 1 + 1e-6);
        if (wait > 1e-3) expect(usedAfter(wait - 1e-3)).toBeGreaterThan(quota - 1 - 1e-6);
      }),
    );
  });
});
