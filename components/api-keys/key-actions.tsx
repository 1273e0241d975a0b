"use client";

import { Ban, Copy, Eye, Pencil, Power, PowerOff, RefreshCw, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { useKeyRow } from "@/components/api-keys/key-row-context";
import { type KeyAction, refusalOf } from "@/components/api-keys/rights";
import { IconButton } from "@/components/ui/icon-button";
import { type RowAction, RowMenu } from "@/components/ui/row-menu";
import { useCopyId } from "@/components/ui/use-copy-id";
import type { ApiKey } from "@/lib/api-keys/view";

/** A row's icons and its menu. What the member may not do stays in view and says why; for viewers, in the menu alone. */
export function KeyActions({ apiKey }: { apiKey: ApiKey }) {
  const { viewer } = useKeyRow();
  const hasIcons = apiKey.status !== "revoked" && viewer.role !== "viewer";
  return (
    <div className="inline-flex items-center justify-end">
      {hasIcons ? (
        <span className="inline-flex max-md:hidden">
          <ActionIcon action="edit" apiKey={apiKey} icon={<Pencil aria-hidden />} />
          <ActionIcon action="regenerate" apiKey={apiKey} icon={<RefreshCw aria-hidden />} />
          <ActionIcon action="revoke" apiKey={apiKey} icon={<Ban aria-hidden />} />
        </span>
      ) : null}
      <ActionMenu apiKey={apiKey} />
    </div>
  );
}

type ActionIconProps = { action: KeyAction; apiKey: ApiKey; icon: ReactNode };

function ActionIcon({ action, apiKey, icon }: ActionIconProps) {
  const { viewer, onAction } = useKeyRow();
  const refusal = refusalOf(action, apiKey, viewer);
  const name = `${VERBS[action]} ${apiKey.name}`;
  return (
    <IconButton
      size="sm"
      label={refusal === null ? name : `${name}. ${refusal}`}
      aria-disabled={refusal !== null || undefined}
      onClick={() => (refusal === null ? onAction(action, apiKey) : undefined)}
      className="text-text-muted hover:text-text aria-disabled:opacity-40"
    >
      {icon}
    </IconButton>
  );
}

function ActionMenu({ apiKey }: { apiKey: ApiKey }) {
  const { viewer, onAction } = useKeyRow();
  const copyId = useCopyId();
  const item = (action: KeyAction, icon: ReactNode): RowAction => ({
    label: VERBS[action],
    icon,
    refusal: refusalOf(action, apiKey, viewer),
    onSelect: () => onAction(action, apiKey),
  });
  const view = { label: "View details", icon: <Eye />, href: { pathname: `/api-keys/${apiKey.id}` } };
  const copy: RowAction = { label: "Copy ID", icon: <Copy />, onSelect: () => copyId(apiKey.id) };
  const final = { tone: "danger", apart: true } as const;
  const actions =
    apiKey.status === "revoked"
      ? [view, copy, { ...item("delete", <Trash2 />), ...final }]
      : [
          view,
          item("edit", <Pencil />),
          item("regenerate", <RefreshCw />),
          copy,
          apiKey.is_active ? item("disable", <PowerOff />) : item("reactivate", <Power />),
          { ...item("revoke", <Ban />), ...final },
        ];
  return <RowMenu of={apiKey.name} actions={actions} />;
}

const VERBS: Record<KeyAction, string> = {
  edit: "Edit",
  regenerate: "Regenerate",
  disable: "Disable",
  reactivate: "Reactivate",
  revoke: "Revoke",
  delete: "Delete permanently",
};
