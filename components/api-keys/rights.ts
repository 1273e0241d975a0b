import type { ApiKey } from "@/lib/api-keys/view";
import type { Role } from "@/lib/principal";

/** What the screens need to know of the signed-in member. */
export type KeyViewer = {
  id: string;
  role: Role;
  /** The address that the server sees, or null. */
  ip: string | null;
  /** False: limited to some subaccounts. */
  all_subaccounts: boolean;
};

export type KeyAction = "edit" | "regenerate" | "disable" | "reactivate" | "revoke" | "delete";

/** Why this member may not create keys, in words; null if they may. The API decides anew. */
export function createRefusal(viewer: KeyViewer): string | null {
  return viewer.role === "viewer" ? "Viewers cannot create API keys. Ask an admin or owner." : null;
}

/** Why this member may not do this to this key, in words; null if they may. The API decides anew. */
export function refusalOf(action: KeyAction, key: ApiKey, viewer: KeyViewer): string | null {
  const isRevoked = key.status === "revoked";
  if (action === "delete" ? !isRevoked : isRevoked) return STATE_REFUSALS[action];
  if (action === "disable" && !key.is_active) return "The key is disabled already.";
  if (action === "reactivate" && key.is_active) return "The key is not disabled.";
  if (viewer.role === "viewer") return "Viewers cannot change API keys. Ask an admin or owner.";
  if (viewer.role !== "developer") return null;
  const isOwn = key.created_by.type === "user" && key.created_by.id === viewer.id;
  return isOwn ? null : "Developers manage only the keys that they created. Ask an admin or owner.";
}

const STATE_REFUSALS: Record<KeyAction, string> = {
  edit: "A revoked key cannot be edited.",
  regenerate: "A revoked key gets no new token.",
  disable: "A revoked key is off for good.",
  reactivate: "A revoked key cannot come back.",
  revoke: "The key is revoked already.",
  delete: "Only a revoked key can be deleted permanently.",
};
