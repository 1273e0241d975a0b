"use client";

import { type ReactNode, useId } from "react";
import { classNames } from "@/components/ui/class-names";
import { FieldError, FieldHint } from "@/components/ui/field";

type FieldsetProps = {
  legend: ReactNode;
  hint?: ReactNode;
  error?: string | undefined;
  /** The form's name of it, by which the form finds its place on the screen. */
  field?: string;
  className?: string;
  children: ReactNode;
};

/** A named group of controls with a hint and an error of its own. */
export function Fieldset({ legend, hint, error, field, className, children }: FieldsetProps) {
  const id = useId();
  const described = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(" ");

  return (
    <fieldset
      data-field={field}
      aria-describedby={described || undefined}
      className={classNames("flex min-w-0 flex-col gap-2", className)}
    >
      <legend className="wrap-anywhere mb-1.5 font-medium text-sm">{legend}</legend>
      {hint ? <FieldHint id={`${id}-hint`}>{hint}</FieldHint> : null}
      {children}
      {error ? <FieldError id={`${id}-error`}>{error}</FieldError> : null}
    </fieldset>
  );
}
