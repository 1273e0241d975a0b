import type { Tx } from "@/lib/db";
import type { FieldError } from "@/lib/errors";
import type { OrganizationId } from "@/lib/ids";
import type { Grants } from "@/lib/principal";
import { lockSubaccounts } from "@/lib/subaccounts/repository";

/**
 * Holds the subaccounts of a key's coming list against deletion until COMMIT, so that no list keeps one that is gone.
 * Those that the request names must exist (another tenant's and a made-up one read alike); one that was only
 * inherited and is gone by now is left out.
 */
export async function holdSubaccounts<G extends Grants>(
  tx: Tx,
  organizationId: OrganizationId,
  grants: G,
  given: readonly string[] = [],
): Promise<{ grants: G; errors: FieldError[] }> {
  if (grants.allowed_subaccounts.length === 0) return { grants, errors: [] };
  const existing = new Set(await lockSubaccounts(tx, organizationId, grants.allowed_subaccounts));
  return existingOf(grants, given, existing);
}

/** The same where it is known which subaccounts exist. */
export function existingOf<G extends Grants>(
  grants: G,
  given: readonly string[] | undefined,
  existing: ReadonlySet<string>,
): { grants: G; errors: FieldError[] } {
  if (grants.allowed_subaccounts.length === 0) return { grants, errors: [] };
  const errors = (given ?? []).flatMap((id, index) => (existing.has(id) ? [] : unknownSubaccount(index)));
  const allowed_subaccounts = grants.allowed_subaccounts.filter((id) => existing.has(id));
  return { grants: { ...grants, allowed_subaccounts }, errors };
}

function unknownSubaccount(index: number): FieldError {
  return {
    pointer: `/allowed_subaccounts/${index}`,
    code: "unknown_subaccount",
    detail: "There is no subaccount with this id.",
  };
}
