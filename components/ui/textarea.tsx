"use client";

import type { ComponentProps } from "react";
import { classNames } from "@/components/ui/class-names";
import { useFieldControl } from "@/components/ui/field";
import { CONTROL_CLASSES } from "@/components/ui/input";

export function Textarea({ className, rows = 3, ...props }: ComponentProps<"textarea">) {
  return (
    <textarea
      {...props}
      {...useFieldControl(props)}
      rows={rows}
      className={classNames(CONTROL_CLASSES, "field-sizing-content max-h-64 min-h-16 py-1.5", className)}
    />
  );
}
