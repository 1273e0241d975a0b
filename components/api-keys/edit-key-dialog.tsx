"use client";

import { useEffect, useState } from "react";
import type { Problem } from "@/components/api-client";
import { EditKeyForm } from "@/components/api-keys/edit-key-form";
import type { KeyFormOptions } from "@/components/api-keys/key-form";
import { type KeyReading, readKey } from "@/components/api-keys/key-reading";
import { problemText } from "@/components/problem-text";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogContent } from "@/components/ui/dialog";
import { Spinner } from "@/components/ui/spinner";
import type { ApiKey } from "@/lib/api-keys/view";

type EditKeyDialogProps = {
  /** As the list shows it; the form starts from a fresh reading. */
  apiKey: ApiKey;
  options: KeyFormOptions;
  onClose: () => void;
  onSaved: (key: ApiKey, inForce?: string) => void;
};

type Loaded = KeyReading | { problem: Problem };

/** Edits a key as it is now: it is read, with its version, when the dialog opens. */
export function EditKeyDialog({ apiKey, options, onClose, onSaved }: EditKeyDialogProps) {
  const [reading, setReading] = useState(1);
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const reload = () => {
    setLoaded(null);
    setReading((count) => count + 1);
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new reading is what "Try again" asks for
  useEffect(() => {
    const abort = new AbortController();
    readKey(apiKey.id, abort.signal).then((read) => (abort.signal.aborted ? undefined : setLoaded(read)));
    return () => abort.abort();
  }, [apiKey.id, reading]);

  if (loaded && "key" in loaded) {
    return <EditKeyForm reading={loaded} options={options} onClose={onClose} onSaved={onSaved} />;
  }
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())}>
      <DialogContent title={`Edit ${apiKey.name}`} size="lg">
        <DialogBody>
          {loaded ? (
            <Alert
              tone="danger"
              announce
              title="The key could not be read"
              actions={<Button onClick={reload}>Try again</Button>}
            >
              {problemText(loaded.problem)}
            </Alert>
          ) : (
            <Spinner label="Reading the key" />
          )}
        </DialogBody>
      </DialogContent>
    </Dialog>
  );
}
