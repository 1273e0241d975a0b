import type { BarSeries } from "@/components/ui/bar-chart";
import type { ChartTone } from "@/components/ui/chart-tones";
import type { Outcome } from "@/lib/usage/outcome";
import type { Usage } from "@/lib/usage/schema";
import { deniedIn } from "@/lib/usage/view";

/** Why a request was denied, in words. */
export function reasonLabel(code: string): string {
  return REASONS.get(code) ?? code;
}

const WORDS: Record<Exclude<Outcome, "VALID">, string> = {
  NOT_FOUND: "Unknown token",
  REVOKED: "Revoked key",
  EXPIRED: "Expired key",
  DISABLED: "Disabled key",
  WRONG_ENVIRONMENT: "Wrong environment",
  WRONG_REGION: "Wrong region",
  IP_NOT_ALLOWED: "Address not allowed",
  SUBACCOUNT_NOT_ALLOWED: "Subaccount not allowed",
  INSUFFICIENT_PERMISSIONS: "Missing permission",
  RESOURCE_NOT_ALLOWED: "Resource not allowed",
  RATE_LIMITED: "Too many requests",
};
const REASONS: ReadonlyMap<string, string> = new Map(Object.entries(WORDS));

/** The reasons of a range, the most frequent first. */
export function reasonsOf({ denied }: Usage["total"]): { code: string; count: number }[] {
  const entries = Object.entries(denied).map(([code, count]) => ({ code, count }));
  return entries.sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
}

/**
 * A colour is of a reason, whatever else a range holds: reds for keys that are no more, ambers for the wrong place,
 * violets for what a key may not do.
 */
const TONES: Record<Exclude<Outcome, "VALID">, ChartTone> = {
  NOT_FOUND: "red-1",
  REVOKED: "red-2",
  EXPIRED: "red-3",
  DISABLED: "red-4",
  WRONG_ENVIRONMENT: "amber-1",
  WRONG_REGION: "amber-2",
  IP_NOT_ALLOWED: "amber-3",
  SUBACCOUNT_NOT_ALLOWED: "violet-1",
  INSUFFICIENT_PERMISSIONS: "violet-2",
  RESOURCE_NOT_ALLOWED: "violet-3",
  RATE_LIMITED: "teal-1",
};
const REASON_TONES: ReadonlyMap<string, ChartTone> = new Map(Object.entries(TONES));

export const reasonTone = (code: string): ChartTone => REASON_TONES.get(code) ?? "danger";

/** Allowed and denied. Of thousands, a single refusal is still to be seen. */
export function outcomeSeries({ data, total }: Usage): BarSeries[] {
  const allowed: BarSeries = { name: "Allowed", tone: "accent", values: data.map((point) => point.allowed) };
  if (deniedIn(total) === 0) return [allowed];
  return [allowed, { name: "Denied", tone: "danger", values: data.map(deniedIn), isMarked: true }];
}

/** The denied requests by reason, the most frequent at the bottom. */
export const reasonSeries = ({ data, total }: Usage): BarSeries[] =>
  reasonsOf(total).map(({ code }) => ({
    name: reasonLabel(code),
    tone: reasonTone(code),
    values: data.map(({ denied }) => denied[code] ?? 0),
  }));
