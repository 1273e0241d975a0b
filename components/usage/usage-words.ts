import { absoluteTime } from "@/components/ui/time-format";
import { reasonLabel, reasonsOf } from "@/components/usage/reasons";
import type { Interval } from "@/lib/usage/retention";
import type { Usage, UsagePoint } from "@/lib/usage/schema";
import { deniedIn } from "@/lib/usage/view";

export const number = (value: number): string => value.toLocaleString("en");

/** "1 request", "1,204 requests". */
export const requests = (count: number): string => (count === 1 ? "1 request" : `${number(count)} requests`);

/** When a point begins, in UTC, as exact as its interval. */
export function pointTime(at: number, interval: Interval): string {
  return absoluteTime(at, interval === "day" ? "date" : "minute");
}

/** A point's bar in words: "20 Nov 2026, 14:00 UTC: 12 allowed, 3 denied (2 expired key, 1 missing permission)". */
export function pointTitle(point: UsagePoint, interval: Interval): string {
  const reasons = Object.entries(point.denied).map(
    ([code, count]) => `${number(count)} ${reasonLabel(code).toLowerCase()}`,
  );
  const why = reasons.length > 0 ? ` (${reasons.join(", ")})` : "";
  return `${pointTime(point.at, interval)}: ${number(point.allowed)} allowed, ${number(deniedIn(point))} denied${why}`;
}

/** The refusals of a range in words: "974 denied: 297 too many requests, 245 address not allowed." */
export function deniedText({ total }: Pick<Usage, "total">): string {
  const reasons = reasonsOf(total).map(({ code, count }) => `${number(count)} ${reasonLabel(code).toLowerCase()}`);
  return `${number(deniedIn(total))} denied: ${reasons.join(", ")}.`;
}

/** The chart in words, for who cannot see it. */
export function chartText({ data, total }: Usage, interval: Interval): string {
  const all = total.allowed + deniedIn(total);
  if (all === 0) return "No requests in this range.";
  const [reason] = reasonsOf(total);
  const busiest = data.reduce((most, point) => (sum(point) > sum(most) ? point : most));
  const sentences = [
    `${requests(all)}: ${number(total.allowed)} allowed, ${number(all - total.allowed)} denied.`,
    reason ? `Most often denied for: ${reasonLabel(reason.code).toLowerCase()}.` : "",
    `Most in one ${interval}: ${number(sum(busiest))}, ${interval === "day" ? "on" : "at"} ${pointTime(busiest.at, interval)}.`,
  ];
  return sentences.filter(Boolean).join(" ");
}

const sum = (point: UsagePoint): number => point.allowed + deniedIn(point);

/** Five times at even distances, short: the hour for a day, the day for more. */
export function ticksOf(data: readonly UsagePoint[], interval: Interval): string[] {
  const last = data.length - 1;
  const places = [0, 0.25, 0.5, 0.75, 1].map((part) => data[Math.round(part * last)]);
  const isLong = interval === "day" || data.length > 30;
  return places.map((point) => {
    if (!point) return "";
    const text = absoluteTime(point.at);
    const [day = "", clock = ""] = text.split(", ");
    return interval === "minute" || !isLong ? clock.slice(0, 5) : day.replace(/ \d{4}$/, "");
  });
}
