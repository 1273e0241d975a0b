"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { signIn } from "next-auth/react";
import { useState } from "react";
import { useForm } from "react-hook-form";
import type { z } from "zod";
import { applyProblem, callApi, type FormAlert } from "@/components/api-client";
import { AuthForm } from "@/components/auth/auth-form";
import { LinkUsed } from "@/components/auth/link-used";
import { NewPasswordField } from "@/components/auth/new-password-field";
import { HOME } from "@/components/shell/home";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { setupFormSchema } from "@/lib/organizations/schema";

type SetupInput = z.input<typeof setupFormSchema>;
const FIELDS = ["organization", "name", "email", "password"] as const;

/** Creates the organization and its owner with the one-time link's token, then signs the owner in. */
export function SetupForm({ token }: { token: string }) {
  const [alert, setAlert] = useState<FormAlert | null>(null);
  const [state, setState] = useState<"open" | "done" | "used">("open");
  const { register, handleSubmit, setError, formState } = useForm<
    SetupInput,
    unknown,
    z.output<typeof setupFormSchema>
  >({
    resolver: zodResolver(setupFormSchema),
    mode: "onTouched",
  });
  const { errors, isSubmitting } = formState;

  const submit = handleSubmit(async (owner) => {
    setAlert(null);
    const answer = await callApi("POST", "/v4/setup", { setup_token: token, ...owner });
    if (answer.ok) {
      setState("done");
      const { email, password } = owner;
      const signedIn = await signIn("credentials", { email, password, redirect: false }).catch(() => undefined);
      window.location.assign(signedIn?.ok ? HOME : "/sign-in");
    } else if (answer.problem.status === 404) setState("used");
    else setAlert(applyProblem(answer.problem, setError, FIELDS));
  });

  if (state === "used") return <LinkUsed what="set-up" />;
  return (
    <AuthForm
      onSubmit={submit}
      pending={isSubmitting || state === "done"}
      submitLabel="Create organization"
      alert={alert}
    >
      <Field label="Organization" error={errors.organization?.message}>
        <Input {...register("organization")} autoComplete="organization" required />
      </Field>
      <Field label="Your name" error={errors.name?.message}>
        <Input {...register("name")} autoComplete="name" required />
      </Field>
      <Field label="E-mail" error={errors.email?.message}>
        <Input {...register("email")} type="email" autoComplete="username" autoCapitalize="off" required />
      </Field>
      <NewPasswordField registration={register("password")} error={errors.password?.message} />
    </AuthForm>
  );
}
