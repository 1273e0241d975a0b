"use client";

import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import type { SigningKeyVersion } from "@/lib/organizations/schema";

type RetireDialogProps = {
  version: SigningKeyVersion;
  onClose: () => void;
  onRetired: (version: SigningKeyVersion) => void;
  onReload: () => void;
};

/** Asks before a version of the signing key ends; if tokens end with it, only after it was typed. */
export function RetireDialog({ version: { version, tokens }, onClose, onRetired, onReload }: RetireDialogProps) {
  return (
    <ConfirmDialog<SigningKeyVersion>
      title={`Retire version ${version} of the signing key?`}
      description={retirementWords(tokens)}
      confirmLabel={`Retire version ${version}`}
      request={{
        method: "POST",
        path: `/v4/account/signing-keys/${version}/retire`,
        body: { end_tokens: tokens > 0 },
      }}
      {...(tokens > 0 ? { mustType: `version ${version}` } : {})}
      onClose={onClose}
      onDone={onRetired}
      onReload={onReload}
    />
  );
}

function retirementWords(tokens: number): string {
  if (tokens === 0) return "No token is under it, so none stops working. It cannot be taken back.";
  const [what, they] =
    tokens === 1 ? ["1 token is", "It stops"] : [`${tokens.toLocaleString("en")} tokens are`, "They stop"];
  return `${what} still under it. ${they} working at once and for good; a key then needs to be regenerated to work again. Wait instead if any may still be used: a token moves to the current version at its next use.`;
}
