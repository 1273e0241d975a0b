"use client";

import { type ComponentProps, type ReactNode, useId } from "react";
import { classNames } from "@/components/ui/class-names";
import { useFieldControl } from "@/components/ui/field";

type CheckboxProps = Omit<ComponentProps<"input">, "type" | "ref"> & {
  ref?: ((input: HTMLInputElement | null) => void) | { current: HTMLInputElement | null } | null;
  /** Some but not all: shown as a dash and announced as "mixed". */
  indeterminate?: boolean;
};

/** The browser's own checkbox, redrawn; its hit area is 24 px though the box is 16 px. Needs a label or `aria-label`. */
export function Checkbox({ indeterminate = false, className, ref, ...props }: CheckboxProps) {
  const attach = (input: HTMLInputElement | null) => {
    if (input) input.indeterminate = indeterminate;
    if (typeof ref === "function") ref(input);
    else if (ref) ref.current = input;
  };

  return (
    <span className={classNames("relative inline-grid size-4 shrink-0 place-items-center", className)}>
      <input
        {...props}
        {...useFieldControl(props)}
        ref={attach}
        type="checkbox"
        className="peer absolute -inset-1 z-10 size-6 cursor-pointer opacity-0 disabled:cursor-not-allowed"
      />
      <span
        className={classNames(
          "size-4 rounded-sm border border-border-strong bg-surface-raised transition-colors duration-100",
          "peer-checked:border-accent peer-checked:bg-accent peer-indeterminate:border-accent peer-indeterminate:bg-accent",
          "peer-disabled:opacity-50 peer-aria-invalid:border-danger-text",
          "peer-focus-visible:outline-2 peer-focus-visible:outline-accent-text peer-focus-visible:outline-offset-2",
        )}
      />
      {CHECK}
      {DASH}
    </span>
  );
}

const MARK =
  "pointer-events-none absolute size-3 fill-none stroke-3 stroke-current text-accent-contrast opacity-0 forced-colors:text-[CanvasText]";

// Plain elements, made once: a table has a hundred of these, and an icon component costs ten times as much.
const CHECK = (
  <svg
    aria-hidden
    viewBox="0 0 24 24"
    strokeLinecap="round"
    strokeLinejoin="round"
    className={`${MARK} peer-checked:opacity-100 peer-indeterminate:opacity-0`}
  >
    <path d="M20 6 9 17l-5-5" />
  </svg>
);
const DASH = (
  <svg aria-hidden viewBox="0 0 24 24" strokeLinecap="round" className={`${MARK} peer-indeterminate:opacity-100`}>
    <path d="M5 12h14" />
  </svg>
);

type CheckboxFieldProps = CheckboxProps & { label: ReactNode; hint?: ReactNode };

/** A checkbox with its label beside it and a hint below the label. */
export function CheckboxField({ label, hint, className, ...props }: CheckboxFieldProps) {
  const id = useId();
  return (
    <div className={classNames("flex items-start gap-2.5", className)}>
      <Checkbox {...props} id={id} aria-describedby={hint ? `${id}-hint` : undefined} className="mt-[3px]" />
      <div className="min-w-0">
        <label htmlFor={id} className={props.disabled ? "text-text-muted" : undefined}>
          {label}
        </label>
        {hint ? (
          <p id={`${id}-hint`} className="text-sm text-text-muted">
            {hint}
          </p>
        ) : null}
      </div>
    </div>
  );
}
