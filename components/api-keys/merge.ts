import { accessWords } from "@/components/api-keys/change-text";
import { expiryOf } from "@/components/api-keys/expiry-choice";
import { EDITED_LABELS, type EditedField } from "@/components/api-keys/field-labels";
import { type KeyFormValues, scopesOf } from "@/components/api-keys/form-values";
import type { KeyFormOptions } from "@/components/api-keys/key-form";
import { changesBetween } from "@/lib/api-keys/changes";
import type { ApiKey } from "@/lib/api-keys/view";

export type MergeSide = "mine" | "theirs";
export type MergeChoices = Partial<Record<EditedField, MergeSide>>;

/** A field in which the two edits differ, in words, item by item. */
export type Difference = {
  field: EditedField;
  label: string;
  changedBy: MergeSide | "both";
  before: string[];
  mine: string[];
  theirs: string[];
};

/** The three states of a merge: what both edits started from, what this form holds, and what was saved meanwhile. */
export type MergeStates = Record<"before" | MergeSide, KeyFormValues>;

/** Where what is saved by now differs from what the form holds, in the order of the form. `now` in Unix seconds. */
export function differencesOf(
  { before, mine, theirs }: MergeStates,
  { subaccounts }: Pick<KeyFormOptions, "subaccounts">,
  now: number,
): Difference[] {
  const [apart, ofMine, ofTheirs] = [changes(mine, theirs), changes(before, mine), changes(before, theirs)];
  const words = (values: KeyFormValues) => wordsOf(values, subaccounts, now);
  const [beforeWords, mineWords, theirWords] = [words(before), words(mine), words(theirs)];
  return EDITED_LABELS.filter(([field]) => field in apart).map(([field, label]) => ({
    field,
    label,
    changedBy: field in ofMine && field in ofTheirs ? "both" : field in ofMine ? "mine" : "theirs",
    before: beforeWords[field],
    mine: mineWords[field],
    theirs: theirWords[field],
  }));
}

/** The side of each field that only one of the two changed; where both did, a person has to choose. */
export function plainChoices(differences: readonly Difference[]): MergeChoices {
  return Object.fromEntries(
    differences.flatMap(({ field, changedBy }) => (changedBy === "both" ? [] : [[field, changedBy]])),
  );
}

/** What is saved by now, with those fields from the form for which "mine" was chosen. */
export function mergedValues({ mine, theirs }: Pick<MergeStates, MergeSide>, choices: MergeChoices): KeyFormValues {
  const from = (field: EditedField) => (choices[field] === "mine" ? mine : theirs);
  return {
    ...theirs,
    name: from("name").name,
    description: from("description").description,
    expires_at: from("expires_at").expires_at,
    allowed_ips: from("allowed_ips").allowed_ips,
    all_subaccounts: from("allowed_subaccounts").all_subaccounts,
    allowed_subaccounts: from("allowed_subaccounts").allowed_subaccounts,
    permissions: from("permissions").permissions,
    scopes: from("scopes").scopes,
  };
}

/** What the other did to the key besides, which this form does not hold, in words. */
export function doneBesides(before: ApiKey, theirs: ApiKey): string[] {
  const done: string[] = [];
  if (before.is_active !== theirs.is_active) done.push(theirs.is_active ? "reactivated it" : "disabled it");
  if (before.regenerated_at !== theirs.regenerated_at) done.push("regenerated its token");
  return done;
}

const changes = (from: KeyFormValues, to: KeyFormValues) => changesBetween(comparable(from), comparable(to));

/** What counts as the value of each field: without the blanks that saving takes off, and without what is not in force. */
function comparable(values: KeyFormValues) {
  const { choice, local } = values.expires_at;
  return {
    name: values.name.trim(),
    description: values.description.trim(),
    expires_at: choice === "custom" ? local : choice,
    allowed_ips: values.allowed_ips,
    allowed_subaccounts: values.all_subaccounts ? "all" : values.allowed_subaccounts,
    permissions: values.permissions,
    scopes: scopesOf(values),
  };
}

function wordsOf(values: KeyFormValues, subaccounts: KeyFormOptions["subaccounts"], now: number) {
  const access = { ...values, scopes: scopesOf(values), expires_at: expiryOf(values.expires_at, now) ?? null };
  return {
    name: [values.name.trim()],
    description: [values.description.trim() || "none"],
    ...accessWords(access, subaccounts),
  };
}
