"use client";

import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { useRef } from "react";
import { PaletteBody } from "@/components/palette/palette-body";
import type { Viewer } from "@/components/shell/places";
import type { ShortcutAction } from "@/components/shortcuts/shortcuts";
import { Button } from "@/components/ui/button";
import { dialogVariants, OVERLAY_CLASSES } from "@/components/ui/dialog";
import { returnFocus } from "@/components/ui/return-focus";

type CommandPaletteProps = {
  open: boolean;
  viewer: Viewer;
  onRun: (action: ShortcutAction) => void;
  onClose: () => void;
};

/**
 * Pages, actions and keys by their names. What was chosen happens after the palette has closed and given the focus
 * back, so that a dialog that it opens returns the focus to the page.
 */
export function CommandPalette({ open, viewer, onRun, onClose }: CommandPaletteProps) {
  const pending = useRef<(() => void) | null>(null);
  return (
    <Radix.Root open={open} onOpenChange={(next) => (next ? undefined : onClose())}>
      <Radix.Portal>
        <Radix.Overlay className={OVERLAY_CLASSES} />
        <Radix.Content
          aria-describedby={undefined}
          onOpenAutoFocus={returnFocus.onOpenAutoFocus}
          onCloseAutoFocus={(event) => {
            returnFocus.onCloseAutoFocus(event);
            const run = pending.current;
            pending.current = null;
            if (run) queueMicrotask(run);
          }}
          className={dialogVariants({ size: "md" })}
        >
          <Radix.Title className="sr-only">Command palette</Radix.Title>
          <PaletteBody
            viewer={viewer}
            onRun={onRun}
            onChoose={(run) => {
              pending.current = run;
              onClose();
            }}
          />
          {/* On a phone the palette fills the screen and nothing else closes it. */}
          <Radix.Close asChild>
            <Button
              variant="ghost"
              aria-label="Close"
              className="absolute top-1.5 right-2 w-8 px-0 pointer-coarse:w-10 sm:hidden"
            >
              <X aria-hidden />
            </Button>
          </Radix.Close>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
