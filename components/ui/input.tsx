"use client";

import type { ComponentProps } from "react";
import { classNames } from "@/components/ui/class-names";
import { useFieldControl } from "@/components/ui/field";

/** The look that every text-like control shares. 16 px on touch screens, where smaller text makes the page zoom. */
export const CONTROL_CLASSES =
  "w-full min-w-0 rounded-md border border-border-strong bg-surface-raised px-2.5 text-base text-text transition-colors duration-100 hover:border-text-muted focus-visible:outline-offset-0 disabled:cursor-not-allowed disabled:opacity-60 aria-invalid:border-danger-text pointer-coarse:text-lg";

export function Input({ className, type = "text", ...props }: ComponentProps<"input">) {
  return (
    <input
      {...props}
      {...useFieldControl(props)}
      type={type}
      className={classNames(CONTROL_CLASSES, "h-8 read-only:bg-surface-sunken pointer-coarse:h-10", className)}
    />
  );
}
