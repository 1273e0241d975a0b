"use client";

import { useState } from "react";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { GuardedButton } from "@/components/settings/guarded-button";
import { useChanged } from "@/components/settings/use-changed";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
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
  const { busy, refresh, changed } = useChanged();
  const refusal = role === "owner" || role === "admin" ? null : "Only owners and admins rotate the signing key.";
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
          <Table label="Versions of the signing key" busy={busy}>
            <TableHead>
              <tr>
                <TableHeader>Version</TableHeader>
                <TableHeader>Made</TableHeader>
                <TableHeader align="end">Tokens under it</TableHeader>
              </tr>
            </TableHead>
            <TableBody>
              {signingKeys.map((key) => (
                <TableRow key={key.version}>
                  <TableCell>
                    <span className="flex flex-wrap items-center gap-2">
                      <span className="tabular-nums">{key.version}</span>
                      {key.is_current ? <Badge tone="success">Current</Badge> : null}
                      {key.retired_at === null ? null : <Badge>Retired</Badge>}
                    </span>
                  </TableCell>
                  <TableCell className="text-text-muted">
                    <Time value={key.created_at} format="date" />
                  </TableCell>
                  <TableCell align="end" className="tabular-nums">
                    {key.tokens.toLocaleString("en")}
                  </TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
          <p className="mt-3 text-pretty text-sm text-text-muted">
            Rotating makes a new version, under which tokens are digested from then on. Existing tokens go on working
            under theirs; regenerating a key moves its token to the current one. Rotate when someone may have learned
            the key, and on a schedule if your rules ask for one.
          </p>
          <GuardedButton refusal={refusal} onClick={() => setAsking(true)} className="mt-4">
            Rotate signing key…
          </GuardedButton>
        </>
      )}
      {asking ? (
        <ConfirmDialog<SigningKeyVersion>
          title="Rotate the signing key?"
          description="No token stops working. New and regenerated tokens come under the new version. Older versions are retired once no token is under them. A rotation cannot be taken back."
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
    </Card>
  );
}
