"use client";

import { Boxes, Copy, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { keysCounted } from "@/components/api-keys/words";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { type ListedPage, ListPages } from "@/components/settings/list-pages";
import { ReadOnlyNote } from "@/components/settings/read-only-note";
import { changeRefusal, type SettingsViewer } from "@/components/settings/rights";
import { SettingsHeader } from "@/components/settings/settings-header";
import { SubaccountDialog } from "@/components/settings/subaccounts/subaccount-dialog";
import { useChanged } from "@/components/settings/use-changed";
import type { Versioned } from "@/components/settings/versioned";
import { EmptyState } from "@/components/ui/empty-state";
import { GuardedButton } from "@/components/ui/guarded-button";
import { RowMenu } from "@/components/ui/row-menu";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { useCopyId } from "@/components/ui/use-copy-id";
import type { Subaccount } from "@/lib/subaccounts/schema";

/** A subaccount, and how many keys that are not revoked and members name it. */
type ListedSubaccount = Versioned<Subaccount> & { keys: number; members: number };

type SubaccountsPanelProps = { list: ListedPage<ListedSubaccount>; viewer: SettingsViewer };
type OpenDialog = { kind: "create" } | { kind: "edit" | "delete"; id: string };

/** Settings → Subaccounts. */
export function SubaccountsPanel({ list, viewer }: SubaccountsPanelProps) {
  const [dialog, setDialog] = useState<OpenDialog | null>(null);
  const { busy, refresh, changed } = useChanged();
  const copyId = useCopyId();
  const refusal = changeRefusal(viewer, "subaccounts");
  const createRefusal =
    refusal ??
    (viewer.all_subaccounts ? null : "Your access is limited to certain subaccounts, so you cannot add others.");
  const create = (
    <GuardedButton refusal={createRefusal} variant="primary" onClick={() => setDialog({ kind: "create" })}>
      <Plus aria-hidden />
      Create subaccount
    </GuardedButton>
  );

  return (
    <>
      <SettingsHeader
        title="Subaccounts"
        description="The customer or project accounts below the organization. Keys and members can be limited to some of them."
        actions={list.total > 0 ? create : null}
      />
      <ReadOnlyNote refusal={refusal} />
      {list.rows.length === 0 ? (
        <EmptyState
          icon={<Boxes />}
          title="No subaccount yet"
          description={
            viewer.all_subaccounts
              ? "Until there is one, keys act on the organization as a whole. Add one for each customer or project that a key should be limited to."
              : "Your access is limited to certain subaccounts, and none of them exists any more."
          }
          actions={create}
        />
      ) : (
        <Table label="Subaccounts" busy={busy}>
          <TableHead>
            <tr>
              <TableHeader>Name</TableHeader>
              <TableHeader className="max-md:hidden">External ID</TableHeader>
              <TableHeader className="max-md:hidden">ID</TableHeader>
              <TableHeader align="end" className="max-lg:hidden">
                Keys
              </TableHeader>
              <TableHeader className="max-lg:hidden">Created</TableHeader>
              <TableHeader align="end">
                <span className="sr-only">Actions</span>
              </TableHeader>
            </tr>
          </TableHead>
          <TableBody>
            {list.rows.map((subaccount) => (
              <TableRow key={subaccount.id}>
                <TableCell className="max-md:w-full max-md:max-w-0 md:max-w-80">
                  <span className="block truncate font-medium">{subaccount.name}</span>
                  {subaccount.external_id ? (
                    <span className="block truncate font-mono text-text-muted text-xs md:hidden">
                      {subaccount.external_id}
                    </span>
                  ) : null}
                </TableCell>
                <TableCell className="max-w-64 truncate font-mono text-xs max-md:hidden">
                  {subaccount.external_id ?? "–"}
                </TableCell>
                <TableCell className="font-mono text-text-muted text-xs max-md:hidden">{subaccount.id}</TableCell>
                <TableCell align="end" className="max-lg:hidden">
                  {subaccount.keys.toLocaleString("en")}
                </TableCell>
                <TableCell className="text-text-muted max-lg:hidden">
                  <Time value={subaccount.created_at} format="date" />
                </TableCell>
                <TableCell align="end">
                  <RowMenu
                    of={subaccount.name}
                    actions={[
                      { label: "Copy ID", icon: <Copy />, onSelect: () => copyId(subaccount.id) },
                      {
                        label: "Edit",
                        icon: <Pencil />,
                        refusal,
                        onSelect: () => setDialog({ kind: "edit", id: subaccount.id }),
                      },
                      {
                        label: "Delete",
                        icon: <Trash2 />,
                        tone: "danger",
                        refusal,
                        onSelect: () => setDialog({ kind: "delete", id: subaccount.id }),
                      },
                    ]}
                  />
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
      <ListPages label="Subaccounts" list={list} />
      <SubaccountDialogs
        dialog={dialog}
        subaccounts={list.rows}
        onClose={() => setDialog(null)}
        onReload={refresh}
        onChanged={changed}
      />
    </>
  );
}

type SubaccountDialogsProps = {
  dialog: OpenDialog | null;
  subaccounts: readonly ListedSubaccount[];
  onClose: () => void;
  onReload: () => void;
  onChanged: (message: string) => void;
};

function SubaccountDialogs({ dialog, subaccounts, onClose, onReload, onChanged }: SubaccountDialogsProps) {
  if (dialog === null) return null;
  const done = (message: string) => {
    onClose();
    onChanged(message);
  };
  const forms = { onClose, onReload };
  if (dialog.kind === "create") {
    return <SubaccountDialog {...forms} subaccount={null} onSaved={({ name }) => done(`${name} is created`)} />;
  }
  const subaccount = subaccounts.find(({ id }) => id === dialog.id);
  if (!subaccount) return null;
  if (dialog.kind === "edit") {
    return (
      <SubaccountDialog
        {...forms}
        key={subaccount.etag}
        subaccount={subaccount}
        onSaved={({ name }) => done(`${name} is saved`)}
      />
    );
  }
  return (
    <ConfirmDialog
      title={`Delete ${subaccount.name}?`}
      description={deletionText(subaccount)}
      confirmLabel="Delete subaccount"
      request={{ method: "DELETE", path: `/v4/account/subaccounts/${subaccount.id}`, etag: subaccount.etag }}
      onClose={onClose}
      onDone={() => done(`${subaccount.name} is deleted`)}
      onReload={onReload}
    />
  );
}

/** What deleting a subaccount does, with how many it does it to. */
export function deletionText({ keys, members }: Pick<ListedSubaccount, "keys" | "members">): string {
  if (keys === 0 && members === 0) return "No key and no member names it. This cannot be undone.";
  const of = [keys > 0 ? keysCounted(keys) : "", members > 0 ? membersCounted(members) : ""].filter(Boolean);
  const effect =
    keys > 0
      ? " A key whose list becomes empty that way reaches no subaccount at all: calls made with it can break."
      : "";
  return `It is taken out of ${of.join(" and ")}.${effect} This cannot be undone.`;
}

const membersCounted = (count: number): string => (count === 1 ? "1 member" : `${count.toLocaleString("en")} members`);
