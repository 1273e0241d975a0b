import type { UseFormSetError } from "react-hook-form";
import type { FormAlert, Problem } from "@/components/api-client";
import { FORM_FIELDS } from "@/components/api-keys/field-labels";
import type { KeyFormValues } from "@/components/api-keys/form-values";
import type { KeyFormOptions } from "@/components/api-keys/key-form";
import { type ShownNames, showProblem } from "@/components/problem-text";

/** Puts what the API refused onto the fields of a key's form; returns what the form shows at its top. */
export function showKeyProblem(
  problem: Problem,
  setError: UseFormSetError<KeyFormValues>,
  options: KeyFormOptions,
): FormAlert {
  const alert = showProblem(problem, setError, FORM_FIELDS, shownNames(options));
  return alert ?? { title: "Some fields need attention", details: [] };
}

/** The names of what the form chooses from. */
export function shownNames({ choice, subaccounts, regions }: KeyFormOptions): ShownNames {
  const groups = [...choice.structure.account, ...choice.structure.product];
  const titles = new Map(
    groups.flatMap(({ permissions }) => permissions.map(({ id, description }) => [id, description])),
  );
  const nameIn = (list: readonly { id: string; name: string }[], id: string) =>
    list.find((item) => item.id === id)?.name ?? id;
  return {
    permission: (id) => `${id} (${(titles.get(id) ?? "no longer offered").replace(/\.$/, "")})`,
    subaccount: (id) => nameIn(subaccounts, id),
    region: (id) => nameIn(regions, id),
  };
}
