"use client";

import { useLayoutEffect, useRef } from "react";
import type { ChartTone } from "@/components/ui/chart-tones";
import { Swatch } from "@/components/ui/swatch";

type BarBubbleProps = {
  /** Which bar, of how many. */
  index: number;
  count: number;
  time: string;
  values: readonly { name: string; tone: ChartTone; value: number }[];
};

/** The numbers of one bar, beside it. The slider below the chart says them to screen readers. */
export function BarBubble({ index, count, time, values }: BarBubbleProps) {
  const bubble = useRef<HTMLDivElement>(null);
  // By hand: the content security policy refuses style attributes.
  useLayoutEffect(() => {
    if (!bubble.current) return;
    const isLeft = index < count / 2;
    bubble.current.style.left = isLeft ? `${((index + 1) / count) * 100}%` : "auto";
    bubble.current.style.right = isLeft ? "auto" : `${((count - index) / count) * 100}%`;
  }, [index, count]);
  return (
    <div
      ref={bubble}
      aria-hidden
      className="pointer-events-none absolute top-0 z-10 mx-2 min-w-36 rounded-md border border-border bg-surface-raised px-3 py-2 text-xs shadow-overlay"
    >
      <p className="whitespace-nowrap font-medium">{time}</p>
      {values.length === 0 ? <p className="text-text-muted">None</p> : null}
      <dl className="mt-1 grid grid-cols-[auto_1fr_auto] items-center gap-x-2 gap-y-0.5">
        {values.map(({ name, tone, value }) => (
          <div key={name} className="col-span-3 grid grid-cols-subgrid items-center">
            <Swatch tone={tone} />
            <dt className="whitespace-nowrap text-text-muted">{name}</dt>
            <dd className="text-right font-medium tabular-nums">{value.toLocaleString("en")}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
