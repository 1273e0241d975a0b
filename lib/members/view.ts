import { toUnixSeconds } from "@/lib/clock";
import type { MemberRow } from "@/lib/members/repository";
import type { Member } from "@/lib/members/schema";
import { memberStatus } from "@/lib/members/status";

/** The record as JSON. Lists only what is named here, so that a new column cannot leak. */
export function toMember(row: MemberRow): Member {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    role: row.role,
    status: memberStatus(row),
    permissions: row.limit_permissions ? row.permissions : null,
    subaccounts: row.limit_subaccounts ? row.subaccounts : null,
    created_at: toUnixSeconds(row.created_at),
    last_sign_in_at: toUnixSeconds(row.last_sign_in_at),
  };
}
