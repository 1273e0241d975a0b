import { z } from "zod";
import type { ApiKeyRow } from "@/lib/api-keys/repository";
import { SCOPE_ACTIONS } from "@/lib/api-keys/resource-filter";
import { environmentSchema } from "@/lib/api-keys/schema";
import { KEY_STATUSES, keyStatus } from "@/lib/api-keys/status";
import { scopesFromStorage } from "@/lib/api-keys/stored-scopes";
import { toUnixSeconds } from "@/lib/clock";
import type { Scope } from "@/lib/principal";

const time = z.int();

/** An API key as every surface shows it. It has no place for a token. */
export const apiKeySchema = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    status: z.enum(KEY_STATUSES),
    is_active: z.boolean().meta({ description: "The switch alone; `status` also knows of expiry and revocation." }),
    environment: environmentSchema,
    region_id: z.string(),
    token_preview: z.string(),
    permissions: z.array(z.string()),
    scopes: z.array(z.strictObject({ action: z.enum(SCOPE_ACTIONS), resource: z.string() })),
    all_subaccounts: z.boolean().meta({ description: "True: every subaccount. False with an empty list: none." }),
    allowed_subaccounts: z.array(z.string()),
    allowed_ips: z.array(z.string()),
    expires_at: time.nullable(),
    created_at: time,
    updated_at: time,
    last_used_at: time.nullable(),
    revoked_at: time.nullable(),
    regenerated_at: time.nullable(),
    grace_period_ends_at: time.nullable(),
    created_by: z.strictObject({ type: z.enum(["user", "api_key", "system"]), id: z.string(), name: z.string() }),
  })
  .meta({ id: "ApiKey" });

export type ApiKey = z.output<typeof apiKeySchema>;

const warningSchema = z.strictObject({ pointer: z.string(), code: z.string(), detail: z.string() });

export type Warning = z.output<typeof warningSchema>;

/** A key after a change, with what is accepted but worth a second look. */
export const changedKeySchema = apiKeySchema
  .extend({ warnings: z.array(warningSchema).optional() })
  .meta({ id: "ChangedApiKey" });

/** The only answer that carries a token: of create and regenerate, once. Null when a retry is answered. */
export const issuedKeySchema = changedKeySchema.extend({ token: z.string().nullable() }).meta({ id: "IssuedApiKey" });

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
