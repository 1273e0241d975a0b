import { CHART_TONES, type ChartTone } from "@/components/ui/chart-tones";

/** A share of a whole as a thin bar. It only repeats a number that stands beside it, so that screen readers skip it. */
export function Meter({ share, tone = "accent" }: { share: number; tone?: ChartTone }) {
  return (
    <svg aria-hidden="true" viewBox="0 0 100 1" preserveAspectRatio="none" className="mt-1 h-1.5 w-full rounded-sm">
      <rect width="100" height="1" className="fill-surface-hover" />
      <rect width={Math.max(0.5, Math.round(share * 1000) / 10)} height="1" className={CHART_TONES[tone]} />
    </svg>
  );
}
