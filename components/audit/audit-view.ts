import { ACTION_FILTER } from "@/lib/audit/actions";
import { MAX_UNIX_SECONDS } from "@/lib/clock";
import { ID_SHAPE } from "@/lib/id-shape";

/** What the address of the audit log says. `from` and `to` are days of UTC, both included. */
export type AuditView = { action: string; api_key_id: string; from: string; to: string; cursor: string | null };

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const DAY_SECONDS = 86_400;

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
    api_key_id: read("api_key_id", ID_SHAPE),
    from: day("from"),
    to: day("to"),
    cursor: read("cursor", /^[\w-]{1,1000}$/) || null,
  };
}

/** The API's query for the view, without its place in the list. A range that ends before it begins is empty. */
export function auditQuery({ action, api_key_id, from, to }: AuditView): Record<string, string> {
  const query = {
    action,
    api_key_id,
    from: from && String(startOf(from)),
    to: to && String(startOf(to) + DAY_SECONDS),
  };
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ""));
}

/** Whether the calendar has the day, and the API takes its start and its end for Unix seconds. */
function isDay(text: string): boolean {
  const start = startOf(text);
  if (Number.isNaN(start) || start < 0 || start + DAY_SECONDS > MAX_UNIX_SECONDS) return false;
  return new Date(start * 1000).toISOString().startsWith(text);
}

const startOf = (day: string): number => Date.parse(day) / 1000;

/** True if the view leaves anything out. */
export const isFiltered = (view: AuditView): boolean => Object.keys(auditQuery(view)).length > 0;

/** The address of the view at another place of the list. */
export function auditHref(view: AuditView, cursor: string | null): `/audit-log?${string}` | "/audit-log" {
  const { action, api_key_id, from, to } = view;
  const said = Object.entries({ action, api_key_id, from, to, cursor: cursor ?? "" }).filter(
    ([, value]) => value !== "",
  );
  return said.length === 0 ? "/audit-log" : `/audit-log?${new URLSearchParams(said)}`;
}
