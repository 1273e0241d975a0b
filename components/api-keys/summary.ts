import { actionOf, isAccountPermission, type PermissionChoice } from "@/components/api-keys/permission-groups";
import { joined } from "@/components/api-keys/words";
import { absoluteTime } from "@/components/ui/time-format";
import type { AccountPermission } from "@/lib/auth/roles";
import type { Scope } from "@/lib/principal";

type Summarised = {
  permissions: readonly string[];
  scopes: readonly Scope[];
  all_subaccounts: boolean;
  allowed_subaccounts: readonly string[];
  allowed_ips: readonly string[];
  /** Unix seconds; null = never. */
  expires_at: number | null;
};

/**
 * What a key can do, in one sentence: "Can read 3 products and create keys, from 2 networks, until 3 Mar 2027." Null
 * when it can do nothing yet.
 */
export function summaryOf(key: Summarised, { structure }: PermissionChoice): string | null {
  const titles = new Map(structure.product.map(({ name, title }) => [name, title]));
  const abilities = [
    ...productAbilities(key.permissions, titles),
    ...accountAbilities(key.permissions),
    ...scopeAbilities(key.scopes),
  ];
  if (abilities.length === 0) return null;
  const limits = [subaccountLimit(key), addressLimit(key.allowed_ips), expiryLimit(key.expires_at)];
  return `Can ${joined(abilities)}${limits.map((limit) => limit && `, ${limit}`).join("")}.`;
}

/** For a column of the table: "3 products, 2 account, 1 scope". */
export function shortSummary({ permissions, scopes }: Pick<Summarised, "permissions" | "scopes">): string {
  const products = new Set(permissions.filter((id) => !isAccountPermission(id)).map(productOf)).size;
  const account = permissions.filter(isAccountPermission).length;
  const parts = [
    products > 0 ? counted(products, "product") : null,
    account > 0 ? `${account} account` : null,
    scopes.length > 0 ? counted(scopes.length, "scope") : null,
  ];
  return parts.filter((part) => part !== null).join(", ") || "None";
}

/** "Any address", the one rule itself, or "2 networks". */
export function addressSummary(rules: readonly string[]): string {
  const [first] = rules;
  if (first === undefined) return "Any address";
  return rules.length === 1 ? first : counted(rules.length, "network");
}

/** Products with the same actions share a phrase: "read and write 2 products", "read SERP API". */
function productAbilities(permissions: readonly string[], titles: Map<string, string>): string[] {
  const ofProducts = permissions.filter((id) => !isAccountPermission(id));
  const byActions = groupedBy(groupedBy(ofProducts, productOf), ([, ids]) => joined(ordered(ids.map(actionOf))));
  return [...byActions].map(([actions, products]) => {
    const [first] = products;
    const only = products.length === 1 && first ? (titles.get(first[0]) ?? first[0]) : null;
    return `${actions.replaceAll("_", " ")} ${only ?? counted(products.length, "product")}`;
  });
}

function accountAbilities(permissions: readonly string[]): string[] {
  const held = Object.entries(ACCOUNT_WORDS).flatMap(([id, words]) => (permissions.includes(id) ? [words] : []));
  const onKeys = held.flatMap((words) => ("onKeys" in words ? [words.onKeys] : []));
  const others = held.flatMap((words) => ("alone" in words ? [words.alone] : []));
  return onKeys.length > 0 ? [`${joined(onKeys)} keys`, ...others] : others;
}

function scopeAbilities(scopes: readonly Scope[]): string[] {
  const [first] = scopes;
  if (scopes.length > 1) return [`act within ${scopes.length} scopes`];
  if (first === undefined) return [];
  return [`${SCOPE_VERBS[first.action]} ${resourceText(first.resource.trim())}`];
}

/** A filter in a sentence: of a long one its beginning and its end, which tell it from others. */
function resourceText(resource: string): string {
  if (resource === "*" || resource === "") return "all resources";
  return resource.length > MAX_RESOURCE ? `${resource.slice(0, 32)}…${resource.slice(-16)}` : resource;
}

function subaccountLimit({ all_subaccounts, allowed_subaccounts }: Summarised): string | null {
  if (all_subaccounts) return null;
  return allowed_subaccounts.length === 0
    ? "for no subaccount"
    : `for ${counted(allowed_subaccounts.length, "subaccount")}`;
}

function addressLimit(rules: readonly string[]): string {
  return rules.length === 0 ? "from any address" : `from ${addressSummary(rules)}`;
}

function expiryLimit(expiresAt: number | null): string {
  return expiresAt === null ? "without an expiry" : `until ${absoluteTime(expiresAt, "date")}`;
}

/** What of the account a permission opens, in the order of the sentence: verbs that share "keys", and what stands alone. */
const ACCOUNT_WORDS: Record<AccountPermission, { onKeys: string } | { alone: string }> = {
  "account:apikeys:create": { onKeys: "create" },
  "account:apikeys:read": { onKeys: "read" },
  "account:apikeys:update": { onKeys: "update" },
  "account:apikeys:regenerate": { onKeys: "regenerate" },
  "account:apikeys:delete": { onKeys: "revoke" },
  "account:apikeys:verify": { alone: "verify tokens" },
  "account:usage:read": { alone: "read usage" },
  "account:audit:read": { alone: "read the audit log" },
};

const SCOPE_VERBS = { read: "read", write: "write", admin: "administer", "*": "do anything on" };
const MAX_RESOURCE = 60;
const USUAL_ORDER = ["read", "write", "delete"];

const productOf = (permission: string): string => permission.slice(0, permission.indexOf(":"));
const counted = (count: number, noun: string): string => (count === 1 ? `1 ${noun}` : `${count} ${noun}s`);

/** The usual actions in their usual order, then the others by name. */
function ordered(actions: string[]): string[] {
  return [
    ...USUAL_ORDER.filter((action) => actions.includes(action)),
    ...actions.filter((action) => !USUAL_ORDER.includes(action)).sort(),
  ];
}

function groupedBy<T>(items: Iterable<T>, nameOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(nameOf(item), [...(groups.get(nameOf(item)) ?? []), item]);
  return groups;
}
