"use client";

import { Controller } from "react-hook-form";
import { AccountPermissions } from "@/components/api-keys/account-permissions";
import { type KeyFormOptions, listError, useKeyFields } from "@/components/api-keys/key-form";
import { notOffered, permissionIds } from "@/components/api-keys/permission-groups";
import { ProductPermissions } from "@/components/api-keys/product-permissions";
import { CheckboxField } from "@/components/ui/checkbox";
import { FieldError, FieldHint } from "@/components/ui/field";

/** What the two groups of permissions need: the choice so far, and who may not grant what. */
export type PermissionPickerProps = {
  chosen: ReadonlySet<string>;
  refusalOf: (permission: string) => string | null;
  onChange: (permissions: readonly string[], on: boolean) => void;
};

type PermissionsFieldProps = Pick<KeyFormOptions, "choice" | "viewer"> & {
  /** The permissions of the key as it stands: those can be kept and taken away, whoever edits. */
  held: readonly string[];
};

/** Account Management, then Products. What the viewer may not grant is visible, disabled and says why. */
export function PermissionsField({ choice, viewer, held }: PermissionsFieldProps) {
  const { control, formState } = useKeyFields();
  const error = listError(formState.errors.permissions);
  const grantable = new Set([...choice.allowed_permissions, ...held]);
  const reason =
    viewer.role === "developer"
      ? "Your role may not grant this. Ask an admin or owner."
      : "You do not have this permission yourself.";
  const isLimited = permissionIds([...choice.structure.account, ...choice.structure.product]).some(
    (permission) => !grantable.has(permission),
  );

  return (
    <Controller
      control={control}
      name="permissions"
      render={({ field }) => {
        const picker: PermissionPickerProps = {
          chosen: new Set(field.value),
          refusalOf: (permission) => (grantable.has(permission) ? null : reason),
          onChange: (permissions, on) => field.onChange(withPermissions(field.value, permissions, on)),
        };
        return (
          <section data-field="permissions" aria-labelledby="key-permissions" className="flex flex-col gap-3">
            <div>
              <h3 id="key-permissions" tabIndex={-1} ref={field.ref} className="font-medium text-sm outline-none">
                Permissions
              </h3>
              <FieldHint>
                At least one permission or one scope.{isLimited ? ` Dimmed permissions: ${reason}` : ""}
              </FieldHint>
            </div>
            {error ? <FieldError>{error}</FieldError> : null}
            <AccountPermissions groups={choice.structure.account} {...picker} />
            <ProductPermissions products={choice.structure.product} {...picker} />
            <Retired permissions={notOffered(held, choice)} {...picker} />
          </section>
        );
      }}
    />
  );
}

/** Permissions of products that are no longer offered: they can only be taken away. */
function Retired({ permissions, chosen, onChange }: PermissionPickerProps & { permissions: readonly string[] }) {
  if (permissions.length === 0) return null;
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1.5 text-sm text-text-muted">No longer offered</legend>
      {permissions.map((permission) => (
        <CheckboxField
          key={permission}
          checked={chosen.has(permission)}
          onChange={(event) => onChange([permission], event.target.checked)}
          label={<span className="font-mono text-sm">{permission}</span>}
        />
      ))}
    </fieldset>
  );
}

function withPermissions(before: readonly string[], changed: readonly string[], on: boolean): string[] {
  const rest = before.filter((permission) => !changed.includes(permission));
  return on ? [...new Set([...before, ...changed])] : rest;
}
