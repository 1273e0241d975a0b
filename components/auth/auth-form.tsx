"use client";

import type { FormEventHandler, ReactNode } from "react";
import type { FormAlert as FormAlertContent } from "@/components/api-client";
import { Button } from "@/components/ui/button";
import { FormAlert } from "@/components/ui/form-alert";
import { useHydrated } from "@/components/ui/hydrated";

type AuthFormProps = {
  onSubmit: FormEventHandler<HTMLFormElement>;
  pending: boolean;
  submitLabel: string;
  alert: FormAlertContent | null;
  children: ReactNode;
};

/** A form with a password. POST, and no sending before React is there: a plain GET would put the password into the URL. */
export function AuthForm({ onSubmit, pending, submitLabel, alert, children }: AuthFormProps) {
  const hydrated = useHydrated();
  return (
    <form method="post" noValidate onSubmit={onSubmit} className="flex flex-col gap-4">
      <FormAlert alert={alert} />
      {children}
      <Button type="submit" variant="primary" size="lg" loading={pending} disabled={!hydrated} className="mt-2 w-full">
        {submitLabel}
      </Button>
    </form>
  );
}
