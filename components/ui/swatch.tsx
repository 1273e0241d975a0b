import { CHART_TONES, type ChartTone } from "@/components/ui/chart-tones";

/** The colour of a part of a chart, beside its name. */
export function Swatch({ tone }: { tone: ChartTone }) {
  return (
    <svg aria-hidden="true" viewBox="0 0 10 10" className="size-2.5 shrink-0">
      <rect width="10" height="10" rx="2" className={CHART_TONES[tone]} />
    </svg>
  );
}
