import type { FieldValues, UseFormSetError } from "react-hook-form";
import { applyProblem, type FormAlert, type Problem } from "@/components/api-client";
import { FIELD_LABELS, type FormField } from "@/components/api-keys/field-labels";
import { absoluteTime } from "@/components/ui/time-format";
import type { Exceeding } from "@/lib/errors";

/** What a screen calls the things whose ids the API names. */
export type ShownNames = {
  permission?: (id: string) => string;
  subaccount?: (id: string) => string;
  region?: (id: string) => string;
};

// The API's own words are for scripts. Sessions end after an idle hour, so people meet this with a form half filled.
const SESSION_ENDED =
  "Your session has ended. Sign in again in another tab, then repeat this: nothing typed here is lost.";

/** A problem in a sentence or a few, for a dialog or a notification without fields. */
export function problemText(problem: Problem, names?: ShownNames): string {
  if (problem.code === "unauthenticated") return SESSION_ENDED;
  const ofFields = (problem.errors ?? []).map(({ detail }) => detail);
  const said = ofFields.length > 0 ? ofFields : [problem.detail ?? `${problem.title}.`];
  return [...said, ...exceedingText(problem.exceeding, names)].join(" ");
}

/** Puts what the API refused onto a form's fields; returns what the form shows at its top, null if nothing is left. */
export function showProblem<T extends FieldValues>(
  problem: Problem,
  setError: UseFormSetError<T>,
  fields: readonly (keyof T & string)[],
  names?: ShownNames,
): FormAlert | null {
  if (problem.code === "unauthenticated") return { title: SESSION_ENDED, details: [] };
  if (!problem.exceeding) return applyProblem(problem, setError, fields);
  return { title: problem.detail ?? problem.title, details: exceedingText(problem.exceeding, names) };
}

/** Names what is too much, per field of a key, in the words of the screen. */
function exceedingText(exceeding: Exceeding = {}, names: ShownNames = {}): string[] {
  const { permissions, scopes, subaccounts, ips, expires_at, environment, region_id } = exceeding;
  const each = (ids: readonly string[] | undefined, every: string, nameOf = (id: string) => id) =>
    ids?.map((id) => (id === "*" ? every : nameOf(id)));
  const end = expires_at === null ? "never" : expires_at === undefined ? undefined : absoluteTime(expires_at);
  const said: Partial<Record<FormField, readonly (string | undefined)[] | undefined>> = {
    permissions: each(permissions, "no limit", names.permission),
    scopes: scopes?.map(({ action, resource }) => `${action} on ${resource}`),
    allowed_subaccounts: each(subaccounts, "all of them", names.subaccount),
    allowed_ips: ips,
    expires_at: [end],
    environment: [environment],
    region_id: [region_id && (names.region?.(region_id) ?? region_id)],
  };
  return FIELD_LABELS.flatMap(([field, label]) => {
    const things = (said[field] ?? []).filter((thing) => thing !== undefined);
    return things.length > 0 ? [`${label}: ${things.join(", ")}.`] : [];
  });
}
