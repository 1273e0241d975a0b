"use client";

import { useState } from "react";
import { type BulkAction, BulkDialog } from "@/components/api-keys/bulk-dialog";
import { CreateKeyDialog } from "@/components/api-keys/create-key-dialog";
import { EditKeyDialog } from "@/components/api-keys/edit-key-dialog";
import { type Ending, EndKeyDialog } from "@/components/api-keys/end-key-dialog";
import type { IssuedKey } from "@/components/api-keys/issued-key";
import type { KeysPanelProps } from "@/components/api-keys/keys-panel";
import { LostTokenDialog } from "@/components/api-keys/lost-token-dialog";
import { RegenerateKeyDialog } from "@/components/api-keys/regenerate-key-dialog";
import { TokenDialog } from "@/components/api-keys/token-dialog";
import { useToast } from "@/components/ui/toast";
import type { ApiKey } from "@/lib/api-keys/view";

export type OpenDialog =
  | { kind: "create" }
  | { kind: "edit" | "regenerate" | Ending; key: ApiKey }
  | { kind: "bulk"; action: BulkAction; keys: ApiKey[] };

type KeyDialogsProps = Pick<KeysPanelProps, "options" | "lastActive" | "lastUsedFrom" | "now"> & {
  dialog: OpenDialog | null;
  onDialog: (dialog: OpenDialog | null) => void;
  /** The list has to be read again. */
  onChanged: () => void;
  onBulkDone: () => void;
};

/** The one dialog that is open, and after it the token that it led to. */
export function KeyDialogs({ dialog, onDialog, onChanged, ...props }: KeyDialogsProps) {
  const { options, now } = props;
  const [issued, setIssued] = useState<(IssuedKey & { inForce?: string | undefined }) | null>(null);
  const toast = useToast();
  const close = () => onDialog(null);
  const finish = (title: string, inForce?: string) => {
    close();
    toast({ title, ...(inForce ? { description: inForce } : {}) });
    onChanged();
  };
  // The list is read again only now: nothing may happen to the page while it shows a token.
  const forget = () => {
    setIssued(null);
    onChanged();
  };

  return (
    <>
      {dialog?.kind === "create" ? <CreateKeyDialog options={options} onClose={close} onIssued={setIssued} /> : null}
      {dialog?.kind === "edit" ? (
        <EditKeyDialog
          apiKey={dialog.key}
          options={options}
          onClose={close}
          onSaved={(key, inForce) => finish(`${key.name} is saved`, inForce)}
        />
      ) : null}
      {dialog?.kind === "regenerate" ? (
        <RegenerateKeyDialog
          apiKey={dialog.key}
          lastUsedFrom={props.lastUsedFrom[dialog.key.id]}
          options={options}
          onClose={close}
          onIssued={(key, inForce) => setIssued({ ...key, inForce })}
        />
      ) : null}
      {dialog?.kind === "disable" || dialog?.kind === "revoke" || dialog?.kind === "delete" ? (
        <EndKeyDialog
          ending={dialog.kind}
          apiKey={dialog.key}
          now={now}
          lastUsedFrom={props.lastUsedFrom[dialog.key.id]}
          regions={options.regions}
          isLastActive={props.lastActive.includes(dialog.key.id)}
          onClose={close}
          onDone={finish}
        />
      ) : null}
      {dialog?.kind === "bulk" ? (
        <BulkDialog
          action={dialog.action}
          keys={dialog.keys}
          regions={options.regions}
          now={now}
          onClose={close}
          onChanged={() => {
            props.onBulkDone();
            onChanged();
          }}
        />
      ) : null}
      {issued?.token ? (
        <TokenDialog
          key={issued.token_preview}
          keyName={issued.name}
          token={issued.token}
          inForce={issued.inForce}
          onOpened={close}
          onClose={forget}
        />
      ) : null}
      {issued && !issued.token ? (
        <LostTokenDialog
          keyName={issued.name}
          onOpened={close}
          onClose={forget}
          onRegenerate={() => {
            forget();
            onDialog({ kind: "regenerate", key: issued });
          }}
        />
      ) : null}
    </>
  );
}
