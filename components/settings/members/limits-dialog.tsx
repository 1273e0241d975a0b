"use client";

import { useForm } from "react-hook-form";
import { AccountPermissions } from "@/components/api-keys/account-permissions";
import { notOffered, type PermissionChoice } from "@/components/api-keys/permission-groups";
import { ProductPermissions } from "@/components/api-keys/product-permissions";
import { FormDialog } from "@/components/settings/form-dialog";
import { type LimitAxis, LimitChoice } from "@/components/settings/members/limit-choice";
import { useSave } from "@/components/settings/use-save";
import type { Versioned } from "@/components/settings/versioned";
import { type OfferedSubaccount, SubaccountPicker } from "@/components/subaccounts/subaccount-picker";
import { CheckboxField } from "@/components/ui/checkbox";
import type { Member } from "@/lib/members/schema";

export type LimitOptions = {
  choice: PermissionChoice;
  subaccounts: readonly OfferedSubaccount[];
  /** The manager's own limits: nothing beyond them can be handed out. */
  own: { permissions: readonly string[] | null; subaccounts: readonly string[] | null };
};

type LimitsDialogProps = {
  member: Versioned<Member>;
  options: LimitOptions;
  onClose: () => void;
  onSaved: (member: Member) => void;
  onReload: () => void;
};

type Values = {
  permissions_axis: LimitAxis;
  permissions: string[];
  subaccounts_axis: LimitAxis;
  subaccounts: string[];
};

/** What a member may hand out and act on at most, below what the role allows. */
export function LimitsDialog({ member, options, onClose, onSaved, onReload }: LimitsDialogProps) {
  const { watch, setValue, setError, formState, handleSubmit } = useForm<Values>({
    defaultValues: {
      permissions_axis: member.permissions === null ? "all" : "some",
      permissions: member.permissions ?? [],
      subaccounts_axis: member.subaccounts === null ? "all" : "some",
      subaccounts: member.subaccounts ?? [],
    },
  });
  const { alert, isStale, save } = useSave(setError, []);
  const values = watch();
  const submit = handleSubmit(async (given) => {
    const body = {
      permissions: given.permissions_axis === "all" ? null : given.permissions,
      subaccounts: given.subaccounts_axis === "all" ? null : given.subaccounts,
    };
    const path = `/v4/account/members/${member.id}`;
    const answer = await save<Member>({ method: "PATCH", path, body, etag: member.etag });
    if (answer) onSaved(answer.saved);
  });

  const held = member.permissions ?? [];
  const mine = options.own.permissions;
  const picker = {
    chosen: new Set(values.permissions),
    refusalOf: (permission: string) =>
      mine === null || mine.includes(permission) || held.includes(permission)
        ? null
        : "You do not have this permission yourself.",
    onChange: (changed: readonly string[], on: boolean) => {
      const rest = values.permissions.filter((permission) => !changed.includes(permission));
      setValue("permissions", on ? [...rest, ...changed] : rest, DIRTY);
    },
  };

  return (
    <FormDialog
      title={`Limits of ${member.name}`}
      description={ROLE_NOTES[member.role]}
      submitLabel="Save limits"
      size="lg"
      isDirty={formState.isDirty}
      isSubmitting={formState.isSubmitting}
      alert={alert}
      isStale={isStale}
      onReload={onReload}
      onSubmit={submit}
      onClose={onClose}
    >
      <LimitChoice
        legend="Permissions that they may hand out"
        all="As the role allows"
        some="Only those chosen here"
        allRefusal={mine === null || member.permissions === null ? null : "Your own permissions are limited."}
        value={values.permissions_axis}
        onChange={(axis) => setValue("permissions_axis", axis, DIRTY)}
      >
        <p role="status" className="text-sm text-text-muted">
          {values.permissions.length === 0
            ? "None chosen: they can hand out nothing."
            : `${values.permissions.length} chosen`}
        </p>
        <AccountPermissions groups={options.choice.structure.account} {...picker} />
        <ProductPermissions products={options.choice.structure.product} {...picker} />
        {notOffered(held, options.choice).map((permission) => (
          <CheckboxField
            key={permission}
            checked={picker.chosen.has(permission)}
            onChange={(event) => picker.onChange([permission], event.target.checked)}
            label={<span className="font-mono text-sm">{permission}</span>}
            hint="No longer offered to keys."
          />
        ))}
      </LimitChoice>
      <LimitChoice
        legend="Subaccounts that they may act on"
        all="All, also those added later"
        some="Only those chosen here"
        allRefusal={
          options.own.subaccounts === null || member.subaccounts === null ? null : "Your own subaccounts are limited."
        }
        value={values.subaccounts_axis}
        onChange={(axis) => setValue("subaccounts_axis", axis, DIRTY)}
      >
        <SubaccountPicker
          none="There is no subaccount yet, so this allows none."
          summary={
            values.subaccounts.length === 0
              ? "None chosen: they can act on no subaccount."
              : `${values.subaccounts.length} chosen`
          }
          subaccounts={options.subaccounts}
          chosen={values.subaccounts}
          onChange={(ids) => setValue("subaccounts", ids, DIRTY)}
        />
      </LimitChoice>
    </FormDialog>
  );
}

const DIRTY = { shouldDirty: true };

const ROLE_NOTES: Record<Member["role"], string> = {
  owner: "Limits narrow what keys they can make. Their role stays what it is.",
  admin: "Limits narrow what keys they can make. Their role stays what it is.",
  developer: "A developer hands out Account Management permissions only if they are chosen here.",
  viewer: "A viewer creates no keys: only the limit of subaccounts has an effect.",
};
