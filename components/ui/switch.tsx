"use client";

import type { ComponentProps } from "react";
import { classNames } from "@/components/ui/class-names";
import { useFieldControl } from "@/components/ui/field";

type SwitchProps = Omit<ComponentProps<"button">, "onChange" | "children" | "type" | "role" | "aria-checked"> & {
  checked: boolean;
  onCheckedChange: (checked: boolean) => void;
};

/** On or off, in force at once. Needs a label: a Field around it, `aria-label` or `aria-labelledby`. */
export function Switch({ checked, onCheckedChange, className, ...props }: SwitchProps) {
  return (
    <button
      {...props}
      {...useFieldControl(props)}
      type="button"
      role="switch"
      aria-checked={checked}
      onClick={(event) => {
        props.onClick?.(event);
        if (!event.defaultPrevented) onCheckedChange(!checked);
      }}
      className={classNames(
        "group relative inline-flex h-6 w-10 shrink-0 items-center rounded-full border transition-colors duration-100",
        "border-border-strong bg-surface-sunken aria-checked:border-accent aria-checked:bg-accent",
        "disabled:cursor-not-allowed disabled:opacity-50",
        className,
      )}
    >
      <span
        className={classNames(
          "ml-0.5 size-4 rounded-full border border-transparent bg-border-strong transition-transform duration-150",
          "group-aria-checked:translate-x-4 group-aria-checked:bg-accent-contrast",
        )}
      />
    </button>
  );
}
