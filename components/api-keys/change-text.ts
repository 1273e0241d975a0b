import type { KeyFormOptions } from "@/components/api-keys/key-form";
import { absoluteTime } from "@/components/ui/time-format";
import { changesBetween } from "@/lib/api-keys/changes";
import type { ApiKey } from "@/lib/api-keys/view";

/** One changed field in words: what it is now and what it becomes, item by item. */
export type ShownChange = { field: string; from: string[]; to: string[] };

type Access = Pick<
  ApiKey,
  "permissions" | "scopes" | "all_subaccounts" | "allowed_subaccounts" | "allowed_ips" | "expires_at"
>;

/** What an edit changes of a key's access, from and to: the changes that can break calls made with it. */
export function accessChanges(
  before: Access,
  after: Access,
  { subaccounts }: Pick<KeyFormOptions, "subaccounts">,
): ShownChange[] {
  const names = new Map(subaccounts.map(({ id, name }) => [id, name]));
  const changed = changesBetween(accessOf(before), accessOf(after));
  const sideOf = ({ permissions, scopes, allowed_ips, expires_at, ...access }: Access): Record<string, string[]> => ({
    permissions: orNone(permissions, "none"),
    scopes: orNone(
      scopes.map(({ action, resource }) => `${action} on ${resource}`),
      "none",
    ),
    allowed_ips: orNone(allowed_ips, "any address"),
    subaccounts: access.all_subaccounts
      ? ["all"]
      : orNone(
          access.allowed_subaccounts.map((id) => names.get(id) ?? id),
          "none",
        ),
    expires_at: [expires_at === null ? "never" : absoluteTime(expires_at)],
  });
  const [from, to] = [sideOf(before), sideOf(after)];
  return Object.entries(FIELD_NAMES).flatMap(([field, name]) =>
    field in changed ? [{ field: name, from: from[field] ?? [], to: to[field] ?? [] }] : [],
  );
}

const FIELD_NAMES = {
  permissions: "Permissions",
  scopes: "Scopes",
  allowed_ips: "IP restrictions",
  subaccounts: "Subaccount access",
  expires_at: "Expiration",
};

function accessOf({ permissions, scopes, all_subaccounts, allowed_subaccounts, allowed_ips, expires_at }: Access) {
  const subaccounts = all_subaccounts ? "all" : allowed_subaccounts;
  return { permissions, scopes, subaccounts, allowed_ips, expires_at };
}

const orNone = (items: readonly string[], none: string): string[] => (items.length === 0 ? [none] : [...items]);
