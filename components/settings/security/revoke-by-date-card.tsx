"use client";

import { useState } from "react";
import { RevokeByDateDialog } from "@/components/settings/security/revoke-by-date-dialog";
import { useChanged } from "@/components/settings/use-changed";
import { Card } from "@/components/ui/card";
import { GuardedButton } from "@/components/ui/guarded-button";
import type { Role } from "@/lib/principal";

/** Where an owner or admin ends many keys at once, by when they were issued or changed. */
export function RevokeByDateCard({ role }: { role: Role }) {
  const [isOpen, setIsOpen] = useState(false);
  const { changed } = useChanged();
  const refusal =
    role === "owner" || role === "admin" ? null : "Only owners and admins revoke keys by date. Ask one of them.";
  return (
    <Card
      title="Revoke keys by date"
      description="After a leak, every key that was issued or changed since. After the restore of an older backup, every key that it brought back: one that was revoked after the backup was taken works again."
    >
      <GuardedButton refusal={refusal} onClick={() => setIsOpen(true)}>
        Revoke keys by date…
      </GuardedButton>
      {isOpen ? <RevokeByDateDialog onClose={() => setIsOpen(false)} onDone={changed} /> : null}
    </Card>
  );
}
