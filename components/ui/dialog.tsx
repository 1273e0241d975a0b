"use client";

import { cva, type VariantProps } from "class-variance-authority";
import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";
import { returnFocus } from "@/components/ui/return-focus";

/** Open state and focus: the focus goes back to where it came from when the dialog closes. */
export const Dialog = Radix.Root;

export const OVERLAY_CLASSES =
  "fixed inset-0 z-40 bg-scrim data-[state=open]:animate-fade-in data-[state=closed]:animate-fade-out";

/** On phones a sheet that fills the screen, from `sm` on a centred card. */
export const dialogVariants = cva(
  [
    "fixed z-40 flex flex-col border-border bg-surface-raised shadow-overlay outline-none",
    "max-sm:inset-0 max-sm:h-dvh sm:inset-x-0 sm:top-[max(1rem,8dvh)] sm:mx-auto sm:max-h-[calc(100dvh-max(2rem,16dvh))] sm:w-[calc(100%-2rem)] sm:rounded-xl sm:border",
    // So low a screen leaves no room for a part that scrolls: there the whole dialog does.
    "[@media(max-height:30rem)]:block [@media(max-height:30rem)]:overflow-y-auto",
    "data-[state=open]:animate-rise-in data-[state=closed]:animate-fade-out",
  ],
  {
    variants: { size: { sm: "sm:max-w-sm", md: "sm:max-w-lg", lg: "sm:max-w-2xl" } },
    defaultVariants: { size: "md" },
  },
);

type DialogContentProps = VariantProps<typeof dialogVariants> &
  Pick<ComponentProps<typeof Radix.Content>, "onOpenAutoFocus"> & {
    title: ReactNode;
    description?: ReactNode;
    /** False: neither Escape nor an outside click nor a corner button closes it; only what is inside does. */
    dismissible?: boolean;
    /** Told when Escape or an outside click was ignored because `dismissible` is false. */
    onDismissAttempt?: () => void;
    children: ReactNode;
  };

/** The dialog itself: header from `title` and `description`; children are a DialogBody and a DialogFooter, or a DialogForm with both. */
export function DialogContent({
  title,
  description,
  size,
  dismissible = true,
  onDismissAttempt,
  onOpenAutoFocus,
  children,
}: DialogContentProps) {
  const keepOpen = (event: Event) => {
    if (dismissible) return;
    event.preventDefault();
    onDismissAttempt?.();
  };
  // Radix warns about a missing description unless it is told that there is none.
  const described = description ? {} : { "aria-describedby": undefined };

  return (
    <Radix.Portal>
      <Radix.Overlay className={OVERLAY_CLASSES} />
      <Radix.Content
        {...described}
        onOpenAutoFocus={(event) => {
          returnFocus.onOpenAutoFocus(event);
          onOpenAutoFocus?.(event);
        }}
        onCloseAutoFocus={returnFocus.onCloseAutoFocus}
        className={dialogVariants({ size })}
        onEscapeKeyDown={keepOpen}
        onInteractOutside={keepOpen}
      >
        <header className="border-border border-b py-4 pr-14 pl-5">
          <Radix.Title className="wrap-anywhere font-semibold text-lg">{title}</Radix.Title>
          {description ? (
            <Radix.Description className="wrap-anywhere mt-0.5 text-text-muted">{description}</Radix.Description>
          ) : null}
        </header>
        {children}
        {/* Last in the order of focus, so that a dialog starts at its first field. */}
        {dismissible ? (
          <Radix.Close asChild>
            <Button
              variant="ghost"
              aria-label="Close"
              className="absolute top-3 right-3 w-8 px-0 text-text-muted hover:text-text pointer-coarse:top-2 pointer-coarse:w-10"
            >
              <X aria-hidden />
            </Button>
          </Radix.Close>
        ) : null}
      </Radix.Content>
    </Radix.Portal>
  );
}

/** The part that scrolls. */
export function DialogBody({ className, ...props }: ComponentProps<"div">) {
  return (
    <div
      {...props}
      className={classNames(
        "min-h-0 flex-1 overflow-y-auto px-5 py-4 *:shrink-0 [@media(max-height:30rem)]:overflow-visible",
        className,
      )}
    />
  );
}

/** Always in view; on phones above the edge that gestures use. */
export function DialogFooter({ className, ...props }: ComponentProps<"footer">) {
  return (
    <footer
      {...props}
      className={classNames(
        "flex flex-wrap items-center justify-end gap-2 border-border border-t px-5 py-3 max-sm:pb-[max(0.75rem,env(safe-area-inset-bottom))]",
        className,
      )}
    />
  );
}

/** A form that holds the body and the footer, so that the footer's button submits it. */
export function DialogForm({ className, ...props }: ComponentProps<"form">) {
  return <form method="post" noValidate {...props} className={classNames("flex min-h-0 flex-1 flex-col", className)} />;
}
