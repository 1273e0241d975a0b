export type TimeStyle = "date" | "minute" | "second";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A moment (Unix seconds) in UTC, written the same on every machine: "3 Mar 2027, 14:05 UTC". */
export function absoluteTime(seconds: number, style: TimeStyle = "minute"): string {
  const date = new Date(seconds * 1000);
  const day = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
  if (style === "date") return day;
  const clock = date.toISOString().slice(11, style === "second" ? 19 : 16);
  return `${day}, ${clock} UTC`;
}

/** The same moment in the zone of this browser, with the zone's name. */
export function localTime(seconds: number): string {
  return new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "short",
  }).format(seconds * 1000);
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/**
 * How far a moment is from `now` (both Unix seconds). What is past is rounded towards now: "3 hours ago", "just now". What
 * is to come is rounded to the nearest, in a unit that hides little: "in 24 hours", "in 90 days", "in 13 months".
 */
export function relativeTime(seconds: number, now: number): string {
  const distance = seconds - now;
  if (distance >= 60) return timeAhead(distance);
  for (const [unit, length] of UNITS) {
    const count = Math.trunc(distance / length);
    if (count !== 0) return RELATIVE.format(count, unit);
  }
  return distance > 0 ? "in less than a minute" : "just now";
}

function timeAhead(distance: number): string {
  const [unit, length] = AHEAD.find(([, length, most]) => Math.round(distance / length) <= most) ?? MONTHS_AHEAD;
  const count = Math.round(distance / length);
  const isYears = unit === "month" && (count % 12 === 0 || count > 24);
  return isYears ? RELATIVE.format(Math.floor(count / 12), "year") : RELATIVE.format(count, unit);
}

/** Unit, its seconds, and up to how many of them it is used for what is to come; beyond that it is months. */
const AHEAD: [Intl.RelativeTimeFormatUnit, number, number][] = [
  ["minute", 60, 119],
  ["hour", 3_600, 47],
  ["day", 86_400, 99],
];
const MONTHS_AHEAD: [Intl.RelativeTimeFormatUnit, number] = ["month", 2_629_800];

const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "always" });
