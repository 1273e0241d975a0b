"use client";

import type { UseFormRegisterReturn } from "react-hook-form";
import { Field } from "@/components/ui/field";
import { PasswordInput } from "@/components/ui/password-input";

/** Not beside an error: what it says of a short one is the same. */
export const PASSWORD_HINT = "15 characters or more; a few unrelated words work well.";

type NewPasswordFieldProps = { registration: UseFormRegisterReturn; error: string | undefined };

export function NewPasswordField({ registration, error }: NewPasswordFieldProps) {
  return (
    <Field label="Password" hint={error ? undefined : PASSWORD_HINT} error={error}>
      <PasswordInput {...registration} autoComplete="new-password" required />
    </Field>
  );
}
