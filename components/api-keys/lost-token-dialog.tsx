"use client";

import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogFooter } from "@/components/ui/dialog";

type LostTokenDialogProps = { keyName: string; onOpened: () => void; onClose: () => void; onRegenerate: () => void };

/** A second try was answered: the first one worked, but its answer with the token never arrived. */
export function LostTokenDialog({ keyName, onOpened, onClose, onRegenerate }: LostTokenDialogProps) {
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())}>
      <DialogContent
        title="The first request went through"
        description={`${keyName} has its new token, but the answer that carried it was lost on its way, and a token is sent only once. Regenerate the key to get another one.`}
        onOpenAutoFocus={onOpened}
      >
        <DialogFooter>
          <Button onClick={onClose}>Later</Button>
          <Button variant="primary" onClick={onRegenerate}>
            Regenerate
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
