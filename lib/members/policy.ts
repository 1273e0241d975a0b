import { AppError, type Exceeding } from "@/lib/errors";
import type { MemberStatus } from "@/lib/members/status";
import type { Role } from "@/lib/principal";

/** What a member is allowed: the role, and the member's own limits (null = none). */
export type Standing = {
  role: Role;
  permissions: readonly string[] | null;
  subaccounts: readonly string[] | null;
};
export type Manager = Standing & { id: string };
export type Managed = Standing & { id: string; status: MemberStatus };

const RANK: Record<Role, number> = { viewer: 0, developer: 1, admin: 2, owner: 3 };

/** Owners are managed by owners alone. Throws 403 when `manager` is none and one of `roles` is. */
export function requireAuthorityOver(manager: Manager, ...roles: Role[]): void {
  if (manager.role === "owner" || !roles.includes("owner")) return;
  throw new AppError(
    "insufficient_permissions",
    "Only an owner may invite, change or remove an owner, or make someone one.",
  );
}

/**
 * Nobody can hand out what they do not have: throws 403 when `next` reaches beyond the manager's own limits, unless it
 * only takes away from `before`.
 */
export function requireReach(manager: Manager, next: Standing, before: Standing | null): void {
  if (before !== null && isReduction(before, next)) return;
  const permissions = beyond(manager.permissions, next.permissions);
  const subaccounts = beyond(manager.subaccounts, next.subaccounts);
  if (permissions === null && subaccounts === null) return;
  const exceeding: Exceeding = { ...(permissions ? { permissions } : {}), ...(subaccounts ? { subaccounts } : {}) };
  throw new AppError(
    "exceeds_own_access",
    "Your own access is limited, and this would give the member more than you have.",
    {
      exceeding,
    },
  );
}

/**
 * Nobody changes their own role, status or limits, nor removes themself: a slip would lock them out, and a limit that
 * its holder can lift is none. Throws 403.
 */
export function refuseSelf(manager: Manager, target: { id: string }): void {
  if (manager.id !== target.id) return;
  const detail = "Nobody changes their own role, status or limits. Ask another owner or admin.";
  throw new AppError("insufficient_permissions", detail);
}

/** True if the change leaves one active owner fewer. */
export function losesOwner(before: Managed, after: { role: Role; status: MemberStatus } | null): boolean {
  const isActiveOwner = (member: { role: Role; status: MemberStatus }) =>
    member.role === "owner" && member.status === "active";
  return isActiveOwner(before) && (after === null || !isActiveOwner(after));
}

function isReduction(before: Standing, next: Standing): boolean {
  return (
    RANK[next.role] <= RANK[before.role] &&
    beyond(before.permissions, next.permissions) === null &&
    beyond(before.subaccounts, next.subaccounts) === null
  );
}

/** What `list` has that `ceiling` has not: null if nothing; an unlimited list exceeds every limit ("*"). */
function beyond(ceiling: readonly string[] | null, list: readonly string[] | null): string[] | null {
  if (ceiling === null) return null;
  if (list === null) return ["*"];
  const outside = list.filter((entry) => !ceiling.includes(entry));
  return outside.length > 0 ? outside : null;
}
