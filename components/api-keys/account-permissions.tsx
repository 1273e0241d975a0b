"use client";

import { PermissionBox } from "@/components/api-keys/permission-box";
import type { PermissionChoice } from "@/components/api-keys/permission-groups";
import type { PermissionPickerProps } from "@/components/api-keys/permissions-field";

type AccountPermissionsProps = PermissionPickerProps & { groups: PermissionChoice["structure"]["account"] };

/** Account Management: what a key may do with keys, usage and the audit log. */
export function AccountPermissions({ groups, chosen, refusalOf, onChange }: AccountPermissionsProps) {
  const permissions = groups.flatMap((group) => group.permissions);
  return (
    <fieldset className="rounded-md border border-border p-3">
      <legend className="px-1 text-sm text-text-muted">Account Management</legend>
      <div className="grid gap-x-4 gap-y-2.5 sm:grid-cols-2">
        {permissions.map(({ id, title, description }) => (
          <PermissionBox
            key={id}
            name={title}
            checked={chosen.has(id)}
            refusal={refusalOf(id)}
            onChange={(on) => onChange([id], on)}
          >
            {title}
            <span className="block text-text-muted text-xs">{description}</span>
          </PermissionBox>
        ))}
      </div>
    </fieldset>
  );
}
