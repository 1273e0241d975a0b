import { z } from "zod";
import type { ApiKeyRow } from "@/lib/api-keys/repository";
import { SCOPE_ACTIONS } from "@/lib/api-keys/resource-filter";
import { environmentSchema } from "@/lib/api-keys/schema";
import { KEY_STATUSES, keyStatus } from "@/lib/api-keys/status";
import { scopesFromStorage } from "@/lib/api-keys/stored-scopes";
import { toUnixSeconds } from "@/lib/clock";
import type { Scope } from "@/lib/principal";

/** Unix seconds. */
const time = (description: string) => z.int().meta({ description });
const timeOrNone = (description: string) => z.int().nullable().meta({ description });

/** An API key as every surface shows it. It has no place for a token. */
export const apiKeySchema = z
  .strictObject({
    id: z.string().meta({ description: "Stays the same for the key's life, through every regeneration." }),
    name: z.string(),
    description: z.string().nullable(),
    status: z.enum(KEY_STATUSES).meta({ description: "Only an `active` key authenticates anything." }),
    is_active: z.boolean().meta({ description: "The switch alone; `status` also knows of expiry and revocation." }),
    environment: environmentSchema.meta({ description: "Fixed for the key's life." }),
    region_id: z.string().meta({ description: "The region that the key belongs to, for its life." }),
    token_preview: z.string().meta({ description: "How the token begins and ends, to recognize it by." }),
    permissions: z.array(z.string()).meta({ description: "As `product:action` or `account:apikeys:action`." }),
    scopes: z
      .array(z.strictObject({ action: z.enum(SCOPE_ACTIONS), resource: z.string() }))
      .meta({ description: "What the key may do to which resources." }),
    all_subaccounts: z.boolean().meta({ description: "True: every subaccount. False with an empty list: none." }),
    allowed_subaccounts: z.array(z.string()).meta({ description: "The subaccounts that it may act on, unless all." }),
    allowed_ips: z.array(z.string()).meta({ description: "Addresses and CIDR ranges. None: from anywhere." }),
    expires_at: timeOrNone("From this second on the key does not work; null = never."),
    created_at: time("When the key was made."),
    updated_at: time("When anything of it was changed last."),
    last_used_at: timeOrNone("To within a minute; null = never used."),
    revoked_at: timeOrNone("Null unless it was revoked."),
    regenerated_at: timeOrNone("When its present token was made; null = with the key."),
    grace_period_ends_at: timeOrNone("Until when the token before this one works too; null = it does not."),
    created_by: z
      .strictObject({ type: z.enum(["user", "api_key", "system"]), id: z.string(), name: z.string() })
      .meta({ description: "Who made it, under the name of then." }),
  })
  .meta({ id: "ApiKey" });

export type ApiKey = z.output<typeof apiKeySchema>;

const warningSchema = z.strictObject({ pointer: z.string(), code: z.string(), detail: z.string() });

export type Warning = z.output<typeof warningSchema>;

/** A key after a change, with what is accepted but worth a second look. */
export const changedKeySchema = apiKeySchema
  .extend({
    warnings: z.array(warningSchema).optional().meta({ description: "What was accepted, but is worth a second look." }),
  })
  .meta({ id: "ChangedApiKey" });

/** The only answer that carries a token: of create and regenerate, once. Null when a retry is answered. */
export const issuedKeySchema = changedKeySchema
  .extend({
    token: z.string().nullable().meta({ description: "In full, this once; null when a retry is answered." }),
  })
  .meta({ id: "IssuedApiKey" });

/** The record as JSON. Lists only what is named here, so that a new column cannot leak. */
export const toApiKey = (row: ApiKeyRow): ApiKey => viewOf({ ...row, scopes: scopesFromStorage(row.scopes) });

/** As `toApiKey`, where the scopes have been read already. */
export function viewOf(row: Omit<ApiKeyRow, "scopes"> & { scopes: Scope[] | null }): ApiKey {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    status: keyStatus(row, row.now),
    is_active: row.disabled_at === null,
    environment: row.environment,
    region_id: row.region_id,
    token_preview: row.token_preview,
    permissions: row.permissions,
    scopes: row.scopes ?? [],
    all_subaccounts: row.all_subaccounts,
    allowed_subaccounts: row.allowed_subaccounts,
    allowed_ips: row.allowed_ips,
    expires_at: toUnixSeconds(row.expires_at),
    created_at: toUnixSeconds(row.created_at),
    updated_at: toUnixSeconds(row.updated_at),
    last_used_at: toUnixSeconds(row.last_used_at),
    revoked_at: toUnixSeconds(row.revoked_at),
    regenerated_at: toUnixSeconds(row.regenerated_at),
    grace_period_ends_at: toUnixSeconds(row.grace_period_ends_at),
    created_by: { type: row.created_by_type, id: row.created_by_id, name: row.created_by_name },
  };
}
