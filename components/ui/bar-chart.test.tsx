import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { BarChart } from "@/components/ui/bar-chart";
import { partsOf, scaleFor, shortNumber } from "@/components/ui/bar-scale";

const chart = (values: number[]) =>
  renderToStaticMarkup(
    <BarChart
      label="Requests"
      series={[
        { name: "Allowed", tone: "accent", values },
        { name: "Denied", tone: "danger", values: values.map(() => 1), isMarked: true },
      ]}
      points={values.map((value, index) => ({ time: `${index}:00`, words: `${value} allowed, 1 denied` }))}
      ticks={["a", "b"]}
    />,
  );

describe("a bar chart", () => {
  it("is one named image without a style attribute, which the policy would refuse", () => {
    const html = chart([1, 2, 3]);
    expect(html).toContain('role="img" aria-label="Requests"');
    expect(html).not.toContain("style=");
  });

  it("tells its bars to the keyboard and to screen readers by a slider", () => {
    expect(chart([1, 2, 3])).toMatch(/type="range"[^>]*aria-valuetext="3 allowed, 1 denied"/);
  });

  it("survives having nothing to show", () => {
    expect(chart([0, 0])).not.toContain("NaN");
  });
});

describe("the parts of a bar", () => {
  const heights = (...parts: [value: number, isMarked?: boolean][]) =>
    partsOf(
      parts.map(([value, isMarked = false], index) => ({ tone: index, value, isMarked })),
      1_000,
    ).map(({ height }) => height);

  it("are as high as they are, but for the seam between them", () => {
    expect(heights([600], [300])).toEqual([59.5, 30]);
  });

  it("show one among a million, if it is marked, and end where the sum does", () => {
    const [allowed, denied] = partsOf(
      [
        { tone: "a", value: 999_999, isMarked: false },
        { tone: "b", value: 1, isMarked: true },
      ],
      1_000_000,
    );
    expect(denied).toEqual({ tone: "b", y: 0, height: 0.8 });
    expect(allowed).toEqual({ tone: "a", y: 1.3, height: 98.7 });
  });

  it("do not make 3 of 1,000 look like more than a mark", () => {
    expect(heights([997], [3, true])[1]).toBe(0.8);
    expect(heights([950], [50, true])[1]).toBe(5);
  });

  it("show a bar of next to nothing, in proportion", () => {
    expect(partsOf([{ tone: "a", value: 1, isMarked: false }], 10_000)).toEqual([{ tone: "a", y: 99.2, height: 0.8 }]);
  });

  it("leave out what is not there", () => {
    expect(partsOf([{ tone: "a", value: 0, isMarked: true }], 10)).toEqual([]);
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
