"use client";

import { type ComponentProps, useId } from "react";
import { classNames } from "@/components/ui/class-names";
import { useFieldControl } from "@/components/ui/field";
import { Tooltip } from "@/components/ui/tooltip";

type SwitchProps = Pick<ComponentProps<"button">, "aria-label" | "aria-labelledby" | "aria-describedby"> & {
  checked: boolean;
  onCheckedChange: (checked: boolean) => void;
  /** Why it may not be switched: it then stays in reach of the keyboard and says so. */
  refusal?: string | null;
};

/** On or off, in force at once. Needs a label: a Field around it, `aria-label` or `aria-labelledby`. */
export function Switch({ checked, onCheckedChange, refusal = null, ...props }: SwitchProps) {
  const why = useId();
  const described = [props["aria-describedby"], refusal === null ? null : why].filter(Boolean).join(" ");
  const control = useFieldControl({ "aria-describedby": described || undefined });
  const button = (
    <button
      {...props}
      {...control}
      type="button"
      role="switch"
      aria-checked={checked}
      aria-disabled={refusal !== null || undefined}
      onClick={() => (refusal === null ? onCheckedChange(!checked) : undefined)}
      className={classNames(
        "group relative inline-flex h-6 w-10 shrink-0 items-center rounded-full border transition-colors duration-100",
        "border-border-strong bg-surface-sunken aria-checked:border-accent aria-checked:bg-accent",
        "aria-disabled:cursor-not-allowed aria-disabled:opacity-50",
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
  if (refusal === null) return button;
  return (
    <>
      <Tooltip content={refusal}>{button}</Tooltip>
      <span id={why} className="sr-only">
        {refusal}
      </span>
    </>
  );
}
