"use client";

import { AlertDialog } from "@/components/ui/alert-dialog";

type DiscardDialogProps = { open: boolean; onKeep: () => void; onDiscard: () => void };

/** Stands between a form with changes and the way out. */
export function DiscardDialog({ open, onKeep, onDiscard }: DiscardDialogProps) {
  return (
    <AlertDialog
      open={open}
      onOpenChange={(next) => (next ? undefined : onKeep())}
      size="sm"
      title="Discard your changes?"
      description="What you entered has not been saved."
      cancelLabel="Keep editing"
      confirmLabel="Discard changes"
      onConfirm={onDiscard}
    />
  );
}
