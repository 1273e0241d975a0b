import { ACTION_FILTER, AUDIT_OUTCOMES, PRINCIPAL_FILTER } from "@/lib/audit/actions";
import { MAX_UNIX_SECONDS } from "@/lib/clock";
import { ID_SHAPE } from "@/lib/id-shape";

const FILTERS = ["action", "outcome", "principal_id", "api_key_id", "from", "to"] as const;
export type AuditFilter = (typeof FILTERS)[number];

/** What the address of the audit log says; "" is not said. `from` and `to` are days of UTC, both included. */
export type AuditView = Record<AuditFilter, string> & { cursor: string | null };

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const DAY_SECONDS = 86_400;
const OUTCOME = new RegExp(`^(?:${AUDIT_OUTCOMES.join("|")})$`);

/** The view that an address names. What it says wrongly counts as not said. */
export function readAuditView(params: Record<string, string | string[] | undefined>): AuditView {
  const read = (name: string, shape: RegExp): string => {
    const value = params[name];
    return typeof value === "string" && shape.test(value.trim()) ? value.trim() : "";
  };
  const day = (name: string): string => {
    const text = read(name, DAY);
    return isDay(text) ? text : "";
  };
  return {
    action: read("action", ACTION_FILTER),
    outcome: read("outcome", OUTCOME),
    principal_id: read("principal_id", PRINCIPAL_FILTER),
    api_key_id: read("api_key_id", ID_SHAPE),
    from: day("from"),
    to: day("to"),
    cursor: read("cursor", /^[\w-]{1,1000}$/) || null,
  };
}

/** The API's query for the view, without its place in the list; null for a range that ends before it begins. */
export function auditQuery(view: AuditView): Record<string, string> | null {
  if (endsBeforeItBegins(view)) return null;
  const { from, to } = view;
  const times = { from: from && String(startOf(from)), to: to && String(startOf(to) + DAY_SECONDS) };
  return Object.fromEntries(saidIn({ ...view, ...times }));
}

export const endsBeforeItBegins = ({ from, to }: Pick<AuditView, "from" | "to">): boolean =>
  from !== "" && to !== "" && from > to;

/** Whether the calendar has the day, and the API takes its start and its end for Unix seconds. */
function isDay(text: string): boolean {
  const start = startOf(text);
  if (Number.isNaN(start) || start < 0 || start + DAY_SECONDS > MAX_UNIX_SECONDS) return false;
  return new Date(start * 1000).toISOString().startsWith(text);
}

const startOf = (day: string): number => Date.parse(day) / 1000;

const saidIn = (view: AuditView): [AuditFilter, string][] =>
  FILTERS.map((name): [AuditFilter, string] => [name, view[name]]).filter(([, value]) => value !== "");

/** True if the view leaves anything out. */
export const isFiltered = (view: AuditView): boolean => saidIn(view).length > 0;

/** The address of the view at another place of the list. */
export function auditHref(view: AuditView, cursor: string | null): `/audit-log?${string}` | "/audit-log" {
  const said = [...saidIn(view), ...(cursor === null ? [] : [["cursor", cursor]])];
  return said.length === 0 ? "/audit-log" : `/audit-log?${new URLSearchParams(said)}`;
}

const KEY_ID = /^key_[0-9a-z]{24}$/;
export type FilterErrors = Partial<Record<AuditFilter, string>>;

/** What is wrong with filters as someone wrote them, by field. */
export function filterErrors({ api_key_id, from, to }: Pick<AuditView, "api_key_id" | "from" | "to">): FilterErrors {
  const errors: FilterErrors = {};
  if (api_key_id !== "" && !KEY_ID.test(api_key_id)) {
    errors.api_key_id = "A key's id is key_ and 24 letters and digits. Copy ID in the key's menu has it.";
  }
  if (endsBeforeItBegins({ from, to })) errors.to = "This is before From.";
  return errors;
}
