"use client";

import { type ReactNode, useId } from "react";
import { classNames } from "@/components/ui/class-names";

export type RadioOption<V extends string> = {
  value: V;
  label: ReactNode;
  description?: ReactNode;
  disabled?: boolean;
};

type RadioGroupProps<V extends string> = {
  /** The accessible name; inside a Fieldset its legend names the group too. */
  label: string;
  options: readonly RadioOption<V>[];
  value: V;
  onValueChange: (value: V) => void;
  disabled?: boolean;
  className?: string;
};

/** One of a few, each with room for a description. */
export function RadioGroup<V extends string>({ label, options, value, onValueChange, ...props }: RadioGroupProps<V>) {
  const name = useId();
  return (
    <div role="radiogroup" aria-label={label} className={classNames("flex flex-col gap-2", props.className)}>
      {options.map((option) => (
        <label
          key={option.value}
          className={classNames(
            "flex cursor-pointer items-start gap-2.5 rounded-md border border-border bg-surface-raised px-3 py-2",
            "hover:bg-surface-hover has-checked:border-accent-text has-checked:bg-accent-subtle",
            "has-disabled:cursor-not-allowed has-disabled:opacity-60",
          )}
        >
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={option.value === value}
            disabled={props.disabled || option.disabled}
            onChange={() => onValueChange(option.value)}
            className="mt-[3px] size-4 shrink-0 appearance-none rounded-full border border-border-strong bg-surface-raised checked:border-5 checked:border-accent"
          />
          <span className="min-w-0">
            <span className="block">{option.label}</span>
            {option.description ? <span className="block text-sm text-text-muted">{option.description}</span> : null}
          </span>
        </label>
      ))}
    </div>
  );
}
