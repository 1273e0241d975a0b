import { choiceOf, type ExpiryChoice, expiryOf } from "@/components/api-keys/expiry-choice";
import type { CreateKeyInput, UpdateKeyInput } from "@/lib/api-keys/schema";
import type { ApiKey } from "@/lib/api-keys/view";
import type { Environment, Scope } from "@/lib/principal";

/**
 * What the create and edit forms hold. The fields are named as in the API's body, so that the pointer of a server
 * error names its field here too.
 */
export type KeyFormValues = {
  name: string;
  description: string;
  environment: Environment;
  region_id: string;
  expires_at: ExpiryChoice;
  allowed_ips: string[];
  all_subaccounts: boolean;
  allowed_subaccounts: string[];
  permissions: string[];
  scopes: Scope[];
};

export function emptyValues(regionId: string): KeyFormValues {
  return {
    name: "",
    description: "",
    environment: "production",
    region_id: regionId,
    expires_at: choiceOf(null),
    allowed_ips: [],
    all_subaccounts: true,
    allowed_subaccounts: [],
    permissions: [],
    scopes: [],
  };
}

/** A stored key as the edit form shows it. */
export function fromKey(key: ApiKey): KeyFormValues {
  const { name, environment, region_id, all_subaccounts } = key;
  return {
    name,
    description: key.description ?? "",
    environment,
    region_id,
    expires_at: choiceOf(key.expires_at),
    allowed_ips: [...key.allowed_ips],
    all_subaccounts,
    allowed_subaccounts: [...key.allowed_subaccounts],
    permissions: [...key.permissions],
    scopes: key.scopes.map((scope) => ({ ...scope })),
  };
}

/**
 * The body of a create. "All subaccounts" is left out rather than asked for: it then means all that the creator can
 * access. `now` in Unix seconds.
 */
export function toCreateBody(values: KeyFormValues, now: number): CreateKeyInput {
  const { name, environment, region_id, allowed_ips, permissions } = values;
  return {
    name,
    description: values.description,
    environment,
    region_id,
    permissions,
    scopes: scopesOf(values),
    ...(values.all_subaccounts ? {} : { allowed_subaccounts: values.allowed_subaccounts }),
    allowed_ips,
    expires_at: expiryOf(values.expires_at, now) ?? null,
  };
}

/**
 * The body of an edit: only what differs from `before`, the values that the form was opened with, so that an edit of
 * the name asks for nothing else. `{}` when nothing was changed.
 */
export function toUpdateBody(before: KeyFormValues, values: KeyFormValues, now: number): UpdateKeyInput {
  const changed = <K extends keyof KeyFormValues>(field: K) =>
    JSON.stringify(values[field]) !== JSON.stringify(before[field]);
  const body: UpdateKeyInput = {};
  if (changed("name")) body.name = values.name;
  if (changed("description")) body.description = values.description;
  if (changedAsSet(before.permissions, values.permissions)) body.permissions = values.permissions;
  if (changedAsSet(scopesOf(before), scopesOf(values))) body.scopes = scopesOf(values);
  if (changedAsSet(before.allowed_ips, values.allowed_ips)) body.allowed_ips = values.allowed_ips;
  if (changed("expires_at")) body.expires_at = expiryOf(values.expires_at, now) ?? null;
  const narrowed = before.all_subaccounts || changedAsSet(before.allowed_subaccounts, values.allowed_subaccounts);
  if (values.all_subaccounts && !before.all_subaccounts) body.all_subaccounts = true;
  if (!values.all_subaccounts && narrowed) body.allowed_subaccounts = values.allowed_subaccounts;
  return body;
}

/** What only the form can get wrong, per field: the API never sees such a body. `now` in Unix seconds. */
export function formErrors(values: KeyFormValues, before: KeyFormValues | null, now: number): Record<string, string> {
  const errors: Record<string, string> = {};
  const expiry = expiryOf(values.expires_at, now);
  const isStored = before !== null && before.expires_at.local === values.expires_at.local;
  if (expiry === undefined) errors.expires_at = "Choose a date and time.";
  else if (expiry !== null && expiry <= now && !isStored) errors.expires_at = "Choose a moment in the future.";

  // An empty list means "all of mine" to the API: the one thing that choosing some must never turn into.
  const choseNone = !values.all_subaccounts && values.allowed_subaccounts.length === 0;
  const reachedNone = before !== null && !before.all_subaccounts && before.allowed_subaccounts.length === 0;
  if (choseNone && !reachedNone) errors.allowed_subaccounts = "Choose at least one subaccount, or all of them.";

  if (values.permissions.length + values.scopes.length === 0)
    errors.permissions = "A key needs at least one permission or one scope.";
  return errors;
}

/** A resource filter that was cleared stands for all resources. */
export function scopesOf({ scopes }: KeyFormValues): Scope[] {
  return scopes.map(({ action, resource }) => ({ action, resource: resource.trim() || "*" }));
}

function changedAsSet(before: readonly unknown[], after: readonly unknown[]): boolean {
  const sorted = (list: readonly unknown[]) => [...new Set(list.map((item) => JSON.stringify(item)))].sort().join();
  return sorted(before) !== sorted(after);
}
