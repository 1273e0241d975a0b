"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { Controller, useForm } from "react-hook-form";
import type { z } from "zod";
import { FormDialog } from "@/components/settings/form-dialog";
import { useSave } from "@/components/settings/use-save";
import type { Versioned } from "@/components/settings/versioned";
import { CheckboxField } from "@/components/ui/checkbox";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Textarea } from "@/components/ui/textarea";
import { createRegionSchema, type Region } from "@/lib/regions/schema";

type RegionDialogProps = {
  /** Null: a new one. */
  region: Versioned<Region> | null;
  onClose: () => void;
  onSaved: (region: Region) => void;
  onReload: () => void;
};

type Values = z.input<typeof createRegionSchema>;
const FIELDS = ["name", "description", "always_keep_one_active_key"] as const;

/** Creates or edits a region. An edit is sent whole: every field of it is in the form. */
export function RegionDialog({ region, onClose, onSaved, onReload }: RegionDialogProps) {
  const form = useForm<Values, unknown, z.output<typeof createRegionSchema>>({
    resolver: zodResolver(createRegionSchema),
    defaultValues: {
      name: region?.name ?? "",
      description: region?.description ?? "",
      always_keep_one_active_key: region?.always_keep_one_active_key ?? false,
    },
  });
  const { register, control, formState, setError, handleSubmit } = form;
  const { alert, isStale, save } = useSave(setError, FIELDS);

  const submit = handleSubmit(async (body) => {
    const path = region ? `/v4/account/regions/${region.id}` : "/v4/account/regions";
    const answer = await save<Region>({ method: region ? "PATCH" : "POST", path, body, etag: region?.etag });
    if (answer) onSaved(answer.saved);
  });

  return (
    <FormDialog
      title={region ? `Edit ${region.name}` : "Create region"}
      description="Every key belongs to exactly one region, for its whole life."
      submitLabel={region ? "Save changes" : "Create region"}
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
      <Field label="Description" optional error={formState.errors.description?.message}>
        <Textarea {...register("description")} rows={2} />
      </Field>
      <Controller
        control={control}
        name="always_keep_one_active_key"
        render={({ field }) => (
          <CheckboxField
            ref={field.ref}
            name={field.name}
            checked={field.value ?? false}
            onChange={(event) => field.onChange(event.target.checked)}
            onBlur={field.onBlur}
            label="Always keep one active key"
            hint="The region's last active key cannot be disabled, revoked or deleted, neither here nor by the API."
          />
        )}
      />
    </FormDialog>
  );
}
