import { labelOf } from "@/components/api-keys/field-labels";
import { absoluteTime } from "@/components/ui/time-format";

/** One field of an event: what it was and what it is, in words. Null = there was nothing on that side. */
export type ShownChange = { field: string; before: string | null; after: string | null };

/** The changes of an event, readable: no JSON where a sentence does. */
export function shownChanges(changes: Record<string, [unknown, unknown]>): ShownChange[] {
  return Object.entries(changes)
    .map(([name, [before, after]]) => ({
      field: fieldLabel(name),
      before: valueText(name, before),
      after: valueText(name, after),
    }))
    .filter(({ before, after }) => before !== null || after !== null);
}

const FIELDS: Record<string, string> = {
  is_active: "Active",
  all_subaccounts: "All subaccounts",
  token_preview: "Token",
  grace_period_ends_at: "Overlap ends",
  grace_period_seconds: "Overlap",
  ip: "Address",
  email: "E-mail",
};

const fieldLabel = (name: string): string => {
  const words = name.replaceAll("_", " ");
  return FIELDS[name] ?? labelOf(name) ?? words.slice(0, 1).toUpperCase() + words.slice(1);
};

function valueText(name: string, value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return name.endsWith("_at") ? absoluteTime(value) : value.toLocaleString("en");
  if (typeof value === "string") return value === "" ? "(empty)" : value;
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(itemText).join(", ");
  return itemText(value);
}

function itemText(item: unknown): string {
  if (typeof item === "string" || typeof item === "number") return String(item);
  if (typeof item === "object" && item !== null && "action" in item && "resource" in item) {
    return `${String(item.action)} on ${String(item.resource)}`;
  }
  return JSON.stringify(item);
}
