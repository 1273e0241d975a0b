"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { Controller, type FieldErrors, useForm } from "react-hook-form";
import type { z } from "zod";
import { FormDialog } from "@/components/settings/form-dialog";
import { useSave } from "@/components/settings/use-save";
import type { Versioned } from "@/components/settings/versioned";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { TagInput } from "@/components/ui/tag-input";
import { Textarea } from "@/components/ui/textarea";
import { createProductSchema, type Product } from "@/lib/products/schema";

type ProductDialogProps = {
  /** Null: a new one. */
  product: Versioned<Product> | null;
  onClose: () => void;
  onSaved: (product: Product) => void;
  onReload: () => void;
};

type Values = z.input<typeof createProductSchema>;
const FIELDS = ["id", "title", "description", "actions"] as const;

/** Creates or edits a product. Its id is part of every permission and fixed once it is made. */
export function ProductDialog({ product, onClose, onSaved, onReload }: ProductDialogProps) {
  const { register, control, formState, setError, handleSubmit, watch } = useForm<
    Values,
    unknown,
    z.output<typeof createProductSchema>
  >({
    resolver: zodResolver(createProductSchema),
    defaultValues: {
      id: product?.id ?? "",
      title: product?.title ?? "",
      description: product?.description ?? "",
      actions: product?.actions ?? ["read", "write", "delete"],
    },
  });
  const { alert, isStale, save } = useSave(setError, FIELDS);
  const { errors } = formState;

  const submit = handleSubmit(async ({ id, ...rest }) => {
    const list = "/v4/account/products";
    const answer = await save<Product>(
      product
        ? { method: "PATCH", path: `${list}/${product.id}`, body: rest, etag: product.etag }
        : { method: "POST", path: list, body: { id, ...rest } },
    );
    if (answer) onSaved(answer.saved);
  });

  return (
    <FormDialog
      title={product ? `Edit ${product.title}` : "Create product"}
      description="An entry of the permission catalogue. Its permissions can then be granted to keys."
      submitLabel={product ? "Save changes" : "Create product"}
      isDirty={formState.isDirty}
      isSubmitting={formState.isSubmitting}
      alert={alert}
      isStale={isStale}
      onReload={onReload}
      onSubmit={submit}
      onClose={onClose}
    >
      <Field label="Title" error={errors.title?.message}>
        <Input {...register("title")} autoComplete="off" />
      </Field>
      {product ? null : (
        <Field
          label="ID"
          hint="Lower-case letters, digits and underscores, such as residential. It cannot be changed later."
          error={errors.id?.message}
        >
          <Input {...register("id")} autoComplete="off" autoCapitalize="off" spellCheck={false} className="font-mono" />
        </Field>
      )}
      <Field label="Description" optional error={errors.description?.message}>
        <Textarea {...register("description")} rows={2} />
      </Field>
      <Field
        label="Actions"
        hint={<PermissionsHint id={product?.id ?? watch("id")} actions={watch("actions")} />}
        error={errors.actions?.message ?? errors.actions?.root?.message}
      >
        <Controller
          control={control}
          name="actions"
          render={({ field }) => (
            <TagInput
              ref={field.ref}
              value={field.value}
              onValueChange={field.onChange}
              onBlur={field.onBlur}
              itemErrors={itemErrorsOf(errors)}
              placeholder="read, write, delete"
            />
          )}
        />
      </Field>
    </FormDialog>
  );
}

/** What a key will be able to hold: spelled out, because code will have to spell it the same. */
function PermissionsHint({ id, actions }: { id: string; actions: readonly string[] }) {
  if (actions.length === 0) return <>Add each with Enter or a comma.</>;
  return (
    <>
      Permissions:{" "}
      <span className="break-all font-mono text-xs">{actions.map((a) => `${id || "…"}:${a}`).join(", ")}</span>
    </>
  );
}

function itemErrorsOf({ actions }: FieldErrors<Values>): Record<number, string | undefined> {
  if (!Array.isArray(actions)) return {};
  const items: readonly ({ message?: string } | undefined)[] = actions;
  return Object.fromEntries(items.flatMap((error, index) => (error?.message ? [[index, error.message]] : [])));
}
