import type { BarSeries, BarTone } from "@/components/ui/bar-chart";
import type { Outcome } from "@/lib/usage/outcome";
import type { Usage } from "@/lib/usage/schema";

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

/** Allowed requests and the denied ones by reason, as the chart stacks them: the rarer reasons share a colour. */
export function seriesOf({ data, total }: Usage): BarSeries[] {
  const reasons = reasonsOf(total).map(({ code }) => code);
  const own = reasons.length > TONES.length + 1 ? reasons.slice(0, TONES.length) : reasons.slice(0, TONES.length + 1);
  const rest = reasons.slice(own.length);
  const countsOf = (codes: string[]) =>
    data.map(({ denied }) => codes.reduce((sum, code) => sum + (denied[code] ?? 0), 0));
  const series: BarSeries[] = [{ name: "Allowed", tone: "accent", values: data.map(({ allowed }) => allowed) }];
  own.forEach((code, index) => {
    series.push({
      name: `Denied: ${reasonLabel(code).toLowerCase()}`,
      tone: TONES[index] ?? OTHERS,
      values: countsOf([code]),
    });
  });
  if (rest.length > 0) series.push({ name: "Denied: other reasons", tone: OTHERS, values: countsOf(rest) });
  return series;
}

const TONES: BarTone[] = ["danger", "warning", "muted"];
const OTHERS: BarTone = "text";
