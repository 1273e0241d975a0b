"use client";

import type { ComponentProps } from "react";
import { Button, type ButtonProps } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";
import { Tooltip } from "@/components/ui/tooltip";

type IconButtonProps = Omit<ButtonProps, "children" | "asChild" | "aria-label"> & {
  /** The accessible name, also shown as a tooltip. */
  label: string;
  /** The icon. */
  children: ComponentProps<"button">["children"];
};

const SQUARE = { sm: "w-7 pointer-coarse:w-9", md: "w-8 pointer-coarse:w-10", lg: "w-10" };

/** A square button with an icon and a required name. */
export function IconButton({ label, variant = "ghost", size = "md", className, children, ...props }: IconButtonProps) {
  return (
    <Tooltip content={label}>
      <Button
        {...props}
        variant={variant}
        size={size}
        aria-label={label}
        className={classNames(
          "px-0",
          variant === "ghost" && "text-text-muted hover:text-text",
          SQUARE[size ?? "md"],
          className,
        )}
      >
        {children}
      </Button>
    </Tooltip>
  );
}
