"use client";

import type { UseFormRegisterReturn } from "react-hook-form";
import { Field } from "@/components/ui/field";
import { PasswordInput } from "@/components/ui/password-input";

type NewPasswordFieldProps = { registration: UseFormRegisterReturn; error: string | undefined };

export function NewPasswordField({ registration, error }: NewPasswordFieldProps) {
  return (
    <Field label="Password" hint="15 characters or more; a few unrelated words work well." error={error}>
      <PasswordInput {...registration} autoComplete="new-password" required />
    </Field>
  );
}
