"use client";

import { type ReactNode, useState } from "react";
import { FormProvider, type UseFormReturn } from "react-hook-form";
import type { FormAlert as FormAlertContent } from "@/components/api-client";
import { DiscardDialog } from "@/components/api-keys/discard-dialog";
import { FIELD_LABELS } from "@/components/api-keys/field-labels";
import type { KeyFormValues } from "@/components/api-keys/form-values";
import { listError } from "@/components/api-keys/key-form";
import { KeySummary } from "@/components/api-keys/key-summary";
import type { PermissionChoice } from "@/components/api-keys/permission-groups";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogContent, DialogFooter, DialogForm } from "@/components/ui/dialog";
import { FormAlert } from "@/components/ui/form-alert";

type KeyFormDialogProps = {
  title: string;
  description: string;
  form: UseFormReturn<KeyFormValues>;
  choice: PermissionChoice;
  alert: FormAlertContent | null;
  onAlert: (alert: FormAlertContent | null) => void;
  submitLabel: string;
  /** Sends the valid form. The dialog stays until its owner closes it. */
  onSubmit: (values: KeyFormValues) => Promise<void>;
  onClose: () => void;
  /** Stands above the buttons, in view wherever the form is scrolled to. */
  notice?: ReactNode;
  children: ReactNode;
};

/** The frame of the create and edit dialogs: errors at the top, the summary above the buttons, no silent way out. */
export function KeyFormDialog({ form, alert, onAlert, onClose, onSubmit, ...props }: KeyFormDialogProps) {
  const [asking, setAsking] = useState(false);
  const { isDirty, isSubmitting } = form.formState;
  const close = () => {
    if (isSubmitting) return;
    if (isDirty) setAsking(true);
    else onClose();
  };
  const submit = form.handleSubmit(onSubmit, (errors) => {
    const messages = FIELD_LABELS.flatMap(([field, label]) =>
      errors[field] ? [`${label}: ${listError(errors[field])}`] : [],
    );
    const title = messages.length === 1 ? "1 field needs attention" : `${messages.length} fields need attention`;
    onAlert({ title, details: messages });
  });

  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : close())}>
      <DialogContent title={props.title} description={props.description} size="lg">
        <FormProvider {...form}>
          <DialogForm onSubmit={submit}>
            <DialogBody className="flex flex-col gap-6">
              <FormAlert alert={alert} />
              {props.children}
            </DialogBody>
            <KeySummary choice={props.choice} />
            {props.notice}
            <DialogFooter>
              <Button onClick={close}>Cancel</Button>
              <Button type="submit" variant="primary" loading={isSubmitting}>
                {props.submitLabel}
              </Button>
            </DialogFooter>
          </DialogForm>
        </FormProvider>
        <DiscardDialog open={asking} onKeep={() => setAsking(false)} onDiscard={onClose} />
      </DialogContent>
    </Dialog>
  );
}
