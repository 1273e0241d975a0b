"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useForm } from "react-hook-form";
import type { z } from "zod";
import { PASSWORD_HINT } from "@/components/auth/new-password-field";
import { useChanged } from "@/components/settings/use-changed";
import { useSave } from "@/components/settings/use-save";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { FormAlert } from "@/components/ui/form-alert";
import { useHydrated } from "@/components/ui/hydrated";
import { PasswordInput } from "@/components/ui/password-input";
import { changePasswordSchema } from "@/lib/sessions/schema";

type Values = z.output<typeof changePasswordSchema>;

/** Changes one's own password. It takes the current one: an unlocked screen is not enough. */
export function PasswordCard({ email }: { email: string }) {
  const hydrated = useHydrated();
  const { changed } = useChanged();
  const { register, handleSubmit, setError, reset, formState } = useForm<Values>({
    resolver: zodResolver(changePasswordSchema),
    defaultValues: { current_password: "", new_password: "" },
  });
  const { alert, save } = useSave(setError, ["current_password", "new_password"]);
  const { errors, isSubmitting } = formState;

  const submit = handleSubmit(async (body) => {
    const answer = await save({ method: "POST", path: "/v4/account/password", body });
    if (!answer) return;
    reset();
    changed("Your password is changed", "You were signed out everywhere else.");
  });

  return (
    <Card title="Password" description="Changing it signs you out everywhere else.">
      <form method="post" noValidate onSubmit={submit} className="flex max-w-md flex-col gap-4">
        <FormAlert alert={alert} />
        {/* For password managers, which save the new one under it. */}
        <input type="email" autoComplete="username" value={email} readOnly hidden />
        <Field label="Current password" error={errors.current_password?.message}>
          <PasswordInput {...register("current_password")} autoComplete="current-password" />
        </Field>
        <Field
          label="New password"
          hint={errors.new_password ? undefined : PASSWORD_HINT}
          error={errors.new_password?.message}
        >
          <PasswordInput {...register("new_password")} autoComplete="new-password" />
        </Field>
        <Button type="submit" variant="primary" loading={isSubmitting} disabled={!hydrated} className="self-start">
          Change password
        </Button>
      </form>
    </Card>
  );
}
