"use client";

// A client component although nothing in it moves: what server components render may arrive in parts, and React sends
// the late parts of an SVG in a container with a style attribute, which the content security policy refuses.
import { classNames } from "@/components/ui/class-names";

const TONES = {
  accent: "fill-accent",
  danger: "fill-danger",
  warning: "fill-warning",
  muted: "fill-border-strong",
  text: "fill-text-muted",
};
export type BarTone = keyof typeof TONES;
export type BarSeries = { name: string; tone: BarTone; values: readonly number[] };

type BarChartProps = {
  /** What the chart shows, for who cannot see it: the numbers that matter, in a sentence or two. */
  label: string;
  /** From the bottom of each bar to its top. All of them have as many values as there are points. */
  series: readonly BarSeries[];
  /** The whole of a point in words, shown when the pointer rests on its bar. */
  titles: readonly string[];
  /** Written below the chart at even distances. */
  ticks: readonly string[];
};

/**
 * Stacked bars as plain SVG, there before any script: it stretches to its place, so its lettering stands around it as
 * text. To screen readers it is one image with `label`; a table with the numbers should be at hand.
 */
export function BarChart({ label, series, titles, ticks }: BarChartProps) {
  const sums = titles.map((_, index) => series.reduce((sum, { values }) => sum + (values[index] ?? 0), 0));
  const marks = scaleFor(Math.max(...sums, 0));
  const top = marks.at(-1) ?? 1;
  return (
    <figure>
      <div className="flex gap-2">
        <div aria-hidden className="flex w-9 shrink-0 flex-col justify-between text-right text-text-muted text-xs">
          {marks.toReversed().map((value) => (
            <span key={value} className="-my-2">
              {shortNumber(value)}
            </span>
          ))}
        </div>
        <svg
          role="img"
          aria-label={label}
          viewBox={`0 0 ${titles.length} ${HEIGHT}`}
          preserveAspectRatio="none"
          className="h-52 min-w-0 flex-1 overflow-visible"
        >
          {marks.map((value) => (
            <line
              key={value}
              x1="0"
              x2={titles.length}
              y1={heightOf(top - value, top)}
              y2={heightOf(top - value, top)}
              vectorEffect="non-scaling-stroke"
              className={value === 0 ? "stroke-border-strong" : "stroke-border"}
            />
          ))}
          {titles.map((title, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
            <g key={index} className="group">
              <title>{title}</title>
              <rect
                x={index}
                y="0"
                width="1"
                height={HEIGHT}
                className="fill-transparent group-hover:fill-surface-hover"
              />
              {segments(series, index, top).map(({ tone, y, height }) => (
                <rect key={tone} x={index + GAP / 2} y={y} width={1 - GAP} height={height} className={TONES[tone]} />
              ))}
            </g>
          ))}
        </svg>
      </div>
      <div aria-hidden className="mt-2 flex justify-between gap-2 pl-11 text-text-muted text-xs">
        {ticks.map((tick, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a tick is its place
          <span key={index} className={classNames(index % 2 === 1 && "max-sm:hidden")}>
            {tick}
          </span>
        ))}
      </div>
    </figure>
  );
}

/** What the colours mean, in the order in which they stand in a bar. */
export function BarLegend({ series }: { series: readonly Pick<BarSeries, "name" | "tone">[] }) {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
      {series.map(({ name, tone }) => (
        <li key={name} className="flex items-center gap-1.5">
          <svg aria-hidden="true" viewBox="0 0 10 10" className="size-2.5">
            <rect width="10" height="10" rx="2" className={TONES[tone]} />
          </svg>
          {name}
        </li>
      ))}
    </ul>
  );
}

const HEIGHT = 100;
const GAP = 0.24;
/** A single request among millions is still to be seen. */
const LEAST = 1.5;

function segments(series: readonly BarSeries[], index: number, top: number) {
  const shown = series.flatMap(({ tone, values }) => {
    const value = values[index] ?? 0;
    return value === 0 ? [] : [{ tone, value, height: Math.max(LEAST, heightOf(value, top)) }];
  });
  // What the smallest are drawn too high is taken from the highest, so that the bar ends where its sum does.
  const sum = shown.reduce((all, { value }) => all + value, 0);
  const excess = shown.reduce((all, { height }) => all + height, 0) - heightOf(sum, top);
  const highest = shown.toSorted((a, b) => b.height - a.height)[0];
  if (highest) highest.height = Math.max(LEAST, highest.height - excess);
  let y = HEIGHT;
  return shown.map(({ tone, height }) => {
    y -= height;
    return { tone, y: round(y), height: round(height) };
  });
}

const heightOf = (value: number, top: number): number => round((value / top) * HEIGHT);
const round = (value: number): number => Math.round(value * 100) / 100;

/** Where the lines of the scale are: at most five, at whole steps of 1, 2 or 5 times a power of ten, from 0 to past `most`. */
export function scaleFor(most: number): number[] {
  let unit = 1;
  while (unit * 40 < most) unit *= 10;
  const step = unit * ([1, 2, 5].find((times) => times * unit * 4 >= most) ?? 10);
  const steps = Math.max(1, Math.ceil(most / step));
  return Array.from({ length: steps + 1 }, (_, i) => i * step);
}

/** "950", "12K", "3.4M". */
export const shortNumber = (value: number): string => SHORT.format(value);
const SHORT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
