"use client";

import { Link2, Pencil, SlidersHorizontal, Trash2, UserCheck, UserX } from "lucide-react";
import { memberRefusal, powerRefusal } from "@/components/settings/members/member-rights";
import { roleLabel } from "@/components/settings/members/roles";
import type { SettingsViewer } from "@/components/settings/rights";
import type { Versioned } from "@/components/settings/versioned";
import { Badge, type BadgeTone } from "@/components/ui/badge";
import { type RowAction, RowMenu } from "@/components/ui/row-menu";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import type { Member } from "@/lib/members/schema";

export type MemberVerb = "edit" | "limits" | "invitation" | "deactivate" | "reactivate" | "delete";

type MembersTableProps = {
  members: readonly Versioned<Member>[];
  viewer: SettingsViewer;
  busy: boolean;
  onAct: (verb: MemberVerb, member: Versioned<Member>) => void;
};

export function MembersTable({ members, viewer, busy, onAct }: MembersTableProps) {
  return (
    <Table label="Members" busy={busy}>
      <TableHead>
        <tr>
          <TableHeader>Member</TableHeader>
          <TableHeader className="max-md:hidden">Role</TableHeader>
          <TableHeader className="max-md:hidden">Status</TableHeader>
          <TableHeader className="max-lg:hidden">Limits</TableHeader>
          <TableHeader className="max-md:hidden">Last sign-in</TableHeader>
          <TableHeader align="end">
            <span className="sr-only">Actions</span>
          </TableHeader>
        </tr>
      </TableHead>
      <TableBody>
        {members.map((member) => (
          <TableRow key={member.id}>
            <TableCell className="max-md:w-full max-md:max-w-0 md:max-w-80">
              <span className="flex items-center gap-2">
                <span className="truncate font-medium">{member.name}</span>
                {member.id === viewer.id ? (
                  <Badge tone="accent" icon={null}>
                    You
                  </Badge>
                ) : null}
              </span>
              <span className="block truncate text-text-muted">{member.email}</span>
              <span className="mt-0.5 flex flex-wrap items-center gap-2 text-text-muted md:hidden">
                {roleLabel(member.role)}
                <StatusBadge status={member.status} />
              </span>
            </TableCell>
            <TableCell className="max-md:hidden">{roleLabel(member.role)}</TableCell>
            <TableCell className="max-md:hidden">
              <StatusBadge status={member.status} />
            </TableCell>
            <TableCell className="text-text-muted max-lg:hidden">{limitsText(member)}</TableCell>
            <TableCell className="text-text-muted max-md:hidden">
              {member.last_sign_in_at === null ? "Never" : <Time value={member.last_sign_in_at} />}
            </TableCell>
            <TableCell align="end">
              <RowMenu
                of={member.name}
                refusal={memberRefusal(viewer, member)}
                actions={actionsOf(member, viewer, (verb) => onAct(verb, member))}
              />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function StatusBadge({ status }: Pick<Member, "status">) {
  const { tone, label } = STATUS[status];
  return <Badge tone={tone}>{label}</Badge>;
}

const STATUS: Record<Member["status"], { label: string; tone: BadgeTone }> = {
  active: { label: "Active", tone: "success" },
  invited: { label: "Invited", tone: "accent" },
  deactivated: { label: "Deactivated", tone: "neutral" },
};

function limitsText({ permissions, subaccounts }: Member): string {
  const parts = [
    permissions === null ? [] : [permissions.length === 1 ? "1 permission" : `${permissions.length} permissions`],
    subaccounts === null ? [] : [subaccounts.length === 1 ? "1 subaccount" : `${subaccounts.length} subaccounts`],
  ].flat();
  return parts.length > 0 ? parts.join(", ") : "As the role";
}

function actionsOf(member: Member, viewer: SettingsViewer, act: (verb: MemberVerb) => void): RowAction[] {
  const refusal = powerRefusal(viewer, member);
  const edit: RowAction = { label: "Edit name and role", icon: <Pencil />, onSelect: () => act("edit") };
  const limits: RowAction = {
    label: "Edit limits",
    icon: <SlidersHorizontal />,
    refusal,
    onSelect: () => act("limits"),
  };
  const off: RowAction =
    member.status === "deactivated"
      ? { label: "Reactivate", icon: <UserCheck />, refusal, onSelect: () => act("reactivate") }
      : { label: "Deactivate", icon: <UserX />, refusal, onSelect: () => act("deactivate") };
  const remove: RowAction = {
    label: "Delete",
    icon: <Trash2 />,
    tone: "danger",
    refusal,
    onSelect: () => act("delete"),
  };
  const link: RowAction = { label: "New invitation link", icon: <Link2 />, onSelect: () => act("invitation") };
  return [edit, limits, ...(member.status === "invited" ? [link] : []), off, remove];
}
