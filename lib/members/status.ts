export type MemberStatus = "invited" | "active" | "deactivated";

/** Derived, never stored: deactivated comes first, then whether the invitation was accepted. */
export function memberStatus(row: { activated_at: Date | null; deactivated_at: Date | null }): MemberStatus {
  if (row.deactivated_at !== null) return "deactivated";
  return row.activated_at === null ? "invited" : "active";
}
