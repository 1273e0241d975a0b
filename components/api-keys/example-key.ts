import type { ApiKey } from "@/lib/api-keys/view";

/** A key for tests: plain, active and created by a member, except for what the test names. */
export function apiKey(fields: Partial<ApiKey> = {}): ApiKey {
  return {
    id: "key_1",
    name: "CI pipeline",
    description: null,
    status: "active",
    is_active: true,
    environment: "production",
    region_id: "reg_1",
    token_preview: "lk_prod_7Hq2…x9Kd",
    permissions: ["serp_api:read"],
    scopes: [],
    all_subaccounts: true,
    allowed_subaccounts: [],
    allowed_ips: [],
    expires_at: null,
    created_at: 1_795_170_000,
    updated_at: 1_795_170_000,
    last_used_at: null,
    revoked_at: null,
    regenerated_at: null,
    grace_period_ends_at: null,
    created_by: { type: "user", id: "usr_ada", name: "Ada" },
    ...fields,
  };
}
