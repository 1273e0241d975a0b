import { toUnixSeconds } from "@/lib/clock";
import type { RegionRow } from "@/lib/regions/repository";
import type { Region } from "@/lib/regions/schema";

/** The record as JSON. Lists only what is named here, so that a new column cannot leak. */
export function toRegion(row: RegionRow): Region {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    always_keep_one_active_key: row.always_keep_one_active_key,
    is_default: row.is_default,
    created_at: toUnixSeconds(row.created_at),
    updated_at: toUnixSeconds(row.updated_at),
  };
}
