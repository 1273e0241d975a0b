"use client";

import { useKeyFields } from "@/components/api-keys/key-form";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Textarea } from "@/components/ui/textarea";

export function NameFields() {
  const { register, formState } = useKeyFields();
  const { errors } = formState;
  return (
    <>
      <Field
        field="name"
        label="Name"
        error={errors.name?.message}
        hint="How you will recognise the key, for example CI pipeline."
      >
        <Input {...register("name")} autoComplete="off" aria-required />
      </Field>
      <Field field="description" label="Description" optional error={errors.description?.message}>
        <Textarea {...register("description")} rows={2} />
      </Field>
    </>
  );
}
