"use client";

import { type ReactNode, useRef, useState } from "react";
import { type ApiMethod, callApi } from "@/components/api-client";
import { problemText } from "@/components/problem-text";
import { AlertDialog } from "@/components/ui/alert-dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

type ConfirmDialogProps<T> = {
  title: string;
  description: ReactNode;
  confirmLabel: string;
  tone?: "danger" | "primary";
  request: { method: ApiMethod; path: string; body?: unknown; etag?: string };
  /** A name that has to be typed first, for what cannot be undone at all. */
  mustType?: string;
  onClose: () => void;
  onDone: (answer: T) => void;
  /** Reads the thing again when it was changed in the meantime. */
  onReload: () => void;
};

/** Asks, then does it. Cancel has the focus; a refusal is shown here, and nothing has happened then. */
export function ConfirmDialog<T = undefined>(props: ConfirmDialogProps<T>) {
  const { method, path, body, etag } = props.request;
  const [typed, setTyped] = useState("");
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const running = useRef(false);

  const confirm = async () => {
    if (running.current) return;
    running.current = true;
    setPending(true);
    setError(null);
    const answer = await callApi<T>(method, path, body, etag === undefined ? {} : { headers: { "if-match": etag } });
    running.current = false;
    if (answer.ok) return props.onDone(answer.data);
    setPending(false);
    if (answer.problem.status === 412) {
      setError(
        "This was changed in the meantime, so nothing was done. It has been read again: look, and confirm anew.",
      );
      props.onReload();
    } else setError(problemText(answer.problem));
  };

  return (
    <AlertDialog
      open
      onOpenChange={(open) => (open ? undefined : props.onClose())}
      title={props.title}
      description={props.description}
      confirmLabel={props.confirmLabel}
      tone={props.tone ?? "danger"}
      onConfirm={confirm}
      pending={pending}
      error={error}
      confirmDisabled={props.mustType !== undefined && typed.trim() !== props.mustType}
    >
      {props.mustType === undefined ? null : (
        <Field
          label={
            <>
              Type <span className="select-all font-semibold">{props.mustType}</span> to confirm
            </>
          }
        >
          <Input
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            autoComplete="off"
            spellCheck={false}
          />
        </Field>
      )}
    </AlertDialog>
  );
}
