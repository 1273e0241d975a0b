import type { KeyFormValues } from "@/components/api-keys/form-values";

const TEXT_LABELS = [
  ["name", "Name"],
  ["description", "Description"],
] as const;

const PLACE_LABELS = [
  ["environment", "Environment"],
  ["region_id", "Region"],
] as const;

/** What a key is allowed: what an edit warns of. "Subaccount access" speaks of the list and of "all of them". */
export const ACCESS_LABELS = [
  ["expires_at", "Expiration"],
  ["allowed_ips", "IP restrictions"],
  ["allowed_subaccounts", "Subaccount access"],
  ["permissions", "Permissions"],
  ["scopes", "Scopes"],
] as const;

/** What two edits of one key can disagree on. */
export const EDITED_LABELS = [...TEXT_LABELS, ...ACCESS_LABELS] as const;

/** The fields of a key and what each is called, everywhere and in the order of the form. */
export const FIELD_LABELS = [...TEXT_LABELS, ...PLACE_LABELS, ...ACCESS_LABELS] as const satisfies readonly (readonly [
  keyof KeyFormValues,
  string,
])[];

export const FORM_FIELDS = FIELD_LABELS.map(([field]) => field);

export type FormField = (typeof FIELD_LABELS)[number][0];
export type AccessField = (typeof ACCESS_LABELS)[number][0];
export type EditedField = (typeof EDITED_LABELS)[number][0];

const LABELS: ReadonlyMap<string, string> = new Map(FIELD_LABELS);

/** What a field is called; one that is no field of the form has no name here. */
export const labelOf = (field: string): string | undefined => LABELS.get(field);
