"use client";

import { Boxes, Copy, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
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

type SubaccountsPanelProps = { list: ListedPage<Versioned<Subaccount>>; viewer: SettingsViewer };
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
  subaccounts: readonly Versioned<Subaccount>[];
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
      description="It is taken out of every key and member that names it. A key whose list becomes empty that way reaches no subaccount at all: calls made with it can break. This cannot be undone."
      confirmLabel="Delete subaccount"
      request={{ method: "DELETE", path: `/v4/account/subaccounts/${subaccount.id}`, etag: subaccount.etag }}
      onClose={onClose}
      onDone={() => done(`${subaccount.name} is deleted`)}
      onReload={onReload}
    />
  );
}
