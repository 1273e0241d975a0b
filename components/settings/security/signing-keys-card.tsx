"use client";

import { useState } from "react";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { useChanged } from "@/components/settings/use-changed";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { GuardedButton } from "@/components/ui/guarded-button";
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
  const [retiring, setRetiring] = useState<SigningKeyVersion | null>(null);
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
                <TableHeader className="max-sm:hidden">Made</TableHeader>
                <TableHeader align="end">Tokens under it</TableHeader>
                {role === "owner" ? <TableHeader align="end">Actions</TableHeader> : null}
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
                  <TableCell className="text-text-muted max-sm:hidden">
                    <Time value={key.created_at} format="date" />
                  </TableCell>
                  <TableCell align="end" className="tabular-nums">
                    {key.retired_at === null || key.tokens === 0
                      ? key.tokens.toLocaleString("en")
                      : `${key.tokens.toLocaleString("en")} ended`}
                  </TableCell>
                  {role === "owner" ? (
                    <TableCell align="end">
                      {key.is_current || key.retired_at !== null ? null : (
                        <Button size="sm" onClick={() => setRetiring(key)}>
                          <span>
                            Retire<span className="sr-only"> version {key.version}</span>…
                          </span>
                        </Button>
                      )}
                    </TableCell>
                  ) : null}
                </TableRow>
              ))}
            </TableBody>
          </Table>
          <p className="mt-3 text-pretty text-sm text-text-muted">
            Rotating makes a new version, under which tokens are digested from then on. Existing tokens go on working,
            and move to the current version when they are next used. What stays under an older one is what nobody uses:
            once it is empty, or when someone may have learned that key, an owner retires it.
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
        <ConfirmDialog<SigningKeyVersion>
          title={`Retire version ${retiring.version} of the signing key?`}
          description={retirementWords(retiring)}
          confirmLabel={`Retire version ${retiring.version}`}
          request={{
            method: "POST",
            path: `/v4/account/signing-keys/${retiring.version}/retire`,
            body: { end_tokens: retiring.tokens > 0 },
          }}
          {...(retiring.tokens > 0 ? { mustType: `version ${retiring.version}` } : {})}
          onClose={() => setRetiring(null)}
          onDone={({ version }) => {
            setRetiring(null);
            changed(`Version ${version} of the signing key is retired`);
          }}
          onReload={refresh}
        />
      )}
    </Card>
  );
}

function retirementWords({ tokens }: SigningKeyVersion): string {
  if (tokens === 0) return "No token is under it, so none stops working. It cannot be taken back.";
  const [what, they] =
    tokens === 1 ? ["1 token is", "It stops"] : [`${tokens.toLocaleString("en")} tokens are`, "They stop"];
  return `${what} still under it. ${they} working at once and for good; a key then needs to be regenerated to work again. Wait instead if any may still be used: a token moves to the current version at its next use.`;
}
