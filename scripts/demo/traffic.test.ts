import { describe, expect, test } from "vitest";
import { KEYS } from "@/scripts/demo/keys";
import { requestsInHour, seeded } from "@/scripts/demo/traffic";

const MONDAY = Date.UTC(2026, 10, 16) / 1000;
const DAY = 86_400;
const SHAPES = ["steady", "office", "nightly", "growing", "fading"] as const;

function requestsOn(shape: (typeof SHAPES)[number], day: number, daysAgo = 0): number[] {
  const random = seeded(7);
  return [...Array(24).keys()].map((hour) =>
    requestsInHour({ perDay: 2400, shape }, day + hour * 3600, daysAgo, random),
  );
}
const sum = (counts: number[]): number => counts.reduce((total, count) => total + count, 0);

describe("the demonstration's traffic", () => {
  test("is the same for the same seed", () => {
    const [one, other, another] = [seeded(1), seeded(1), seeded(2)];
    const drawn = [one(), one(), one()];
    expect([other(), other(), other()]).toEqual(drawn);
    expect(another()).not.toBe(drawn[0]);
    expect(drawn.every((number) => number >= 0 && number < 1)).toBe(true);
  });

  test("comes to about the day's number on a working day", () => {
    for (const shape of ["steady", "office", "nightly"] as const) {
      expect(sum(requestsOn(shape, MONDAY))).toBeGreaterThan(2000);
      expect(sum(requestsOn(shape, MONDAY))).toBeLessThan(2800);
    }
  });

  test("rests where people do, at night and on Sundays", () => {
    const office = requestsOn("office", MONDAY);
    expect(office[3]).toBeLessThan((office[10] ?? 0) / 5);
    expect(sum(requestsOn("office", MONDAY + 6 * DAY))).toBeLessThan(sum(office) / 4);
    expect(requestsOn("nightly", MONDAY)[2]).toBeGreaterThan(requestsOn("nightly", MONDAY)[12] ?? 0);
  });

  test("grows and fades over the weeks", () => {
    expect(sum(requestsOn("growing", MONDAY, 80))).toBeLessThan(sum(requestsOn("growing", MONDAY)) / 2);
    expect(sum(requestsOn("fading", MONDAY))).toBeLessThan(sum(requestsOn("fading", MONDAY, 80)) / 2);
  });

  test("belongs to 40 keys of different names", () => {
    expect(new Set(KEYS.map(({ name }) => name)).size).toBe(40);
  });
});
