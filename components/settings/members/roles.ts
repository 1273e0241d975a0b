import type { Role } from "@/lib/principal";

/** What each role may do, in one line, from the most to the least. */
export const ROLES: readonly { value: Role; label: string; description: string }[] = [
  {
    value: "owner",
    label: "Owner",
    description: "Everything, deleting the organization and managing owners included.",
  },
  { value: "admin", label: "Admin", description: "Everything but deleting the organization and managing owners." },
  {
    value: "developer",
    label: "Developer",
    description: "Creates and manages only their own keys, without Account Management permissions unless granted.",
  },
  { value: "viewer", label: "Viewer", description: "Reads keys, usage and the audit log. Changes nothing." },
];

export function roleLabel(role: Role): string {
  return ROLES.find(({ value }) => value === role)?.label ?? role;
}
