"use client";

import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { CopyField } from "@/components/ui/copy-field";
import { Dialog, DialogBody, DialogContent, DialogFooter } from "@/components/ui/dialog";

export type InvitationLink = { email: string; url: string };

/** The invitation link, once. Only "Done" closes it, so that no slip of the hand loses it. */
export function LinkDialog({ link, onClose }: { link: InvitationLink; onClose: () => void }) {
  return (
    <Dialog open>
      <DialogContent title="Invitation link" description={`For ${link.email}`} dismissible={false}>
        <DialogBody className="flex flex-col gap-4">
          <CopyField value={link.url} label="Invitation link" copyLabel="Copy link" />
          <Alert tone="warning" title="This is the only time that it is shown">
            Whoever opens it becomes this member, once, within 7 days. Send it privately. If it is lost, make a new one.
            Older links stop working.
          </Alert>
        </DialogBody>
        <DialogFooter>
          <Button variant="primary" onClick={onClose}>
            Done
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
