"use client";

import { CircleAlert } from "lucide-react";
import { createContext, type ReactNode, useContext, useId } from "react";
import { classNames } from "@/components/ui/class-names";

type FieldProps = {
  label: ReactNode;
  /** Stands under the label and is read with the control. */
  hint?: ReactNode;
  /** From the form's own validation or from the server; marks the control as invalid. */
  error?: string | undefined;
  optional?: boolean;
  /** Keeps the label for screen readers only. */
  hideLabel?: boolean;
  /** The form's name of it, by which the form finds its place on the screen. */
  field?: string;
  className?: string;
  children: ReactNode;
};

/** A label, a hint and an error around one control of this folder, tied to it by id. */
export function Field({
  label,
  hint,
  error,
  optional = false,
  hideLabel = false,
  field,
  className,
  children,
}: FieldProps) {
  const id = useId();
  const ids = { control: id, hint: hint ? `${id}-hint` : null, error: error ? `${id}-error` : null };

  return (
    <div data-field={field} className={classNames("wrap-anywhere flex min-w-0 flex-col gap-1.5", className)}>
      <label htmlFor={id} className={hideLabel ? "sr-only" : "font-medium text-sm"}>
        {label}
        {optional ? <span className="font-normal text-text-muted"> (optional)</span> : null}
      </label>
      <FieldContext value={ids}>{children}</FieldContext>
      {hint ? <FieldHint id={`${id}-hint`}>{hint}</FieldHint> : null}
      {error ? <FieldError id={`${id}-error`}>{error}</FieldError> : null}
    </div>
  );
}

export function FieldHint({ id, children }: { id?: string; children: ReactNode }) {
  return (
    <p id={id} className="wrap-anywhere text-sm text-text-muted">
      {children}
    </p>
  );
}

export function FieldError({ id, children }: { id?: string; children: ReactNode }) {
  return (
    <p id={id} className="flex gap-1.5 text-danger-text text-sm">
      <CircleAlert aria-hidden className="mt-0.5" />
      <span className="min-w-0 wrap-anywhere">{children}</span>
    </p>
  );
}

type FieldIds = { control: string; hint: string | null; error: string | null };
const FieldContext = createContext<FieldIds | null>(null);

type ControlProps = {
  id?: string | undefined;
  "aria-describedby"?: string | undefined;
  "aria-invalid"?: boolean | "true" | "false" | "grammar" | "spelling" | undefined;
};

/** What ties a control to the Field around it; the control's own props win, its descriptions are added. */
export function useFieldControl(props: ControlProps): ControlProps {
  const ids = useContext(FieldContext);
  if (!ids)
    return { id: props.id, "aria-describedby": props["aria-describedby"], "aria-invalid": props["aria-invalid"] };

  const described = [ids.error, ids.hint, props["aria-describedby"]].filter(Boolean).join(" ");
  return {
    id: props.id ?? ids.control,
    "aria-describedby": described || undefined,
    "aria-invalid": props["aria-invalid"] ?? (ids.error ? true : undefined),
  };
}
