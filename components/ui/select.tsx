"use client";

import { ChevronsUpDown } from "lucide-react";
import type { ComponentProps } from "react";
import { classNames } from "@/components/ui/class-names";
import { useFieldControl } from "@/components/ui/field";
import { CONTROL_CLASSES } from "@/components/ui/input";

/** The browser's own select, whose list every platform already makes accessible. Children are its options. */
export function Select({ className, children, ...props }: ComponentProps<"select">) {
  return (
    <span className={classNames("relative inline-flex h-fit w-full min-w-0", className)}>
      <select
        {...props}
        {...useFieldControl(props)}
        className={classNames(CONTROL_CLASSES, "h-8 appearance-none truncate pr-8 pointer-coarse:h-10")}
      >
        {children}
      </select>
      <ChevronsUpDown
        aria-hidden
        className="pointer-events-none absolute inset-y-0 right-2.5 my-auto size-3.5 text-text-muted"
      />
    </span>
  );
}
