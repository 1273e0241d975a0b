"use client";

import { cva, type VariantProps } from "class-variance-authority";
import { Slot } from "radix-ui";
import type { ComponentProps, MouseEvent } from "react";
import { classNames } from "@/components/ui/class-names";
import { Spinner } from "@/components/ui/spinner";

export const buttonVariants = cva(
  [
    "relative inline-flex shrink-0 select-none items-center justify-center gap-2 whitespace-nowrap rounded-md border font-medium",
    "transition-colors duration-100 disabled:cursor-not-allowed disabled:opacity-50 aria-disabled:cursor-not-allowed",
  ],
  {
    variants: {
      variant: {
        primary: "border-transparent bg-accent text-accent-contrast shadow-raised hover:bg-accent-hover",
        secondary: "border-border bg-surface-raised text-text shadow-raised hover:bg-surface-hover",
        ghost: "border-transparent bg-transparent text-text hover:bg-surface-hover",
        danger: "border-transparent bg-danger text-danger-contrast shadow-raised hover:bg-danger-hover",
      },
      size: {
        sm: "h-7 px-2.5 text-sm pointer-coarse:h-9",
        md: "h-8 px-3 text-base pointer-coarse:h-10",
        lg: "h-10 px-4 text-base",
      },
    },
    defaultVariants: { variant: "secondary", size: "md" },
  },
);

export type ButtonProps = ComponentProps<"button"> &
  VariantProps<typeof buttonVariants> & {
    /** Shows a spinner in the same width, keeps the focus and ignores clicks, so that a double click has one effect. */
    loading?: boolean;
    /** Gives the look to the only child instead, for links. `loading` has no effect then. */
    asChild?: boolean;
  };

export function Button({ variant, size, loading = false, asChild = false, className, ...props }: ButtonProps) {
  const classes = classNames(buttonVariants({ variant, size }), className);
  if (asChild) return <Slot.Root className={classes} {...props} />;

  const { children, onClick, type = "button", ...rest } = props;
  const handleClick = (event: MouseEvent<HTMLButtonElement>) => {
    if (loading) event.preventDefault();
    else onClick?.(event);
  };

  return (
    <button
      {...rest}
      type={type}
      className={classes}
      onClick={handleClick}
      aria-busy={loading || undefined}
      aria-disabled={loading || rest["aria-disabled"]}
    >
      <span className={classNames("inline-flex items-center gap-2", loading && "opacity-0")}>{children}</span>
      {loading ? (
        <span className="absolute inset-0 grid place-items-center">
          <Spinner />
        </span>
      ) : null}
    </button>
  );
}
