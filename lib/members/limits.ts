import type { Tx } from "@/lib/db";
import { type FieldError, validationFailed } from "@/lib/errors";
import type { OrganizationId } from "@/lib/ids";
import type { Standing } from "@/lib/members/policy";
import type { MemberRow } from "@/lib/members/repository";
import { grantablePermissions } from "@/lib/organizations/catalogue";
import { lockCatalogue } from "@/lib/products/repository";
import { lockSubaccounts } from "@/lib/subaccounts/repository";

type Limit = readonly string[] | null;

/** Role and limits as the row holds them: a flag, and a list that counts only with it. */
export function standingOf(row: MemberRow): Standing {
  return {
    role: row.role,
    permissions: row.limit_permissions ? row.permissions : null,
    subaccounts: row.limit_subaccounts ? row.subaccounts : null,
  };
}

export const permissionColumns = (limit: Limit) => ({
  limit_permissions: limit !== null,
  permissions: [...(limit ?? [])],
});
export const subaccountColumns = (limit: Limit) => ({
  limit_subaccounts: limit !== null,
  subaccounts: [...(limit ?? [])],
});

/**
 * Throws 422 for a permission that the catalogue does not offer and for a subaccount that the organization does not
 * have (another organization's is answered the same). What was `held` before may stay.
 */
export async function checkLimits(
  tx: Tx,
  organizationId: OrganizationId,
  limits: { permissions?: Limit | undefined; subaccounts?: Limit | undefined },
  held: Standing | null,
): Promise<void> {
  const errors: FieldError[] = [];
  if (limits.permissions) {
    const catalogue = await lockCatalogue(tx, organizationId);
    const offered = new Set([...grantablePermissions(catalogue), ...(held?.permissions ?? [])]);
    const unknown = limits.permissions.filter((permission) => !offered.has(permission));
    errors.push(
      ...pointAt("permissions", limits.permissions, unknown, "unknown_permission", "is not in the catalogue"),
    );
  }
  if (limits.subaccounts) {
    const known = await lockSubaccounts(tx, organizationId, limits.subaccounts);
    const unknown = limits.subaccounts.filter((id) => !known.includes(id));
    errors.push(...pointAt("subaccounts", limits.subaccounts, unknown, "unknown_subaccount", "does not exist"));
  }
  if (errors.length > 0) throw validationFailed(errors);
}

function pointAt(field: string, list: readonly string[], unknown: string[], code: string, why: string): FieldError[] {
  return unknown.map((entry) => ({ pointer: `/${field}/${list.indexOf(entry)}`, code, detail: `${entry} ${why}.` }));
}
