import { z } from "zod";
import { apiKeySchema, toApiKey } from "@/lib/api-keys/view";
import { toUnixSeconds } from "@/lib/clock";
import type { MemberRow } from "@/lib/members/repository";
import type { ReviewedKeyRow } from "@/lib/members/repository-review";
import type { Member } from "@/lib/members/schema";
import { memberStatus } from "@/lib/members/status";
import { pageSchema } from "@/lib/paging";

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

const keyToReviewSchema = z
  .strictObject({
    api_key: apiKeySchema,
    reason: z.enum(["creator_removed", "creator_deactivated", "creator_demoted"]),
    last_active: z.boolean().meta({ description: "The only active key of its region." }),
  })
  .meta({ id: "KeyToReview" });

export type KeyToReview = z.output<typeof keyToReviewSchema>;

export const keyToReviewPageSchema = pageSchema(keyToReviewSchema, "KeyToReviewPage");

export function toKeyToReview(row: ReviewedKeyRow): KeyToReview {
  return { api_key: toApiKey(row), reason: row.reason, last_active: row.last_active };
}
