"use client";

import { type FormEventHandler, type ReactNode, type SubmitEvent, useState } from "react";
import type { FormAlert as FormAlertContent } from "@/components/api-client";
import { DiscardDialog } from "@/components/api-keys/discard-dialog";
import { StaleAlert } from "@/components/settings/stale-alert";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogContent, DialogFooter, DialogForm } from "@/components/ui/dialog";
import { FormAlert } from "@/components/ui/form-alert";

type FormDialogProps = {
  title: string;
  description?: ReactNode;
  submitLabel: string;
  size?: "md" | "lg";
  isDirty: boolean;
  isSubmitting: boolean;
  alert: FormAlertContent | null;
  isStale?: boolean;
  /** Reads the thing again; needed where `isStale` can be. */
  onReload?: () => void;
  onSubmit: FormEventHandler<HTMLFormElement>;
  onClose: () => void;
  children: ReactNode;
};

/** A form in a dialog. Errors stand at the top and at their fields; there is no silent way out of typed changes. */
export function FormDialog({ isDirty, isSubmitting, onClose, isStale = false, ...props }: FormDialogProps) {
  const [asking, setAsking] = useState(false);
  const close = () => {
    if (isSubmitting) return;
    if (isDirty) setAsking(true);
    else onClose();
  };
  // A field that takes what is left in it when it is left (tags) does so now, before the form is read.
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    const { submitter } = event.nativeEvent;
    if (submitter instanceof HTMLElement) submitter.focus();
    props.onSubmit(event);
  };
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : close())}>
      <DialogContent title={props.title} description={props.description} size={props.size ?? "md"}>
        <DialogForm onSubmit={submit}>
          <DialogBody className="flex flex-col gap-5">
            <FormAlert alert={props.alert} />
            {isStale && props.onReload ? <StaleAlert onReload={props.onReload} /> : null}
            {props.children}
          </DialogBody>
          <DialogFooter>
            <Button onClick={close}>Cancel</Button>
            {/* Pressing the button must not leave the field yet: what then grows would move the button from under it. */}
            <Button
              type="submit"
              variant="primary"
              loading={isSubmitting}
              onMouseDown={(event) => event.preventDefault()}
            >
              {props.submitLabel}
            </Button>
          </DialogFooter>
        </DialogForm>
        <DiscardDialog open={asking} onKeep={() => setAsking(false)} onDiscard={onClose} />
      </DialogContent>
    </Dialog>
  );
}
