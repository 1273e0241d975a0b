"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useState } from "react";
import { useForm } from "react-hook-form";
import type { z } from "zod";
import { applyProblem, callApi, type FormAlert } from "@/components/api-client";
import { AuthForm } from "@/components/auth/auth-form";
import { LinkUsed } from "@/components/auth/link-used";
import { NewPasswordField } from "@/components/auth/new-password-field";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { acceptInvitationSchema } from "@/lib/members/schema";

type AcceptInput = z.input<typeof acceptInvitationSchema>;
const FIELDS = ["name", "password"] as const;

/** Makes the invited person a member; they then sign in with the e-mail that was invited. */
export function InvitationForm({ token }: { token: string }) {
  const [alert, setAlert] = useState<FormAlert | null>(null);
  const [state, setState] = useState<"open" | "done" | "used">("open");
  const { register, handleSubmit, setError, formState } = useForm<
    AcceptInput,
    unknown,
    z.output<typeof acceptInvitationSchema>
  >({ resolver: zodResolver(acceptInvitationSchema), mode: "onTouched" });
  const { errors, isSubmitting } = formState;

  const submit = handleSubmit(async (member) => {
    setAlert(null);
    const answer = await callApi("POST", `/v4/invitations/${encodeURIComponent(token)}/accept`, member);
    if (answer.ok) {
      setState("done");
      window.location.assign("/sign-in?invitation=accepted");
    } else if (answer.problem.status === 404) setState("used");
    else setAlert(applyProblem(answer.problem, setError, FIELDS));
  });

  if (state === "used") return <LinkUsed what="invitation" />;
  return (
    <AuthForm onSubmit={submit} pending={isSubmitting || state === "done"} submitLabel="Join" alert={alert}>
      <Field label="Your name" error={errors.name?.message}>
        <Input {...register("name")} autoComplete="name" required />
      </Field>
      <NewPasswordField registration={register("password")} error={errors.password?.message} />
    </AuthForm>
  );
}
