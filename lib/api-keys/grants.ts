import { ipRulesWithin } from "@/lib/api-keys/ip-rules";
import { scopesWithin } from "@/lib/api-keys/resource-filter";
import type { Exceeding } from "@/lib/errors";
import {
  type Catalogue,
  effectivePermissions,
  grantablePermissions,
  permissionsOf,
} from "@/lib/organizations/catalogue";
import type { Environment, Grants, MemberPrincipal, Principal } from "@/lib/principal";

/** The ceiling of a principal: the most that a key which it makes, edits or regenerates may be able to do. */
export type Reach = Grants & {
  /** Null = any. */
  environment: Environment | null;
  /** Null = any. */
  region_id: string | null;
};

/** The axes of a key as a request gives them. Left out is not the same as empty or null. */
export type GivenGrants = {
  permissions?: Grants["permissions"] | undefined;
  scopes?: Grants["scopes"] | undefined;
  all_subaccounts?: true | undefined;
  allowed_subaccounts?: readonly string[] | undefined;
  allowed_ips?: readonly string[] | undefined;
  /** Unix seconds; null = never. */
  expires_at?: number | null | undefined;
};

/**
 * What the principal can do now. A key: its own grants, as far as the catalogue still holds them. A session: the
 * role's permissions within the member's own limits, every subaccount that the member may act on, and no limit of
 * address, time, environment or region. Retired products count, because they still grant; whether a permission may be
 * handed out anew is asked of `grantableBy`.
 */
export function reachOf(principal: Principal, catalogue: Catalogue): Reach {
  if (principal.type === "user") return reachOfMember(principal, catalogue);
  const { scopes, all_subaccounts, allowed_subaccounts, allowed_ips, expires_at, environment, region_id } = principal;
  const permissions = effectivePermissions(principal.permissions, catalogue);
  return { permissions, scopes, all_subaccounts, allowed_subaccounts, allowed_ips, expires_at, environment, region_id };
}

/** The permissions that a principal of this reach may hand out: what it has, without those of retired products. */
export function grantableBy(reach: Reach, catalogue: Catalogue): string[] {
  const held = new Set(reach.permissions);
  return grantablePermissions(catalogue).filter((permission) => held.has(permission));
}

/**
 * What in `grants` lies beyond `reach`, per axis, or null if nothing does. "All subaccounts" that are too much are
 * named `*`; an expiry that is too late is named in Unix seconds, and null if there is none at all.
 */
export function exceeding(
  reach: Reach,
  grants: Grants & { environment?: Environment | null; region_id?: string | null },
): Exceeding | null {
  const beyond: Exceeding = {};
  const held = new Set(reach.permissions);
  const permissions = grants.permissions.filter((permission) => !held.has(permission));
  if (permissions.length > 0) beyond.permissions = permissions;

  const scopes = scopesWithin(grants.scopes, reach.scopes);
  if (scopes.length > 0) beyond.scopes = scopes;

  const subaccounts = subaccountsBeyond(reach, grants);
  if (subaccounts.length > 0) beyond.subaccounts = subaccounts;

  const ips = ipRulesWithin(grants.allowed_ips, reach.allowed_ips);
  if (ips.length > 0) beyond.ips = ips;

  if (outlives(grants.expires_at, reach.expires_at)) beyond.expires_at = secondsOf(grants.expires_at);
  if (leaves(grants.environment, reach.environment)) beyond.environment = grants.environment ?? "*";
  if (leaves(grants.region_id, reach.region_id)) beyond.region_id = grants.region_id ?? "*";
  return Object.keys(beyond).length > 0 ? beyond : null;
}

/** Whether `after` allows nothing, on any axis, that `before` did not: a lesser principal may make such a change. */
export function isReduction(before: Grants, after: Grants): boolean {
  return exceeding({ ...before, environment: null, region_id: null }, after) === null;
}

/**
 * The grants of a new key. A limit that was left out is the creator's own, and so is an empty list of subaccounts;
 * permissions and scopes that were left out are none. An explicit empty `allowed_ips` or null `expires_at` asks for
 * no limit: it is taken as given, for `exceeding` to judge.
 */
