"use client";

import { Check } from "lucide-react";
import { DropdownMenu as Radix } from "radix-ui";
import { type ComponentProps, createContext, type ReactNode, type RefObject, useContext, useRef } from "react";
import { classNames } from "@/components/ui/class-names";

/** Not modal: the page behind stays readable for screen readers and no scroll lock is needed. */
export function DropdownMenu(props: ComponentProps<typeof Radix.Root>) {
  return <Radix.Root modal={false} {...props} />;
}

export const DropdownMenuTrigger = Radix.Trigger;
export const DropdownMenuRadioGroup = Radix.RadioGroup;

type PendingAction = RefObject<(() => void) | null>;
const PendingContext = createContext<PendingAction>({ current: null });

/**
 * What an item does happens after the menu has closed and its trigger has the focus again: a dialog that the item
 * opens therefore gives the focus back to the trigger, not to an item that is gone.
 */
export function DropdownMenuContent({
  className,
  children,
  align = "end",
  ...props
}: ComponentProps<typeof Radix.Content>) {
  const pending: PendingAction = useRef(null);
  return (
    <Radix.Portal>
      <Radix.Content
        {...props}
        align={align}
        sideOffset={4}
        collisionPadding={8}
        onCloseAutoFocus={(event) => {
          props.onCloseAutoFocus?.(event);
          const action = pending.current;
          pending.current = null;
          if (action) queueMicrotask(action);
        }}
        className={classNames(
          "z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-48 max-w-[calc(100vw-1rem)] overflow-y-auto rounded-lg border border-border bg-surface-raised p-1 shadow-overlay outline-none data-[state=open]:animate-fade-in",
          className,
        )}
      >
        <PendingContext value={pending}>{children}</PendingContext>
      </Radix.Content>
    </Radix.Portal>
  );
}

const ITEM_CLASSES =
  "flex min-h-8 cursor-pointer select-none items-center gap-2.5 rounded-md px-2.5 py-1 text-base outline-none data-disabled:cursor-not-allowed data-disabled:opacity-50 data-highlighted:bg-surface-hover data-highlighted:outline-2 data-highlighted:outline-transparent data-highlighted:-outline-offset-2 pointer-coarse:min-h-10";

type DropdownMenuItemProps = {
  icon?: ReactNode;
  tone?: "danger";
  disabled?: boolean;
  onSelect: () => void;
  children: ReactNode;
};

export function DropdownMenuItem({ icon, tone, disabled, onSelect, children }: DropdownMenuItemProps) {
  const pending = useContext(PendingContext);
  return (
    <Radix.Item
      disabled={disabled}
      onSelect={() => {
        pending.current = onSelect;
      }}
      className={classNames(ITEM_CLASSES, tone === "danger" && "text-danger-text data-highlighted:bg-danger-subtle")}
    >
      <span aria-hidden className={tone === "danger" ? undefined : "text-text-muted"}>
        {icon}
      </span>
      {children}
    </Radix.Item>
  );
}

/** An item that is a link: its child is the link, so that it opens in a new tab like any other. */
export function DropdownMenuLinkItem({ children }: { children: ReactNode }) {
  return (
    <Radix.Item asChild className={ITEM_CLASSES}>
      {children}
    </Radix.Item>
  );
}

export function DropdownMenuRadioItem({ children, ...props }: ComponentProps<typeof Radix.RadioItem>) {
  return (
    <Radix.RadioItem {...props} className={ITEM_CLASSES}>
      {children}
      <Radix.ItemIndicator className="ml-auto">
        <Check aria-hidden className="text-accent-text" />
      </Radix.ItemIndicator>
    </Radix.RadioItem>
  );
}

/** A box that is ticked or not; ticking keeps the menu open, so that several can be chosen. */
export function DropdownMenuCheckboxItem({ children, ...props }: ComponentProps<typeof Radix.CheckboxItem>) {
  return (
    <Radix.CheckboxItem {...props} onSelect={(event) => event.preventDefault()} className={ITEM_CLASSES}>
      <span aria-hidden className="size-4">
        <Radix.ItemIndicator>
          <Check className="text-accent-text" />
        </Radix.ItemIndicator>
      </span>
      {children}
    </Radix.CheckboxItem>
  );
}

export function DropdownMenuLabel({ className, ...props }: ComponentProps<typeof Radix.Label>) {
  return <Radix.Label {...props} className={classNames("px-2.5 py-1.5 text-text-muted text-xs", className)} />;
}

export function DropdownMenuSeparator() {
  return <Radix.Separator className="-mx-1 my-1 h-px bg-border forced-colors:bg-[CanvasText]" />;
}
