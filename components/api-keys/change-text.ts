import { ACCESS_LABELS, type AccessField } from "@/components/api-keys/field-labels";
import type { KeyFormOptions } from "@/components/api-keys/key-form";
import { absoluteTime } from "@/components/ui/time-format";
import { changesBetween } from "@/lib/api-keys/changes";
import type { ApiKey } from "@/lib/api-keys/view";

/** One changed field in words: what it is now and what it becomes, item by item. */
export type ShownChange = { field: string; from: string[]; to: string[] };

export type Access = Pick<
  ApiKey,
  "permissions" | "scopes" | "all_subaccounts" | "allowed_subaccounts" | "allowed_ips" | "expires_at"
>;

/** What an edit changes of a key's access, from and to: the changes that can break calls made with it. */
export function accessChanges(
  before: Access,
  after: Access,
  { subaccounts }: Pick<KeyFormOptions, "subaccounts">,
): ShownChange[] {
  const changed = changesBetween(accessOf(before), accessOf(after));
  const [from, to] = [accessWords(before, subaccounts), accessWords(after, subaccounts)];
  return ACCESS_LABELS.flatMap(([field, label]) =>
    field in changed ? [{ field: label, from: from[field], to: to[field] }] : [],
  );
}

/** A key's access in words, item by item. */
export function accessWords(access: Access, subaccounts: KeyFormOptions["subaccounts"]): Record<AccessField, string[]> {
  const { permissions, scopes, all_subaccounts, allowed_subaccounts, allowed_ips, expires_at } = access;
  const names = new Map(subaccounts.map(({ id, name }) => [id, name]));
  const subaccountNames = allowed_subaccounts.map((id) => names.get(id) ?? id);
  const scopeWords = scopes.map(({ action, resource }) => `${action} on ${resource}`);
  return {
    permissions: orNone(permissions, "none"),
    scopes: orNone(scopeWords, "none"),
    allowed_ips: orNone(allowed_ips, "any address"),
    allowed_subaccounts: all_subaccounts ? ["all"] : orNone(subaccountNames, "none"),
    expires_at: [expires_at === null ? "never" : absoluteTime(expires_at)],
  };
}

function accessOf({ permissions, scopes, all_subaccounts, allowed_subaccounts, allowed_ips, expires_at }: Access) {
  const reached = all_subaccounts ? "all" : allowed_subaccounts;
  return { permissions, scopes, allowed_subaccounts: reached, allowed_ips, expires_at };
}

const orNone = (items: readonly string[], none: string): string[] => (items.length === 0 ? [none] : [...items]);
