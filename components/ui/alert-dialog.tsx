"use client";

import { AlertDialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";
import { dialogVariants, OVERLAY_CLASSES } from "@/components/ui/dialog";
import { returnFocus } from "@/components/ui/return-focus";

type AlertDialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description: ReactNode;
  confirmLabel: string;
  cancelLabel?: string;
  tone?: "danger" | "primary";
  /** Does the deed; the dialog stays open until its owner closes it, so that an error can be shown in it. */
  onConfirm: () => void;
  pending?: boolean;
  /** For example until a name has been typed. */
  confirmDisabled?: boolean;
  error?: string | null;
  size?: "sm" | "md" | "lg";
  children?: ReactNode;
};

/** Asks before something that cannot be undone. Cancel has the focus; an outside click does nothing. */
export function AlertDialog({ tone = "danger", cancelLabel = "Cancel", pending = false, ...props }: AlertDialogProps) {
  return (
    <Radix.Root open={props.open} onOpenChange={(open) => (pending ? undefined : props.onOpenChange(open))}>
      <Radix.Portal>
        <Radix.Overlay className={OVERLAY_CLASSES} />
        <Radix.Content
          {...returnFocus}
          className={classNames(
            dialogVariants({ size: props.size ?? "md" }),
            "max-sm:top-auto max-sm:bottom-0 max-sm:h-auto max-sm:max-h-dvh max-sm:rounded-t-xl max-sm:border-t",
          )}
        >
          <div className="min-h-0 flex-1 overflow-y-auto px-5 py-4 [@media(max-height:30rem)]:overflow-visible">
            <Radix.Title className="wrap-anywhere font-semibold text-lg">{props.title}</Radix.Title>
            <Radix.Description asChild>
              <div className="wrap-anywhere mt-1.5 text-text-muted">{props.description}</div>
            </Radix.Description>
            {props.children ? <div className="mt-4 flex flex-col gap-4 empty:hidden">{props.children}</div> : null}
            {props.error ? (
              <Alert tone="danger" announce className="mt-4">
                {props.error}
              </Alert>
            ) : null}
          </div>
          <div className="flex flex-wrap justify-end gap-2 border-border border-t px-5 py-3">
            <Radix.Cancel asChild>
              <Button>{cancelLabel}</Button>
            </Radix.Cancel>
            <Button variant={tone} loading={pending} disabled={props.confirmDisabled} onClick={props.onConfirm}>
              {props.confirmLabel}
            </Button>
          </div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
