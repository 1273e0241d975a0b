import type { SettingsViewer } from "@/components/settings/rights";
import type { Member } from "@/lib/members/schema";

/** Why this manager may not change anything of this member, in words; null if they may. The API decides anew. */
export function memberRefusal(viewer: SettingsViewer, member: Pick<Member, "role">): string | null {
  if (viewer.role === "owner" || member.role !== "owner") return null;
  return "Only an owner manages owners.";
}

/** Why this manager may not change the member's role, status and limits, nor remove them; null if they may. */
export function powerRefusal(viewer: SettingsViewer, member: Pick<Member, "id" | "role">): string | null {
  if (member.id === viewer.id) return "Nobody changes their own role, status or limits.";
  return memberRefusal(viewer, member);
}
