"use client";

import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { EditMemberDialog } from "@/components/settings/members/edit-member-dialog";
import { InviteDialog } from "@/components/settings/members/invite-dialog";
import { type LimitOptions, LimitsDialog } from "@/components/settings/members/limits-dialog";
import { type InvitationLink, LinkDialog } from "@/components/settings/members/link-dialog";
import type { MemberVerb } from "@/components/settings/members/members-table";
import type { SettingsViewer } from "@/components/settings/rights";
import type { Versioned } from "@/components/settings/versioned";
import type { Member } from "@/lib/members/schema";

export type OpenMemberDialog =
  | { kind: "invite" }
  | { kind: "link"; link: InvitationLink }
  | { kind: MemberVerb; id: string };

type MemberDialogsProps = {
  dialog: OpenMemberDialog | null;
  members: readonly Versioned<Member>[];
  viewer: SettingsViewer;
  options: LimitOptions;
  onDialog: (dialog: OpenMemberDialog | null) => void;
  onReload: () => void;
  /** Closes the dialog, reads the page again and says what happened. */
  onChanged: (message: string, description?: string) => void;
};

/** Whatever dialog is open about members. */
export function MemberDialogs({ dialog, members, onDialog, ...props }: MemberDialogsProps) {
  if (dialog === null) return null;
  const { viewer, options, onReload, onChanged } = props;
  const close = () => onDialog(null);
  const showLink = (link: InvitationLink) => {
    onDialog({ kind: "link", link });
    onReload();
  };
  if (dialog.kind === "invite") return <InviteDialog viewer={viewer} onClose={close} onInvited={showLink} />;
  if (dialog.kind === "link") return <LinkDialog link={dialog.link} onClose={close} />;

  const member = members.find(({ id }) => id === dialog.id);
  if (!member) return null;
  const { name, email, etag } = member;
  const forms = { member, onClose: close, onReload };
  const path = `/v4/account/members/${member.id}`;

  switch (dialog.kind) {
    case "edit":
      return (
        <EditMemberDialog
          {...forms}
          key={etag}
          viewer={viewer}
          onSaved={(saved) => onChanged(`${saved.name} is saved`)}
        />
      );
    case "limits":
      return (
        <LimitsDialog
          {...forms}
          key={etag}
          options={options}
          onSaved={() => onChanged(`The limits of ${name} are saved`)}
        />
      );
    case "invitation":
      return (
        <ConfirmDialog<{ invitation_url: string }>
          {...forms}
          title={`Make a new invitation link for ${name}?`}
          description="Older links stop working. The new one is valid for 7 days."
          confirmLabel="Make new link"
          tone="primary"
          request={{ method: "POST", path: `${path}/invitation` }}
          onDone={({ invitation_url }) => showLink({ email, url: invitation_url })}
        />
      );
    case "deactivate":
      return (
        <ConfirmDialog
          {...forms}
          title={`Deactivate ${name}?`}
          description={
            member.status === "invited"
              ? "The invitation link ends at once. After reactivating, make them a new one."
              : "They are signed out everywhere at once and cannot sign in. Keys that they created go on working and are listed for review."
          }
          confirmLabel="Deactivate member"
          request={{ method: "PATCH", path, body: { status: "deactivated" }, etag }}
          onDone={() => onChanged(`${name} is deactivated`, "Keys that they created go on working.")}
        />
      );
    case "reactivate":
      return (
        <ConfirmDialog
          {...forms}
          title={`Reactivate ${name}?`}
          description={`They can sign in again, with their role and limits as before.`}
          confirmLabel="Reactivate member"
          tone="primary"
          request={{ method: "PATCH", path, body: { status: "active" }, etag }}
          onDone={() => onChanged(`${name} is reactivated`)}
        />
      );
    case "delete":
      return (
        <ConfirmDialog
          {...forms}
          title={`Delete ${name}?`}
          description="They are signed out everywhere at once and removed for good. Keys that they created stay, go on working and are listed for review. The audit log keeps what they did."
          confirmLabel="Delete member"
          request={{ method: "DELETE", path, etag }}
          onDone={() => onChanged(`${name} is deleted`, "Keys that they created go on working.")}
        />
      );
  }
}
