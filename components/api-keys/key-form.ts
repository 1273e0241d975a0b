import { toNestErrors } from "@hookform/resolvers";
import { type FieldErrors, type Resolver, useForm, useFormContext } from "react-hook-form";
import type { z } from "zod";
import { formErrors, type KeyFormValues } from "@/components/api-keys/form-values";
import type { PermissionChoice } from "@/components/api-keys/permission-groups";
import type { KeyViewer } from "@/components/api-keys/rights";

/** What the create and edit forms choose from. */
export type KeyFormOptions = {
  viewer: KeyViewer;
  choice: PermissionChoice;
  regions: readonly { id: string; name: string; is_default: boolean; always_keep_one_active_key: boolean }[];
  subaccounts: readonly { id: string; name: string; external_id: string | null }[];
};

type KeyFormSpec = {
  defaultValues: KeyFormValues;
  /** The values that an edit started from; null for a new key. */
  before: KeyFormValues | null;
  toBody: (values: KeyFormValues, now: number) => object;
  /** The API's own schema of that body. */
  schema: z.ZodType;
};

/** The form of a key: judged by the API's schema, with the field errors where the API would point. */
export function useKeyForm(spec: KeyFormSpec) {
  return useForm<KeyFormValues>({
    defaultValues: spec.defaultValues,
    resolver: keyFormResolver(spec),
    mode: "onTouched",
    // The form leads to the first wrong field itself, also to one that is no single control.
    shouldFocusError: false,
  });
}

export const useKeyFields = () => useFormContext<KeyFormValues>();

function keyFormResolver({ before, toBody, schema }: KeyFormSpec): Resolver<KeyFormValues> {
  return async (values, _context, options) => {
    const now = Math.floor(Date.now() / 1000);
    const errors: FieldErrors = {};
    for (const [field, message] of Object.entries(formErrors(values, before, now)))
      errors[field] = { type: "form", message };

    const parsed = schema.safeParse(toBody(values, now));
    for (const issue of parsed.error?.issues ?? []) {
      const field = issue.path.join(".");
      if (field !== "" && errors[field] === undefined)
        errors[field] = { type: issue.code ?? "schema", message: issue.message };
    }
    return Object.keys(errors).length === 0
      ? { values, errors: {} }
      : { values: {}, errors: toNestErrors(errors, options) };
  };
}

/** The first message about a list as a whole or about one of its items, for a control that shows the list as one. */
export function listError(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  if ("message" in error && typeof error.message === "string" && error.message !== "") return error.message;
  for (const inner of Object.values(error)) {
    const found = inner instanceof Element ? undefined : listError(inner);
    if (found) return found;
  }
  return undefined;
}
