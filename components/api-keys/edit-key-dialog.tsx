"use client";

import { useEffect, useState } from "react";
import { callApi, type Problem } from "@/components/api-client";
import { EditKeyForm } from "@/components/api-keys/edit-key-form";
import type { KeyFormOptions } from "@/components/api-keys/key-form";
import { problemText } from "@/components/api-keys/problem-text";
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
  onSaved: (key: ApiKey) => void;
};

type Loaded = { key: ApiKey; etag: string } | { problem: Problem };

/** Edits a key as it is now: it is read, with its version, when the dialog opens and again on "Reload". */
export function EditKeyDialog({ apiKey, options, onClose, onSaved }: EditKeyDialogProps) {
  const [reading, setReading] = useState(1);
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const reload = () => {
    setLoaded(null);
    setReading((count) => count + 1);
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new reading is what "Reload" asks for
  useEffect(() => {
    const abort = new AbortController();
    const path = `/v4/account/api-keys/${apiKey.id}`;
    callApi<ApiKey>("GET", path, undefined, { signal: abort.signal }).then((answer) => {
      if (abort.signal.aborted) return;
      setLoaded(answer.ok ? { key: answer.data, etag: answer.headers.get("etag") ?? "" } : { problem: answer.problem });
    });
    return () => abort.abort();
  }, [apiKey.id, reading]);

  if (loaded && "key" in loaded) {
    return (
      <EditKeyForm
        key={reading}
        apiKey={loaded.key}
        etag={loaded.etag}
        options={options}
        onReload={reload}
        onClose={onClose}
        onSaved={onSaved}
      />
    );
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
