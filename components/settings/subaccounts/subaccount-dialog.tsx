"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useForm } from "react-hook-form";
import type { z } from "zod";
import { FormDialog } from "@/components/settings/form-dialog";
import { useSave } from "@/components/settings/use-save";
import type { Versioned } from "@/components/settings/versioned";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { createSubaccountSchema, type Subaccount } from "@/lib/subaccounts/schema";

type SubaccountDialogProps = {
  /** Null: a new one. */
  subaccount: Versioned<Subaccount> | null;
  onClose: () => void;
  onSaved: (subaccount: Subaccount) => void;
  onReload: () => void;
};

type Values = z.input<typeof createSubaccountSchema>;
const FIELDS = ["name", "external_id"] as const;

/** Creates or edits a subaccount. */
export function SubaccountDialog({ subaccount, onClose, onSaved, onReload }: SubaccountDialogProps) {
  const { register, formState, setError, handleSubmit } = useForm<
    Values,
    unknown,
    z.output<typeof createSubaccountSchema>
  >({
    resolver: zodResolver(createSubaccountSchema),
    defaultValues: { name: subaccount?.name ?? "", external_id: subaccount?.external_id ?? "" },
  });
  const { alert, isStale, save } = useSave(setError, FIELDS);

  const submit = handleSubmit(async (body) => {
    const list = "/v4/account/subaccounts";
    const path = subaccount ? `${list}/${subaccount.id}` : list;
    const answer = await save<Subaccount>({
      method: subaccount ? "PATCH" : "POST",
      path,
      body,
      etag: subaccount?.etag,
    });
    if (answer) onSaved(answer.saved);
  });

  return (
    <FormDialog
      title={subaccount ? `Edit ${subaccount.name}` : "Create subaccount"}
      description="A customer or project account that keys may act on."
      submitLabel={subaccount ? "Save changes" : "Create subaccount"}
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
      <Field
        label="External ID"
        optional
        hint="The customer's or project's id in your own system. No two subaccounts share one."
        error={formState.errors.external_id?.message}
      >
        <Input {...register("external_id")} autoComplete="off" spellCheck={false} className="font-mono" />
      </Field>
    </FormDialog>
  );
}
