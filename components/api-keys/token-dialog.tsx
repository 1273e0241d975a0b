"use client";

import { Download } from "lucide-react";
import { useId, useState } from "react";
import { flushSync } from "react-dom";
import { curlExample, envFile, envFileName } from "@/components/api-keys/env-file";
import { useLeaveGuard } from "@/components/api-keys/leave-guard";
import { TokenField } from "@/components/api-keys/token-field";
import { Alert } from "@/components/ui/alert";
import { AlertDialog } from "@/components/ui/alert-dialog";
import { Button } from "@/components/ui/button";
import { CheckboxField } from "@/components/ui/checkbox";
import { CodeBlock } from "@/components/ui/code-block";

import { Dialog, DialogBody, DialogContent, DialogFooter } from "@/components/ui/dialog";

type TokenDialogProps = {
  keyName: string;
  /** Held nowhere but here and in the owner's state, until `onClose`. */
  token: string;
  /** Where the change that led here is in force. */
  inForce?: string | undefined;
  /** The dialog stands and knows who had the focus: whatever led here can close. */
  onOpened: () => void;
  onClose: () => void;
};

/** Shows a token, this once. Nothing but Done, after the tick, closes it without asking. */
export function TokenDialog({ keyName, token, inForce, onOpened, onClose }: TokenDialogProps) {
  const [stored, setStored] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const origin = window.location.origin;
  const tryToLeave = () => (stored ? onClose() : setLeaving(true));
  useLeaveGuard({ onBack: tryToLeave, onGone: () => flushSync(onClose) });

  return (
    <Dialog open>
      <DialogContent
        title="Copy your token now"
        description={`This is the only time that the token of ${keyName} is shown. It is stored nowhere and cannot be shown again.`}
        size="lg"
        dismissible={false}
        onDismissAttempt={tryToLeave}
        onOpenAutoFocus={onOpened}
      >
        <DialogBody className="flex flex-col gap-4">
          <TokenField token={token} />
          {inForce ? (
            <p role="status" className="text-sm text-text-muted">
              {inForce}
            </p>
          ) : null}
          <div className="flex flex-wrap items-center gap-3">
            <Button onClick={() => download(envFile(token), envFileName(keyName))}>
              <Download aria-hidden />
              Download .env
            </Button>
            <span className="wrap-anywhere min-w-0 text-sm text-text-muted">
              {envFileName(keyName)} with LATCHKEY_TOKEN
            </span>
          </div>
          <CodeBlock code={curlExample(token, origin)} label="Try it: what this key may grant" />
          <Alert tone="warning">
            Whoever has the token can do what the key can. Keep it in a secret store, never in source code or a chat.
          </Alert>
        </DialogBody>
        <DialogFooter className="justify-between">
          <CheckboxField
            checked={stored}
            onChange={(event) => setStored(event.target.checked)}
            label="I have copied and stored this token"
          />
          <DoneButton enabled={stored} onDone={onClose} />
        </DialogFooter>
        <AlertDialog
          open={leaving}
          onOpenChange={setLeaving}
          size="sm"
          title="Close without storing the token?"
          description="It cannot be shown again. If you lose it, the key needs a new token."
          cancelLabel="Back to the token"
          confirmLabel="Close anyway"
          onConfirm={onClose}
        />
      </DialogContent>
    </Dialog>
  );
}

function DoneButton({ enabled, onDone }: { enabled: boolean; onDone: () => void }) {
  const id = useId();
  return (
    <span>
      <Button variant="primary" disabled={!enabled} onClick={onDone} aria-describedby={enabled ? undefined : id}>
        Done
      </Button>
      <span id={id} className="sr-only">
        Tick the box first.
      </span>
    </span>
  );
}

/** Hands the text to the browser's downloads from memory: the token reaches no address and no server. */
function download(text: string, fileName: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(address);
}
