import { AppError } from "@/lib/errors";
import { ACCOUNT_PERMISSIONS } from "@/lib/organizations/catalogue";
import type { Principal, Role } from "@/lib/principal";

export type AccountPermission = (typeof ACCOUNT_PERMISSIONS)[number]["id"];

/**
 * Who may call an operation: holders of an account permission; `any` principal; a `member`'s session of any role;
 * `manager`, an owner's or admin's session; or the `owner`'s session. The last three refuse every key.
 */
export type Access = AccountPermission | "any" | "member" | "manager" | "owner";

const MANAGE = ACCOUNT_PERMISSIONS.map(({ id }) => id);

/** What each role may do itself. What it may hand out is a different question, answered by `lib/api-keys/grants`. */
export const ROLE_PERMISSIONS: Record<Role, readonly AccountPermission[]> = {
  owner: MANAGE,
  admin: MANAGE,
  developer: [
    "account:apikeys:create",
    "account:apikeys:read",
    "account:apikeys:update",
    "account:apikeys:delete",
    "account:apikeys:regenerate",
    "account:usage:read",
  ],
  viewer: ["account:apikeys:read", "account:usage:read", "account:audit:read"],
};

/** True if `principal` may call an operation that asks for `access`. */
export function mayAccess(principal: Principal, access: Access): boolean {
  if (access === "any") return true;
  if (principal.type === "api_key") return principal.permissions.includes(access);
  if (access === "member") return true;
  if (access === "manager") return principal.role === "owner" || principal.role === "admin";
  if (access === "owner") return principal.role === "owner";
  // What a developer was granted by name, they may also do themselves.
  const isGranted = principal.role === "developer" && (principal.permissions?.includes(access) ?? false);
  return isGranted || ROLE_PERMISSIONS[principal.role].includes(access);
}

/** Throws 403 `insufficient_permissions`, naming what is missing, unless `principal` may. */
export function authorize(principal: Principal, access: Access): void {
  if (mayAccess(principal, access)) return;
  if (access === "member" || access === "manager" || access === "owner" || access === "any") {
    const who = access === "owner" ? "an owner" : access === "manager" ? "an owner or admin" : "a member";
    throw new AppError("insufficient_permissions", `This needs the session of ${who} of the organization.`);
  }
  const who = principal.type === "api_key" ? "This key" : `The role ${principal.role}`;
  throw new AppError("insufficient_permissions", `${who} lacks the permission ${access}.`, { missing: [access] });
}
