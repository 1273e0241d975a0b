"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { Controller, useForm } from "react-hook-form";
import { z } from "zod";
import { FormDialog } from "@/components/settings/form-dialog";
import { powerRefusal } from "@/components/settings/members/member-rights";
import { RoleField } from "@/components/settings/members/role-field";
import type { SettingsViewer } from "@/components/settings/rights";
import { useSave } from "@/components/settings/use-save";
import type { Versioned } from "@/components/settings/versioned";
import { Alert } from "@/components/ui/alert";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { type Member, updateMemberSchema } from "@/lib/members/schema";

type EditMemberDialogProps = {
  member: Versioned<Member>;
  viewer: SettingsViewer;
  onClose: () => void;
  onSaved: (member: Member) => void;
  onReload: () => void;
};

const editFormSchema = z.object({
  name: updateMemberSchema.shape.name.unwrap(),
  role: updateMemberSchema.shape.role.unwrap(),
});
type Values = z.output<typeof editFormSchema>;

/** A member's name and role. Only what was changed is sent: one's own name can be changed, one's own role cannot. */
export function EditMemberDialog({ member, viewer, onClose, onSaved, onReload }: EditMemberDialogProps) {
  const { register, control, watch, formState, setError, handleSubmit } = useForm<Values>({
    resolver: zodResolver(editFormSchema),
    defaultValues: { name: member.name, role: member.role },
  });
  const { alert, isStale, save } = useSave(setError, ["name", "role"]);
  const isDemoted = watch("role") !== member.role;

  const submit = handleSubmit(async ({ name, role }) => {
    const body = { ...(name === member.name ? {} : { name }), ...(role === member.role ? {} : { role }) };
    if (Object.keys(body).length === 0) return onClose();
    const path = `/v4/account/members/${member.id}`;
    const answer = await save<Member>({ method: "PATCH", path, body, etag: member.etag });
    if (answer) onSaved(answer.saved);
  });

  return (
    <FormDialog
      title={`Edit ${member.name}`}
      description={member.email}
      submitLabel="Save changes"
      isDirty={formState.isDirty}
      isSubmitting={formState.isSubmitting}
      alert={alert}
      isStale={isStale}
      onReload={onReload}
      onSubmit={submit}
      onClose={onClose}
    >
      <Field label="Name" error={formState.errors.name?.message}>
        <Input {...register("name")} autoComplete="off" />
      </Field>
      <Controller
        control={control}
        name="role"
        render={({ field }) => (
          <RoleField
            viewer={viewer}
            value={field.value}
            onChange={field.onChange}
            error={formState.errors.role?.message}
            refusal={powerRefusal(viewer, member)}
          />
        )}
      />
      {isDemoted ? (
        <Alert tone="warning">
          Another role signs {member.name} out everywhere, at once. Keys that they created go on working; those that the
          new role could not create are listed for review.
        </Alert>
      ) : null}
    </FormDialog>
  );
}
