"use client";

import { useState } from "react";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import type { Versioned } from "@/components/settings/versioned";
import { Card } from "@/components/ui/card";
import { GuardedButton } from "@/components/ui/guarded-button";
import type { Organization } from "@/lib/organizations/schema";

type DeleteOrganizationProps = {
  organization: Versioned<Organization>;
  isOwner: boolean;
  onReload: () => void;
};

/** The end of everything: an owner's alone, and only with the name typed. */
export function DeleteOrganization({ organization, isOwner, onReload }: DeleteOrganizationProps) {
  const [asking, setAsking] = useState(false);
  const { name, etag } = organization;
  return (
    <Card
      title="Delete the organization"
      description="Ends every API key, session and member at once and for good. The audit log stays in the database."
    >
      <GuardedButton
        variant="danger"
        refusal={isOwner ? null : "Only an owner deletes the organization."}
        onClick={() => setAsking(true)}
      >
        Delete organization…
      </GuardedButton>
      {isOwner ? null : <p className="mt-2 text-sm text-text-muted">Only an owner deletes the organization.</p>}
      {asking ? (
        <ConfirmDialog
          title={`Delete ${name}?`}
          description={
            <ul className="flex list-disc flex-col gap-1 pl-4">
              <li>Every API key stops working at once. Services that check tokens here refuse all of them.</li>
              <li>All members, you included, are signed out and removed.</li>
              <li>Regions, subaccounts, products, signing keys and usage are deleted. This cannot be undone.</li>
              <li>If this was the instance's only organization, a restart starts it anew, with a set-up link.</li>
            </ul>
          }
          confirmLabel="Delete organization"
          mustType={name}
          request={{ method: "DELETE", path: "/v4/account/organization", body: { name }, etag }}
          onClose={() => setAsking(false)}
          // A full load: nothing of the organization stays in the page's memory.
          onDone={() => window.location.assign("/sign-in")}
          onReload={onReload}
        />
      ) : null}
    </Card>
  );
}
