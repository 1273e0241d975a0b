"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { Controller, useForm } from "react-hook-form";
import { z } from "zod";
import { FormDialog } from "@/components/settings/form-dialog";
import { RoleField } from "@/components/settings/members/role-field";
import type { SettingsViewer } from "@/components/settings/rights";
import { useSave } from "@/components/settings/use-save";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { inviteMemberSchema } from "@/lib/members/schema";

type InviteDialogProps = {
  viewer: SettingsViewer;
  onClose: () => void;
  /** The link is in this answer only. */
  onInvited: (invitation: { email: string; url: string }) => void;
};

const inviteFormSchema = z.object({ email: inviteMemberSchema.shape.email, role: inviteMemberSchema.shape.role });
type Values = z.input<typeof inviteFormSchema>;

/** Asks whom to invite and as what. No e-mail is sent: the answer is a link to hand over. */
export function InviteDialog({ viewer, onClose, onInvited }: InviteDialogProps) {
  const { register, control, formState, setError, handleSubmit } = useForm<
    Values,
    unknown,
    z.output<typeof inviteFormSchema>
  >({
    resolver: zodResolver(inviteFormSchema),
    defaultValues: { email: "", role: "developer" },
  });
  const { alert, save } = useSave(setError, ["email", "role"]);

  const submit = handleSubmit(async (body) => {
    const answer = await save<{ email: string; invitation_url: string }>({
      method: "POST",
      path: "/v4/account/members",
      body,
    });
    if (answer) onInvited({ email: answer.saved.email, url: answer.saved.invitation_url });
  });

  return (
    <FormDialog
      title="Invite member"
      description="You get a link to hand over. Nothing is sent by e-mail."
      submitLabel="Create invitation link"
      isDirty={formState.isDirty}
      isSubmitting={formState.isSubmitting}
      alert={alert}
      onSubmit={submit}
      onClose={onClose}
    >
      <Field label="E-mail" hint="What they sign in with." error={formState.errors.email?.message}>
        <Input {...register("email")} type="email" autoComplete="off" autoCapitalize="off" spellCheck={false} />
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
            refusal={null}
          />
        )}
      />
    </FormDialog>
  );
}
