"use client";

import { UserPlus } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { type ListedPage, ListPages } from "@/components/settings/list-pages";
import type { LimitOptions } from "@/components/settings/members/limits-dialog";
import { MemberDialogs, type OpenMemberDialog } from "@/components/settings/members/member-dialogs";
import { MembersTable } from "@/components/settings/members/members-table";
import type { SettingsViewer } from "@/components/settings/rights";
import { SettingsHeader } from "@/components/settings/settings-header";
import { useChanged } from "@/components/settings/use-changed";
import type { Versioned } from "@/components/settings/versioned";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import type { Member } from "@/lib/members/schema";

type MembersPanelProps = {
  list: ListedPage<Versioned<Member>>;
  viewer: SettingsViewer;
  options: LimitOptions;
  /** How many keys are listed for review. */
  toReview: number;
};

/** Settings → Members, for who manages them. */
export function MembersPanel({ list, viewer, options, toReview }: MembersPanelProps) {
  const [dialog, setDialog] = useState<OpenMemberDialog | null>(null);
  const { busy, refresh, changed } = useChanged();
  return (
    <>
      <SettingsHeader
        title="Members"
        description="Who can sign in, and what each may do."
        actions={
          <Button variant="primary" onClick={() => setDialog({ kind: "invite" })}>
            <UserPlus aria-hidden />
            Invite member
          </Button>
        }
      />
      {toReview > 0 ? <ReviewAlert count={toReview} /> : null}
      <MembersTable members={list.rows} viewer={viewer} busy={busy} onAct={(kind, { id }) => setDialog({ kind, id })} />
      <ListPages label="Members" list={list} />
      <MemberDialogs
        dialog={dialog}
        members={list.rows}
        viewer={viewer}
        options={options}
        onDialog={setDialog}
        onReload={refresh}
        onChanged={(message, description) => {
          setDialog(null);
          changed(message, description);
        }}
      />
    </>
  );
}

function ReviewAlert({ count }: { count: number }) {
  return (
    <Alert
      tone="warning"
      title={count === 1 ? "1 API key to review" : `${count.toLocaleString("en")} API keys to review`}
      className="mb-4"
      actions={
        <Button asChild size="sm">
          <Link href="/settings/members/keys-to-review">Review keys</Link>
        </Button>
      }
    >
      Active keys whose creator has left, was deactivated or could not create them any more. They go on working.
    </Alert>
  );
}
