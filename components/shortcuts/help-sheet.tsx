"use client";

import { Fragment, useId } from "react";
import { useModifierName } from "@/components/shortcuts/modifier-name";
import type { Shortcut } from "@/components/shortcuts/shortcuts";
import { Dialog, DialogBody, DialogContent } from "@/components/ui/dialog";
import { Kbd } from "@/components/ui/kbd";
import { Switch } from "@/components/ui/switch";

type HelpSheetProps = {
  open: boolean;
  shortcuts: readonly Shortcut[];
  enabled: boolean;
  onEnable: (enabled: boolean) => void;
  onClose: () => void;
};

/** Every shortcut, and the switch that turns off those without a modifier (WCAG 2.1.4). */
export function HelpSheet({ open, shortcuts, enabled, onEnable, onClose }: HelpSheetProps) {
  const id = useId();
  const modifier = useModifierName();
  return (
    <Dialog open={open} onOpenChange={(next) => (next ? undefined : onClose())}>
      <DialogContent title="Keyboard shortcuts" description="They wait while you type or while a dialog is open.">
        <DialogBody>
          <div className="mb-4 flex items-start justify-between gap-4 border-border border-b pb-4">
            <div>
              <p id={id} className="font-medium">
                Single-key shortcuts
              </p>
              <p id={`${id}-hint`} className="text-sm text-text-muted">
                Turn them off if speech input or stray keys set them off. Remembered on this browser.
              </p>
            </div>
            <Switch checked={enabled} onCheckedChange={onEnable} aria-labelledby={id} aria-describedby={`${id}-hint`} />
          </div>
          <dl className="grid grid-cols-[1fr_auto] items-center gap-x-4 gap-y-2">
            <dt>Open the command palette</dt>
            <dd className="flex gap-1">
              <Kbd>{modifier}</Kbd>
              <Kbd>K</Kbd>
            </dd>
            {shortcuts.map(({ action, keys, label }) => (
              <Fragment key={action}>
                <dt className={enabled ? undefined : "text-text-muted"}>{label}</dt>
                <dd className="flex items-center gap-1">
                  {keys.map((key, index) => (
                    <Fragment key={key}>
                      {index > 0 ? <span className="text-text-muted text-xs">then</span> : null}
                      <Kbd>{key}</Kbd>
                    </Fragment>
                  ))}
                  {enabled ? null : <span className="sr-only">(turned off)</span>}
                </dd>
              </Fragment>
            ))}
          </dl>
        </DialogBody>
      </DialogContent>
    </Dialog>
  );
}
