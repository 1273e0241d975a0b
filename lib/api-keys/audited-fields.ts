import type { ApiKey } from "@/lib/api-keys/view";

/** The fields of a key whose changes the audit log tells: everything an admin sets, and the preview of its token. */
export function auditedFields(key: ApiKey) {
  const { name, description, environment, region_id, permissions, scopes, all_subaccounts, allowed_subaccounts } = key;
  const { allowed_ips, expires_at, is_active, token_preview } = key;
  const grants = { permissions, scopes, all_subaccounts, allowed_subaccounts, allowed_ips, expires_at };
  return { name, description, environment, region_id, ...grants, is_active, token_preview };
}
