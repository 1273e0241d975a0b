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

/** How far a moment is from `now` (both Unix seconds), rounded towards now: "in 6 days", "3 hours ago", "just now". */
export function relativeTime(seconds: number, now: number): string {
  const distance = seconds - now;
  for (const [unit, length] of UNITS) {
    const count = Math.trunc(distance / length);
    if (count !== 0) return RELATIVE.format(count, unit);
  }
  return distance > 0 ? "in less than a minute" : "just now";
}

const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "always" });
