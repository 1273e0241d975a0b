"use client";

import { ROLES } from "@/components/settings/members/roles";
import type { SettingsViewer } from "@/components/settings/rights";
import { Fieldset } from "@/components/ui/fieldset";
import { RadioGroup } from "@/components/ui/radio-group";
import type { Role } from "@/lib/principal";

type RoleFieldProps = {
  viewer: SettingsViewer;
  value: Role;
  onChange: (role: Role) => void;
  error: string | undefined;
  /** Why the role cannot be changed at all; null if it can. */
  refusal: string | null;
};

/** One of the four roles, each with what it may do. */
export function RoleField({ viewer, value, onChange, error, refusal }: RoleFieldProps) {
  const options = ROLES.map((role) => {
    if (role.value !== "owner" || viewer.role === "owner") return role;
    return { ...role, disabled: true, description: `${role.description} Only an owner makes someone one.` };
  });
  return (
    <Fieldset legend="Role" hint={refusal ?? undefined} error={error}>
      <RadioGroup label="Role" options={options} value={value} onValueChange={onChange} disabled={refusal !== null} />
    </Fieldset>
  );
}
