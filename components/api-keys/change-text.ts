import { ACCESS_LABELS, type AccessField } from "@/components/api-keys/field-labels";
import type { KeyFormOptions } from "@/components/api-keys/key-form";
import { joined } from "@/components/api-keys/words";
import { absoluteTime } from "@/components/ui/time-format";
import { changesBetween } from "@/lib/api-keys/changes";
import type { ApiKey } from "@/lib/api-keys/view";

/** One changed field in words: what is taken away, what comes in, and whether calls that work now can fail by it. */
export type ShownChange = { field: AccessField; label: string; removed: string[]; added: string[]; narrows: boolean };

export type Access = Pick<
  ApiKey,
  "permissions" | "scopes" | "all_subaccounts" | "allowed_subaccounts" | "allowed_ips" | "expires_at"
>;

/** What an edit changes of a key's access, in the order of the form. */
export function accessChanges(
  before: Access,
  after: Access,
  { subaccounts }: Pick<KeyFormOptions, "subaccounts">,
): ShownChange[] {
  const changed = changesBetween(accessOf(before), accessOf(after));
  const [from, to] = [accessWords(before, subaccounts), accessWords(after, subaccounts)];
  return ACCESS_LABELS.flatMap(([field, label]) => {
    if (!(field in changed)) return [];
    const removed = from[field].filter((item) => !to[field].includes(item) && item !== NONE);
    const added = to[field].filter((item) => !from[field].includes(item) && item !== NONE);
    return [{ field, label, removed, added, narrows: NARROWS[field](before, after) }];
  });
}

/**
 * The changes in one sentence: what can break calls first, "Removes 2 permissions and 1 network: calls can break as soon
 * as you save." `""` without a change.
 */
export function changesSentence(changes: readonly ShownChange[]): string {
  const narrowing = changes.filter(({ narrows }) => narrows);
  const shown = narrowing.length > 0 ? narrowing : changes;
  const parts = shown.map(partOf);
  const counts = parts.flatMap(({ count }) => count ?? []);
  const verb = narrowing.length > 0 ? "removes" : "adds";
  const said = [
    ...(counts.length > 0 ? [`${verb} ${joined(counts)}`] : []),
    ...parts.flatMap(({ other }) => other ?? []),
  ];
  if (said.length === 0) return "";
  const text = joined(said);
  const sentence = text.charAt(0).toUpperCase() + text.slice(1);
  return narrowing.length > 0 ? `${sentence}: calls can break as soon as you save.` : `${sentence}.`;
}

/** A change as a count of things that go or come, or as a verb of its own. */
function partOf({ field, removed, added, narrows }: ShownChange): { count?: string; other?: string } {
  const things = narrows ? removed : added;
  if (field === "expires_at") return { other: narrows ? "lets it expire sooner" : "lets it work longer" };
  if (field === "allowed_ips" && things.includes(ANY_ADDRESS))
    return { other: narrows ? "limits its addresses" : "allows any address" };
  if (field === "allowed_subaccounts" && things.includes(EVERY))
    return { other: narrows ? "limits its subaccounts" : "allows all subaccounts" };
  return { count: counted(things.length, NOUNS[field]) };
}

/** Whether something that the key may do now would be refused afterwards. */
const NARROWS: Record<AccessField, (before: Access, after: Access) => boolean> = {
  permissions: (before, after) => isMissing(before.permissions, after.permissions),
  scopes: (before, after) => isMissing(before.scopes.map(scopeWords), after.scopes.map(scopeWords)),
  allowed_ips: ({ allowed_ips: before }, { allowed_ips: after }) =>
    after.length > 0 && (before.length === 0 || isMissing(before, after)),
  allowed_subaccounts: (before, after) =>
    !after.all_subaccounts &&
    (before.all_subaccounts || isMissing(before.allowed_subaccounts, after.allowed_subaccounts)),
  expires_at: ({ expires_at: before }, { expires_at: after }) => after !== null && (before === null || after < before),
};

/** A key's access in words, item by item. */
export function accessWords(access: Access, subaccounts: KeyFormOptions["subaccounts"]): Record<AccessField, string[]> {
  const { permissions, scopes, all_subaccounts, allowed_subaccounts, allowed_ips, expires_at } = access;
  const names = new Map(subaccounts.map(({ id, name }) => [id, name]));
  const subaccountNames = allowed_subaccounts.map((id) => names.get(id) ?? id);
  return {
    permissions: orNone(permissions, NONE),
    scopes: orNone(scopes.map(scopeWords), NONE),
    allowed_ips: orNone(allowed_ips, ANY_ADDRESS),
    allowed_subaccounts: all_subaccounts ? [EVERY] : orNone(subaccountNames, NONE),
    expires_at: [expires_at === null ? "never" : absoluteTime(expires_at)],
  };
}

function accessOf({ permissions, scopes, all_subaccounts, allowed_subaccounts, allowed_ips, expires_at }: Access) {
  const reached = all_subaccounts ? "all" : allowed_subaccounts;
  return { permissions, scopes, allowed_subaccounts: reached, allowed_ips, expires_at };
}

const orNone = (items: readonly string[], none: string): string[] => (items.length === 0 ? [none] : [...items]);
const isMissing = (before: readonly string[], after: readonly string[]) => before.some((item) => !after.includes(item));
const scopeWords = ({ action, resource }: Access["scopes"][number]): string => `${action} on ${resource}`;
const counted = (count: number, noun: string): string => (count === 1 ? `1 ${noun}` : `${count} ${noun}s`);

const NONE = "none";
const ANY_ADDRESS = "any address";
const EVERY = "all";
const NOUNS: Record<AccessField, string> = {
  permissions: "permission",
  scopes: "scope",
  allowed_ips: "network",
  allowed_subaccounts: "subaccount",
  expires_at: "expiry",
};
