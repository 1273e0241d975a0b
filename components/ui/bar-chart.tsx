"use client";

import { type PointerEvent, useRef, useState } from "react";
import { BarBubble } from "@/components/ui/bar-bubble";
import { HEIGHT, heightOf, partsOf, scaleFor, shortNumber } from "@/components/ui/bar-scale";
import { CHART_TONES, type ChartTone } from "@/components/ui/chart-tones";
import { classNames } from "@/components/ui/class-names";
import { Swatch } from "@/components/ui/swatch";

export type BarSeries = {
  name: string;
  tone: ChartTone;
  values: readonly number[];
  /** Is drawn where it is next to nothing too. For one series of a chart: every mark takes from what is true. */
  isMarked?: boolean;
};

type BarChartProps = {
  /** What the chart shows, for who cannot see it: the numbers that matter, in a sentence or two. */
  label: string;
  /** From the bottom of each bar to its top. All of them have as many values as there are points. */
  series: readonly BarSeries[];
  /** When each point was, and the whole of it in words. */
  points: readonly { time: string; words: string }[];
  /** Written below the chart at even distances. */
  ticks: readonly string[];
  /** Half as high, for what stands below another chart. */
  low?: boolean;
};

/**
 * Stacked bars as plain SVG, there before any script: it stretches to its place, so its lettering stands around it as
 * text. The numbers of a bar appear where the pointer is, and where a slider without a look of its own stands, which
 * gives them to the keyboard and to screen readers. To those the drawing is one image with `label`; a table with the
 * numbers should be at hand.
 */
export function BarChart({ label, series, points, ticks, low = false }: BarChartProps) {
  const slider = useRef<HTMLInputElement>(null);
  const [hovered, setHovered] = useState<number | null>(null);
  const [held, setHeld] = useState(points.length - 1);
  const [hasFocus, setHasFocus] = useState(false);
  const sums = points.map((_, index) => series.reduce((sum, { values }) => sum + (values[index] ?? 0), 0));
  const marks = scaleFor(Math.max(...sums, 0));
  const top = marks.at(-1) ?? 1;
  const shown = hovered ?? (hasFocus ? held : null);

  const onPointer = (event: PointerEvent<SVGSVGElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const index = Math.floor(((event.clientX - left) / width) * points.length);
    if (index < 0 || index >= points.length) return;
    if (event.pointerType !== "touch") setHovered(index);
    if (event.pointerType !== "touch" && event.type !== "pointerdown") return;
    // A finger leaves at once; what it touched stays until it touches something else.
    setHeld(index);
    slider.current?.focus();
  };

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
        <div className="relative min-w-0 flex-1 rounded-sm has-focus-visible:outline-2 has-focus-visible:outline-accent-text has-focus-visible:outline-offset-2">
          <svg
            role="img"
            aria-label={label}
            viewBox={`0 0 ${points.length} ${HEIGHT}`}
            preserveAspectRatio="none"
            className={classNames("block w-full touch-pan-y overflow-visible", low ? "h-32" : "h-52")}
            onPointerMove={onPointer}
            onPointerDown={onPointer}
            onPointerLeave={() => setHovered(null)}
            // A click is not to take the focus from the slider again.
            onMouseDown={(event) => event.preventDefault()}
          >
            {marks.map((value) => (
              <line
                key={value}
                x1="0"
                x2={points.length}
                y1={heightOf(top - value, top)}
                y2={heightOf(top - value, top)}
                vectorEffect="non-scaling-stroke"
                className={value === 0 ? "stroke-border-strong" : "stroke-border"}
              />
            ))}
            <rect width={points.length} height={HEIGHT} className="fill-transparent" />
            {shown === null ? null : <rect x={shown} width="1" height={HEIGHT} className="fill-text opacity-10" />}
            {points.map(({ time }, index) => (
              <g key={time}>
                {partsAt(series, index, top).map(({ tone, y, height }) => (
                  <rect
                    key={tone}
                    x={index + GAP / 2}
                    y={y}
                    width={1 - GAP}
                    height={height}
                    className={CHART_TONES[tone]}
                  />
                ))}
              </g>
            ))}
          </svg>
          <input
            ref={slider}
            type="range"
            min={0}
            max={points.length - 1}
            value={held}
            aria-label="Bar by bar"
            aria-valuetext={points[held]?.words ?? ""}
            onChange={(event) => setHeld(event.target.valueAsNumber)}
            onFocus={() => setHasFocus(true)}
            onBlur={() => setHasFocus(false)}
            className="pointer-events-none absolute inset-0 size-full opacity-0"
          />
          {shown === null ? null : (
            <BarBubble
              index={shown}
              count={points.length}
              time={points[shown]?.time ?? ""}
              values={series
                .map(({ name, tone, values }) => ({ name, tone, value: values[shown] ?? 0 }))
                .filter(({ value }) => value > 0)
                .reverse()}
            />
          )}
        </div>
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
          <Swatch tone={tone} />
          {name}
        </li>
      ))}
    </ul>
  );
}

const GAP = 0.24;

const partsAt = (series: readonly BarSeries[], index: number, top: number) =>
  partsOf(
    series.map(({ tone, values, isMarked = false }) => ({ tone, value: values[index] ?? 0, isMarked })),
    top,
  );
