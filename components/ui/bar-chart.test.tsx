import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { BarChart, roundedUp, shortNumber } from "@/components/ui/bar-chart";

const chart = (values: number[]) =>
  renderToStaticMarkup(
    <BarChart
      label="Requests"
      series={[
        { name: "Allowed", tone: "accent", values },
        { name: "Denied", tone: "danger", values: values.map(() => 1) },
      ]}
      titles={values.map((value) => `${value} allowed`)}
      ticks={["a", "b"]}
    />,
  );

describe("a bar chart", () => {
  it("is one named image without a style attribute, which the policy would refuse", () => {
    const html = chart([1, 2, 3]);
    expect(html).toContain('role="img" aria-label="Requests"');
    expect(html).not.toContain("style=");
  });

  it("shows one among a million, and never leaves its frame", () => {
    const ys = [...chart([999_999]).matchAll(/y="([\d.-]+)" width="0.76" height="([\d.]+)"/g)];
    expect(ys).toHaveLength(2);
    for (const [, y, height] of ys) {
      expect(Number(y)).toBeGreaterThanOrEqual(0);
      expect(Number(height)).toBeGreaterThan(1);
    }
  });

  it("survives having nothing to show", () => {
    expect(chart([0, 0])).not.toContain("NaN");
  });
});

describe("its scale", () => {
  it.each([
    [0, 2],
    [1, 2],
    [3, 4],
    [5, 10],
    [11, 20],
    [999, 1000],
    [1001, 2000],
  ])("ends above %i at %i", (value, top) => {
    expect(roundedUp(value)).toBe(top);
  });

  it("is written short", () => {
    expect([950, 12_000, 3_400_000].map(shortNumber)).toEqual(["950", "12K", "3.4M"]);
  });
});
