import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { BarChart, scaleFor, shortNumber } from "@/components/ui/bar-chart";

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

  it("ends a bar where its sum is, although the smallest parts are drawn larger than they are", () => {
    const heights = [...chart([49]).matchAll(/width="0.76" height="([\d.]+)"/g)].map(([, height]) => Number(height));
    // 49 allowed and 1 denied, on a scale that ends at 60.
    expect(heights.reduce((sum, height) => sum + height, 0)).toBeCloseTo((50 / 60) * 100, 1);
  });

  it("survives having nothing to show", () => {
    expect(chart([0, 0])).not.toContain("NaN");
  });
});

describe("its scale", () => {
  it.each([
    [0, [0, 1]],
    [1, [0, 1]],
    [3, [0, 1, 2, 3]],
    [5, [0, 2, 4, 6]],
    [11, [0, 5, 10, 15]],
    [40, [0, 10, 20, 30, 40]],
    [41, [0, 20, 40, 60]],
    [999, [0, 500, 1000]],
    [50_091, [0, 20_000, 40_000, 60_000]],
  ])("to %i has whole steps that leave little room unused", (most, marks) => {
    expect(scaleFor(most)).toEqual(marks);
  });

  it("is written short", () => {
    expect([950, 12_000, 3_400_000].map(shortNumber)).toEqual(["950", "12K", "3.4M"]);
  });
});
