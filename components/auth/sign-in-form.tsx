"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { signIn } from "next-auth/react";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { z } from "zod";
import { AuthForm } from "@/components/auth/auth-form";
import { signInAlert } from "@/components/auth/sign-in-reason";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { PasswordInput } from "@/components/ui/password-input";
import { emailSchema } from "@/lib/organizations/schema";

const signInSchema = z.object({ email: emailSchema, password: z.string().min(1, "Enter your password.") });

type SignInFormProps = {
  /** A path of this console, already judged safe. */
  next: string;
};

export function SignInForm({ next }: SignInFormProps) {
  const [failure, setFailure] = useState<{ reason: string | null } | null>(null);
  const { register, handleSubmit, resetField, setFocus, formState } = useForm<z.infer<typeof signInSchema>>({
    resolver: zodResolver(signInSchema),
  });
  const { errors, isSubmitting, isSubmitSuccessful } = formState;

  const submit = handleSubmit(async (credentials) => {
    setFailure(null);
    const reason = await attempt(credentials);
    if (reason === undefined) {
      // A full load: nothing from before signing in stays in the page's memory.
      window.location.assign(next);
      return;
    }
    setFailure({ reason });
    resetField("password");
    setFocus("password");
  });

  return (
    <AuthForm
      onSubmit={submit}
      pending={isSubmitting || (isSubmitSuccessful && !failure)}
      submitLabel="Sign in"
      alert={failure ? signInAlert(failure.reason) : null}
    >
      <Field label="E-mail" error={errors.email?.message}>
        <Input {...register("email")} type="email" autoComplete="username" autoCapitalize="off" required />
      </Field>
      <Field label="Password" error={errors.password?.message}>
        <PasswordInput {...register("password")} autoComplete="current-password" required />
      </Field>
    </AuthForm>
  );
}

/** Signs in; undefined when it worked, else next-auth's reason, null when there is none. */
async function attempt(credentials: { email: string; password: string }): Promise<string | null | undefined> {
  try {
    const answer = await signIn("credentials", { ...credentials, redirect: false });
    if (answer?.ok && !answer.error) return undefined;
    return answer?.error ?? null;
  } catch {
    // The server was not reached, or answered with something that is not JSON.
    return null;
  }
}
