import type { RequestContext } from "@/lib/context";
import { csvRecord } from "@/lib/csv";
import { getUsage } from "@/lib/usage/operations";
import { OUTCOMES } from "@/lib/usage/outcome";
import { deniedIn } from "@/lib/usage/view";

const REASONS = OUTCOMES.filter((outcome) => outcome !== "VALID");

/** The answer of `getUsage` as CSV: a record per point, with a column for each reason of a denial. */
export async function* usageCsv(context: RequestContext, query: unknown): AsyncGenerator<string> {
  const { data } = await getUsage(context, { query });
  yield csvRecord(["at", "allowed", "denied", ...REASONS]);
  for (const point of data) {
    const reasons = REASONS.map((reason) => point.denied[reason] ?? 0);
    yield csvRecord([new Date(point.at * 1000).toISOString(), point.allowed, deniedIn(point), ...reasons]);
  }
}
