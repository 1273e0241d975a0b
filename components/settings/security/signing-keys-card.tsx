"use client";

import { useState } from "react";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { RetireDialog } from "@/components/settings/security/retire-dialog";
import { VersionsTable } from "@/components/settings/security/signing-key-versions";
import { useChanged } from "@/components/settings/use-changed";
import { Card } from "@/components/ui/card";
import { GuardedButton } from "@/components/ui/guarded-button";
import type { SigningKeyVersion } from "@/lib/organizations/schema";
import type { Role } from "@/lib/principal";

type SigningKeysCardProps = {
  /** Null: not this member's to see. */
  signingKeys: readonly SigningKeyVersion[] | null;
  role: Role;
};

/** The organization's signing key: what it is for, its versions, and making the next one. */
export function SigningKeysCard({ signingKeys, role }: SigningKeysCardProps) {
  const [asking, setAsking] = useState(false);
  const [retiring, setRetiring] = useState<SigningKeyVersion | null>(null);
  const { busy, refresh, changed } = useChanged();
  const refusal =
    role === "owner" || role === "admin" ? null : "Only owners and admins rotate and retire the signing key.";
  return (
    <Card
      title="Signing key"
      description="Of every token only a digest is kept, made with this key. It never leaves the server and is stored encrypted; without it, a copy of the database can neither make nor confirm a token."
    >
      {signingKeys === null ? (
        <p className="text-sm text-text-muted">Only owners and admins see its versions. {refusal}</p>
      ) : signingKeys.length === 0 ? (
        <p className="text-sm text-text-muted">
          There is none yet: an owner sets up API keys first, on the API Keys page.
        </p>
      ) : (
        <>
          <VersionsTable versions={signingKeys} busy={busy} onRetire={refusal === null ? setRetiring : null} />
          <p className="mt-3 text-pretty text-sm text-text-muted">
            Rotating makes a new version, under which tokens are digested from then on. Existing tokens go on working,
            and move to the current version when they are next used. What stays under an older one is what nobody uses:
            once it is empty, or when someone may have learned that key, retire it.
          </p>
          <GuardedButton refusal={refusal} onClick={() => setAsking(true)} className="mt-4">
            Rotate signing key…
          </GuardedButton>
        </>
      )}
      {asking ? (
        <ConfirmDialog<SigningKeyVersion>
          title="Rotate the signing key?"
          description="No token stops working. New and regenerated tokens come under the new version, and others when they are next used. A rotation cannot be taken back."
          confirmLabel="Rotate signing key"
          tone="primary"
          request={{ method: "POST", path: "/v4/account/signing-keys/rotate" }}
          onClose={() => setAsking(false)}
          onDone={({ version }) => {
            setAsking(false);
            changed(`Version ${version} of the signing key is in use`);
          }}
          onReload={refresh}
        />
      ) : null}
      {retiring === null ? null : (
        <RetireDialog
          version={retiring}
          onClose={() => setRetiring(null)}
          onRetired={({ version }) => {
            setRetiring(null);
            changed(`Version ${version} of the signing key is retired`);
          }}
          onReload={refresh}
        />
      )}
    </Card>
  );
}
