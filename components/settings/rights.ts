import type { Role } from "@/lib/principal";

/** What the settings need to know of the signed-in member. The API decides anew. */
export type SettingsViewer = {
  id: string;
  role: Role;
  /** False: the member may act on some subaccounts only. */
  all_subaccounts: boolean;
};

/** Why this member may not change `what` ("regions"), in words; null if they may. */
export function changeRefusal(viewer: SettingsViewer, what: string): string | null {
  if (viewer.role === "owner" || viewer.role === "admin") return null;
  return `Only owners and admins change ${what}. Ask one of them.`;
}
