import { exceeding, isReduction, type Reach } from "@/lib/api-keys/grants";
import { scopesFromStorage } from "@/lib/api-keys/stored-scopes";
import { AppError, type FieldError } from "@/lib/errors";
import { type Catalogue, effectivePermissions, knownPermissions } from "@/lib/organizations/catalogue";
import type { Environment, Grants, Principal } from "@/lib/principal";

export type Judged = Grants & { environment: Environment; region_id: string };

/** 409 `key_in_use`: through these routes a key changes nothing of itself but its name and description. */
export function refuseSelf(principal: Principal, keyId: string, verb: string): void {
  if (principal.type === "api_key" && principal.id === keyId) {
    throw new AppError("key_in_use", `A key cannot ${verb} itself. Use another key.`);
  }
}

/** A developer manages only the keys that they created; owners, admins and keys have no such limit. */
export function requireManageable(principal: Principal, key: { created_by_type: string; created_by_id: string }): void {
  if (principal.type !== "user" || principal.role !== "developer") return;
  if (key.created_by_type === "user" && key.created_by_id === principal.id) return;
  throw new AppError(
    "insufficient_permissions",
    "Developers manage only the keys that they created. Ask an admin or owner.",
  );
}

/** 403 `exceeds_own_access`, naming per axis what `grants` has beyond `reach`. */
export function requireWithin(reach: Reach, grants: Judged, what: string): void {
  const beyond = exceeding(reach, grants);
  if (beyond)
    throw new AppError("exceeds_own_access", `${what} You can only hand out what you have.`, { exceeding: beyond });
}

/**
 * Rule 1 for an edit: both the key as it stands and what it becomes lie within the principal's reach, because an edit
 * of a stronger key is a way to use its strength. Only taking power away, and nothing else with it, is always allowed.
 */
export function requireEditWithin(
  reach: Reach,
  before: Judged,
  after: Judged,
  edit: { touchesOther: boolean; reactivates: boolean },
): void {
  if (!edit.touchesOther && !edit.reactivates && isReduction(before, after)) return;
  requireWithin(reach, before, "This key can do more than you.");
  requireWithin(reach, after, "The key would be able to do more than you.");
}

/** What is wrong with `permissions`: not in the catalogue, or of a retired product unless the key had it before. */
export function permissionErrors(
  permissions: readonly string[],
  held: readonly string[],
  catalogue: Catalogue,
): FieldError[] {
  if (permissions.length === 0) return [];
  const known = knownPermissions(catalogue);
  const retired = new Set(catalogue.products.filter(({ retired_at }) => retired_at !== null).map(({ id }) => id));
  return permissions.flatMap((permission, index) => {
    const pointer = `/permissions/${index}`;
    if (!known.has(permission)) {
      return { pointer, code: "unknown_permission", detail: `${permission} is not a permission of this organization.` };
    }
    if (held.includes(permission) || !retired.has(permission.split(":", 1)[0] ?? "")) return [];
    return {
      pointer,
      code: "product_retired",
      detail: `${permission} belongs to a retired product and cannot be granted anew.`,
    };
  });
}

/** What is wrong with an expiry: null, or the moment has passed by the database's clock. */
export function expiryErrors(expiresAt: number | null | undefined, now: Date): FieldError[] {
  if (typeof expiresAt !== "number" || expiresAt * 1000 > now.getTime()) return [];
  return [
    { pointer: "/expires_at", code: "not_in_future", detail: "The expiry must lie in the future. Null means never." },
  ];
}

/** 409 `last_active_key`: a region that always keeps one active key would be left without one that lasts. */
export function requireAnotherActiveKey(region: { mustKeepOne: boolean; lastingKeys: number }): void {
  if (!region.mustKeepOne || region.lastingKeys > 0) return;
  throw new AppError(
    "last_active_key",
    "This region always keeps one active key, and no other one lasts for a day or as long as this. Create another one first.",
  );
}

type StoredKey = Omit<Grants, "scopes"> & { scopes: unknown; environment: Environment; region_id: string };

/** A stored key as it counts now: what the catalogue no longer holds grants nothing. */
export function judgedOf(row: StoredKey, catalogue: Catalogue): Judged {
  return {
    permissions: effectivePermissions(row.permissions, catalogue),
    scopes: scopesFromStorage(row.scopes) ?? [],
    all_subaccounts: row.all_subaccounts,
    allowed_subaccounts: row.allowed_subaccounts,
    allowed_ips: row.allowed_ips,
    expires_at: row.expires_at,
    environment: row.environment,
    region_id: row.region_id,
  };
}
