import type { Tx } from "@/lib/db";
import type { FieldError } from "@/lib/errors";
import type { OrganizationId } from "@/lib/ids";
import { lockSubaccounts } from "@/lib/subaccounts/repository";

/** The ids that name no subaccount of this organization; another tenant's and a made-up one read alike. */
export async function unknownSubaccounts(
  tx: Tx,
  organizationId: OrganizationId,
  ids: readonly string[],
): Promise<FieldError[]> {
  if (ids.length === 0) return [];
  const existing = new Set(await lockSubaccounts(tx, organizationId, ids));
  return ids.flatMap((id, index) =>
    existing.has(id)
      ? []
      : {
          pointer: `/allowed_subaccounts/${index}`,
          code: "unknown_subaccount",
          detail: "There is no subaccount with this id.",
        },
  );
}