export function inheritGrants(reach: Reach, given: GivenGrants): Grants {
  const {
    permissions = [],
    scopes = [],
    allowed_subaccounts = [],
    allowed_ips = reach.allowed_ips,
    expires_at,
  } = given;
  const listed = { all_subaccounts: false, allowed_subaccounts };
  const subaccounts = allowed_subaccounts.length > 0 ? listed : subaccountsOf(reach);
  return {
    permissions,
    scopes,
    ...(given.all_subaccounts ? ALL_SUBACCOUNTS : subaccounts),
    allowed_ips,
    expires_at: expires_at === undefined ? reach.expires_at : dateOf(expires_at),
  };
}

/**
 * The grants of a key after an edit: what was left out stays. Emptying a list of subaccounts asks for the editor's own,
 * as on create; a list that is empty already stays as it is, so that a key left with none gains none by being saved.
 */
export function changeGrants(before: Grants, given: GivenGrants, reach: Reach): Grants {
  const { permissions, scopes, allowed_ips, expires_at } = before;
  return {
    permissions: given.permissions ?? permissions,
    scopes: given.scopes ?? scopes,
    ...changeSubaccounts(before, given, reach),
    allowed_ips: given.allowed_ips ?? allowed_ips,
    expires_at: given.expires_at === undefined ? expires_at : dateOf(given.expires_at),
  };
}

type SubaccountGrants = Pick<Grants, "all_subaccounts" | "allowed_subaccounts">;

function changeSubaccounts(before: Grants, given: GivenGrants, reach: Reach): SubaccountGrants {
  if (given.all_subaccounts) return ALL_SUBACCOUNTS;
  const list = given.allowed_subaccounts;
  if (list === undefined || (list.length === 0 && before.allowed_subaccounts.length === 0))
    return subaccountsOf(before);
  return list.length > 0 ? { all_subaccounts: false, allowed_subaccounts: list } : subaccountsOf(reach);
}

function subaccountsOf({ all_subaccounts, allowed_subaccounts }: Grants): SubaccountGrants {
  return { all_subaccounts, allowed_subaccounts };
}

const ALL_SUBACCOUNTS: SubaccountGrants = { all_subaccounts: true, allowed_subaccounts: [] };

function reachOfMember(member: MemberPrincipal, catalogue: Catalogue): Reach {
  const ofRole = permissionsOfRole(member, catalogue);
  const limit = member.permissions && new Set(member.permissions);
  return {
    permissions: limit ? ofRole.filter((permission) => limit.has(permission)) : ofRole,
    scopes: member.role === "viewer" ? [] : [{ action: "*", resource: "*" }],
    all_subaccounts: member.subaccounts === null,
    allowed_subaccounts: member.subaccounts ?? [],
    allowed_ips: [],
    expires_at: null,
    environment: null,
    region_id: null,
  };
}

/** A developer hands out permissions of the account only if the member's own list names them. */
function permissionsOfRole({ role, permissions }: MemberPrincipal, catalogue: Catalogue): string[] {
  if (role === "viewer") return [];
  const all = permissionsOf(catalogue);
  if (role !== "developer") return all;
  return all.filter((permission) => !permission.startsWith("account:") || permissions?.includes(permission));
}

function subaccountsBeyond(reach: Grants, grants: Grants): string[] {
  if (reach.all_subaccounts) return [];
  if (grants.all_subaccounts) return ["*"];
  const held = new Set(reach.allowed_subaccounts);
  return grants.allowed_subaccounts.filter((id) => !held.has(id));
}

function outlives(expiry: Date | null, limit: Date | null): boolean {
  return limit !== null && (expiry === null || expiry.getTime() > limit.getTime());
}

/** Undefined: the question does not arise. Null: any, which is beyond every one. */
function leaves<T>(place: T | null | undefined, limit: T | null): boolean {
  return limit !== null && place !== undefined && place !== limit;
}

const dateOf = (seconds: number | null): Date | null => (seconds === null ? null : new Date(seconds * 1000));
const secondsOf = (date: Date | null): number | null => date && Math.floor(date.getTime() / 1000);
