import type { UseFormSetError } from "react-hook-form";
import { applyProblem, type FormAlert, type Problem } from "@/components/api-client";
import type { KeyFormValues } from "@/components/api-keys/form-values";
import type { KeyFormOptions } from "@/components/api-keys/key-form";
import { absoluteTime } from "@/components/ui/time-format";
import type { Exceeding } from "@/lib/errors";

const FIELDS = [
  "name",
  "description",
  "environment",
  "region_id",
  "expires_at",
  "allowed_ips",
  "allowed_subaccounts",
  "permissions",
  "scopes",
] as const satisfies readonly (keyof KeyFormValues)[];

/** Puts what the API refused onto the form's fields; returns what the form shows at its top, or null. */
export function showProblem(
  problem: Problem,
  setError: UseFormSetError<KeyFormValues>,
  options: KeyFormOptions,
): FormAlert | null {
  if (problem.exceeding) {
    const title = problem.detail ?? problem.title;
    return { title, details: exceedingText(problem.exceeding, options) };
  }
  if (problem.code === "unauthenticated") return { title: SESSION_ENDED, details: [] };
  return applyProblem(problem, setError, FIELDS) ?? { title: "Some fields need attention", details: [] };
}

/** A problem in one or two sentences, for a dialog without fields. */
export function problemText(
  problem: Problem,
  options?: Pick<KeyFormOptions, "choice" | "subaccounts" | "regions">,
): string {
  if (problem.code === "unauthenticated") return SESSION_ENDED;
  const sentences = [problem.detail ?? `${problem.title}.`];
  if (problem.exceeding && options) sentences.push(...exceedingText(problem.exceeding, options));
  return sentences.join(" ");
}

// The API's own words are for scripts. Sessions end after an idle hour, so people meet this with a form half filled.
const SESSION_ENDED =
  "Your session has ended. Sign in again in another tab, then repeat this: nothing typed here is lost.";

/** Names what is too much, per axis, in the words of the screen. */
export function exceedingText(
  exceeding: Exceeding,
  { choice, subaccounts, regions }: Pick<KeyFormOptions, "choice" | "subaccounts" | "regions">,
): string[] {
  const groups = [...choice.structure.account, ...choice.structure.product];
  const titles = new Map(
    groups.flatMap(({ permissions }) => permissions.map(({ id, description }) => [id, description])),
  );
  const nameOf = (id: string) => subaccounts.find((subaccount) => subaccount.id === id)?.name ?? id;
  const said: [string, readonly string[] | undefined][] = [
    [
      "Permissions",
      exceeding.permissions?.map((id) => `${id} (${(titles.get(id) ?? "no longer offered").replace(/\.$/, "")})`),
    ],
    ["Scopes", exceeding.scopes?.map(({ action, resource }) => `${action} on ${resource}`)],
    ["Subaccounts", exceeding.subaccounts?.map((id) => (id === "*" ? "all of them" : nameOf(id)))],
    ["Addresses", exceeding.ips],
    ["Expiry", expiryText(exceeding.expires_at)],
    ["Environment", exceeding.environment === undefined ? undefined : [exceeding.environment]],
    ["Region", regionText(exceeding.region_id, regions)],
  ];
  return said.flatMap(([axis, things]) => (things && things.length > 0 ? [`${axis}: ${things.join(", ")}.`] : []));
}

function expiryText(expiresAt: number | null | undefined): string[] | undefined {
  if (expiresAt === undefined) return undefined;
  return [expiresAt === null ? "none" : absoluteTime(expiresAt)];
}

function regionText(id: string | undefined, regions: KeyFormOptions["regions"]): string[] | undefined {
  return id === undefined ? undefined : [regions.find((region) => region.id === id)?.name ?? id];
}
