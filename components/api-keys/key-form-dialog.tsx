"use client";

import { type ReactNode, useEffect, useRef, useState } from "react";
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
  const body = useRef<HTMLDivElement>(null);
  const { isDirty, isSubmitting } = form.formState;
  const close = () => {
    if (isSubmitting) return;
    if (isDirty) setAsking(true);
    else onClose();
  };
  const submit = form.handleSubmit(onSubmit, (errors) => {
    const links = FIELD_LABELS.flatMap(([field, label]) =>
      errors[field]
        ? [{ text: `${label}: ${listError(errors[field])}`, onSelect: () => focusField(body.current, field) }]
        : [],
    );
    const title = links.length === 1 ? "1 field needs attention" : `${links.length} fields need attention`;
    onAlert({ title, details: [], links });
  });

  // Whether the form refused or the API: the first wrong field has the focus. The alert is in view by then.
  const { errors } = form.formState;
  const wrong = useRef<string | undefined>(undefined);
  wrong.current = FIELD_LABELS.find(([field]) => errors[field])?.[0];
  useEffect(() => {
    if (!alert) return;
    const frame = requestAnimationFrame(() => (wrong.current ? focusField(body.current, wrong.current) : undefined));
    return () => cancelAnimationFrame(frame);
  }, [alert]);

  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : close())}>
      <DialogContent title={props.title} description={props.description} size="lg">
        <FormProvider {...form}>
          <DialogForm onSubmit={submit}>
            <DialogBody ref={body} className="flex flex-col gap-6">
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

/** Focuses what is wrong in a field, else its first control, and brings it into view. */
function focusField(form: HTMLElement | null, field: string): void {
  const place = form?.querySelector(`[data-field=${field}]`);
  const control =
    place?.querySelector<HTMLElement>("[aria-invalid=true]") ?? place?.querySelector<HTMLElement>(CONTROLS);
  control?.focus({ preventScroll: true });
  (control ?? place)?.scrollIntoView({ block: "center" });
}

const CONTROLS = "input:not([type=hidden]):not([aria-disabled=true]), select, textarea, button";
