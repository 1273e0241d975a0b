import { describe, expect, it } from "vitest";
import { idleRange, rangeOf, rangeQuery } from "@/components/usage/range";
import { outcomeSeries, reasonSeries, reasonsOf } from "@/components/usage/reasons";
import { noneUnused } from "@/components/usage/unused-keys";
import { shareText } from "@/components/usage/usage-totals";
import { chartText, deniedText, pointTitle, ticksOf } from "@/components/usage/usage-words";
import { OUTCOMES } from "@/lib/usage/outcome";
import type { Usage } from "@/lib/usage/schema";
import { toUsage } from "@/lib/usage/view";

const HOUR = 3_600;
const START = 1_795_132_800;
const usage = (denied: Record<string, number>): Usage => ({
  data: [
    { at: START, allowed: 2, denied: {} },
    { at: START + HOUR, allowed: 1, denied },
  ],
  total: { allowed: 3, denied, previous_token: 0 },
});

describe("the chart in words", () => {
  it("says how many, how they ended and when there were most", () => {
    expect(chartText(usage({ EXPIRED: 5, IP_NOT_ALLOWED: 1 }), "hour")).toBe(
      "9 requests: 3 allowed, 6 denied. Most often denied for: expired key. Most in one hour: 7, at 20 Nov 2026, 01:00 UTC.",
    );
  });

  it("says on which day there were most", () => {
    expect(chartText(usage({}), "day")).toContain("Most in one day: 2, on 20 Nov 2026.");
  });

  it("says why requests were denied", () => {
    expect(deniedText(usage({ EXPIRED: 5, IP_NOT_ALLOWED: 1 }))).toBe(
      "6 denied: 5 expired key, 1 address not allowed.",
    );
  });

  it("says so when there was nothing", () => {
    expect(chartText(toUsage([], "hour", START, START + HOUR), "hour")).toBe("No requests in this range.");
  });

  it("tells each bar's reasons", () => {
    expect(pointTitle({ at: START, allowed: 1_200, denied: { EXPIRED: 2 } }, "day")).toBe(
      "20 Nov 2026: 1,200 allowed, 2 denied (2 expired key)",
    );
  });

  it("has ticks that fit its length", () => {
    const points = (count: number, step: number) =>
      Array.from({ length: count }, (_, i) => ({ at: START + i * step, allowed: 0, denied: {} }));
    expect(ticksOf(points(25, HOUR), "hour")).toEqual(["00:00", "06:00", "12:00", "18:00", "00:00"]);
    expect(ticksOf(points(91, 86_400), "day")[0]).toBe("20 Nov");
    expect(ticksOf(points(169, HOUR), "hour")).toEqual(["20 Nov", "21 Nov", "23 Nov", "25 Nov", "27 Nov"]);
  });
});

describe("the series", () => {
  it("are allowed and denied, and apart from them the reasons by how often they were", () => {
    const some = usage({ EXPIRED: 1, DISABLED: 3 });
    expect(reasonsOf(some.total).map(({ code }) => code)).toEqual(["DISABLED", "EXPIRED"]);
    expect(outcomeSeries(some).map(({ name, values }) => [name, values])).toEqual([
      ["Allowed", [2, 1]],
      ["Denied", [0, 4]],
    ]);
    expect(reasonSeries(some).map(({ name, values }) => [name, values])).toEqual([
      ["Disabled key", [0, 3]],
      ["Expired key", [0, 1]],
    ]);
    expect(outcomeSeries(usage({})).map(({ name }) => name)).toEqual(["Allowed"]);
  });

  it("never share a colour, and a reason has the same in every range", () => {
    const codes = OUTCOMES.filter((code) => code !== "VALID");
    const toneOf = (denied: Record<string, number>) =>
      Object.fromEntries(reasonSeries(usage(denied)).map(({ name, tone }) => [name, tone]));
    const all = toneOf(Object.fromEntries(codes.map((code, index) => [code, index + 1])));
    expect(new Set(Object.values(all)).size).toBe(codes.length);
    for (const code of codes) expect(all).toMatchObject(toneOf({ [code]: 1 }));
  });
});

describe("a range", () => {
  it("comes from the address, or is a day", () => {
    expect([
      rangeOf({ range: "90d" }),
      rangeOf({ range: "1y" }),
      rangeOf({ range: ["7d", "1h"] }),
      rangeOf({}),
    ]).toEqual(["90d", "24h", "24h", "24h"]);
    expect(rangeQuery("90d", START)).toEqual({ from: String(START - 90 * 86_400), interval: "day" });
  });

  it("calls a key unused after a week at the earliest", () => {
    expect([idleRange("1h"), idleRange("24h"), idleRange("30d")]).toEqual(["7d", "7d", "30d"]);
  });
});

describe("no unused key", () => {
  it("is praised only where there is one that could have been", () => {
    expect((["none", "younger", "older"] as const).map((oldest) => noneUnused(oldest, "7 days"))).toEqual([
      "There is no active key yet.",
      "No active key is older than 7 days yet.",
      "Every active key that is older than 7 days was used.",
    ]);
  });
});

describe("a share", () => {
  it.each([
    [0, 0, null],
    [1, 3, "33.3%"],
    [1, 1_000_000, "< 0.1%"],
    [999_999, 1_000_000, "> 99.9%"],
    [5, 5, "100%"],
    [0, 5, "0%"],
  ])("of %i in %i is %s", (part, all, text) => {
    expect(shareText(part, all)).toBe(text);
  });
});
