"use client";

import { Popover as Radix } from "radix-ui";
import type { ComponentProps } from "react";
import { classNames } from "@/components/ui/class-names";

export const Popover = Radix.Root;
export const PopoverTrigger = Radix.Trigger;

/** A small panel beside its trigger. It is a dialog to assistive technology: give it an `aria-label`. */
export function PopoverContent({ className, align = "start", ...props }: ComponentProps<typeof Radix.Content>) {
  return (
    <Radix.Portal>
      <Radix.Content
        {...props}
        align={align}
        sideOffset={4}
        collisionPadding={8}
        className={classNames(
          "z-50 max-h-(--radix-popover-content-available-height) w-80 max-w-[calc(100vw-1rem)] overflow-y-auto rounded-lg border border-border bg-surface-raised p-4 shadow-overlay outline-none data-[state=open]:animate-fade-in",
          className,
        )}
      />
    </Radix.Portal>
  );
}
