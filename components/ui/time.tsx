"use client";

import { useSyncExternalStore } from "react";
import { absoluteTime, localTime, relativeTime, type TimeStyle } from "@/components/ui/time-format";

type TimeProps = {
  /** Unix seconds. */
  value: number;
  /** "relative" counts from now; the others are absolute, in UTC. */
  format?: "relative" | TimeStyle;
  className?: string;
};

/** A moment. The server and the first render write it in UTC; the browser then counts from now and names its own zone. */
export function Time({ value, format = "relative", className }: TimeProps) {
  const now = useSyncExternalStore(subscribe, currentMinute, noTime);
  const style = format === "relative" ? "minute" : format;
  const text = now !== null && format === "relative" ? relativeTime(value, now) : absoluteTime(value, style);
  const title = now === null ? absoluteTime(value, "second") : `${localTime(value)}\n${absoluteTime(value, "second")}`;

  return (
    <time dateTime={new Date(value * 1000).toISOString()} title={title} className={className}>
      {text}
    </time>
  );
}

/** One clock for all times on the page, so that they change together. */
const listeners = new Set<() => void>();
let minute = 0;
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, 15_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
    minute = 0;
  };
}

function tick(): void {
  minute = Math.floor(Date.now() / 1000);
  for (const listener of listeners) listener();
}

function currentMinute(): number {
  minute ||= Math.floor(Date.now() / 1000);
  return minute;
}

const noTime = (): number | null => null;
