"use client";

import { type ReactNode, useId } from "react";
import { Checkbox } from "@/components/ui/checkbox";
import { classNames } from "@/components/ui/class-names";
import { Tooltip } from "@/components/ui/tooltip";

type PermissionBoxProps = {
  name: string;
  checked: boolean;
  /** Why it cannot be granted; null if it can. */
  refusal: string | null;
  onChange: (on: boolean) => void;
  /** Visible text beside the box; the box alone is named by `name`. */
  children?: ReactNode;
};

/** One permission's box. One that may not be granted stays in view and in reach of the keyboard, and says why. */
export function PermissionBox({ name, checked, refusal, onChange, children }: PermissionBoxProps) {
  const id = useId();
  const box = (
    <span
      className={classNames("inline-flex", children && "mt-[3px]", refusal !== null && "cursor-not-allowed opacity-50")}
    >
      <Checkbox
        id={id}
        aria-label={children ? undefined : name}
        checked={checked}
        aria-disabled={refusal !== null || undefined}
        aria-describedby={refusal === null ? undefined : `${id}-why`}
        onChange={(event) => (refusal === null ? onChange(event.target.checked) : undefined)}
      />
    </span>
  );
  return (
    <span className="inline-flex items-start gap-2.5">
      {refusal === null ? box : <Tooltip content={refusal}>{box}</Tooltip>}
      {children ? (
        <label htmlFor={id} className={refusal === null ? undefined : "text-text-muted"}>
          {children}
        </label>
      ) : null}
      {refusal === null ? null : (
        <span id={`${id}-why`} className="sr-only">
          {refusal}
        </span>
      )}
    </span>
  );
}
