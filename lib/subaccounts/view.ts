import { toUnixSeconds } from "@/lib/clock";
import type { SubaccountRow } from "@/lib/subaccounts/repository";
import type { Subaccount } from "@/lib/subaccounts/schema";

/** The record as JSON. Lists only what is named here, so that a new column cannot leak. */
export function toSubaccount(row: SubaccountRow): Subaccount {
  return {
    id: row.id,
    name: row.name,
    external_id: row.external_id,
    created_at: toUnixSeconds(row.created_at),
    updated_at: toUnixSeconds(row.updated_at),
  };
}
