"use client";

import { useId } from "react";
import { classNames } from "@/components/ui/class-names";
import type { RadioOption } from "@/components/ui/radio-group";

type SegmentedControlProps<V extends string> = {
  label: string;
  options: readonly Pick<RadioOption<V>, "value" | "label">[];
  value: V;
  onValueChange: (value: V) => void;
  className?: string;
};

/** One of a few short choices side by side: native radio buttons, so arrow keys work and the choice is announced. */
export function SegmentedControl<V extends string>(props: SegmentedControlProps<V>) {
  const name = useId();
  return (
    <div
      role="radiogroup"
      aria-label={props.label}
      className={classNames(
        "inline-flex w-fit max-w-full flex-wrap gap-0.5 rounded-md border border-border bg-surface-sunken p-0.5",
        props.className,
      )}
    >
      {props.options.map((option) => (
        <label
          key={option.value}
          className={classNames(
            "relative inline-flex h-7 cursor-pointer items-center gap-1.5 rounded-sm border border-transparent px-2.5 text-sm pointer-coarse:h-9",
            "text-text-muted hover:text-text has-checked:border-border has-checked:bg-surface-raised has-checked:font-medium has-checked:text-text has-checked:shadow-raised",
            "has-focus-visible:outline-2 has-focus-visible:outline-accent-text",
            "forced-colors:border-[Canvas] forced-colors:has-checked:border-[Highlight]",
          )}
        >
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={option.value === props.value}
            onChange={() => props.onValueChange(option.value)}
            className="absolute inset-0 size-full cursor-pointer opacity-0"
          />
          {option.label}
        </label>
      ))}
    </div>
  );
}
