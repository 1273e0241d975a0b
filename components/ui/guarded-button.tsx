"use client";

import { Button, type ButtonProps } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";
import { Tooltip } from "@/components/ui/tooltip";

type GuardedButtonProps = Omit<ButtonProps, "asChild"> & {
  /** Why it may not be used; null if it may. */
  refusal: string | null;
};

/** A button that stays in view and in reach of the keyboard when it may not be used, and says why. */
export function GuardedButton({ refusal, className, children, onClick, ...props }: GuardedButtonProps) {
  if (refusal === null) {
    return (
      <Button {...props} onClick={onClick} className={className}>
        {children}
      </Button>
    );
  }
  return (
    <Tooltip content={refusal}>
      <Button
        {...props}
        type="button"
        aria-disabled
        onClick={() => undefined}
        className={classNames(className, "opacity-50")}
      >
        {children}
        <span className="sr-only">. {refusal}</span>
      </Button>
    </Tooltip>
  );
}
