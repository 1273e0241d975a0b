export const KEY_STATUSES = ["active", "disabled", "expired", "revoked"] as const;

export type KeyStatus = (typeof KEY_STATUSES)[number];

/**
 * The status of a key, derived and never stored. Revoked is permanent and hides the rest; an expired key is expired
 * whether or not it is switched off; only an active key authenticates anything. A key expires at the very instant of
 * `expires_at`. `now` is the database's clock.
 */
export function keyStatus(
  key: { revoked_at: Date | null; expires_at: Date | null; disabled_at: Date | null },
  now: Date,
): KeyStatus {
  if (key.revoked_at !== null) return "revoked";
  if (key.expires_at !== null && key.expires_at.getTime() <= now.getTime()) return "expired";
  return key.disabled_at === null ? "active" : "disabled";
}
