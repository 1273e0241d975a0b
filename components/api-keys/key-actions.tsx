"use client";

import { Ban, Copy, Ellipsis, Eye, Pencil, Power, PowerOff, RefreshCw, Trash2 } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { useKeyRow } from "@/components/api-keys/key-row-context";
import { type KeyAction, refusalOf } from "@/components/api-keys/rights";
import { copyText } from "@/components/ui/copy";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuLinkItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { IconButton } from "@/components/ui/icon-button";
import { useToast } from "@/components/ui/toast";
import type { ApiKey } from "@/lib/api-keys/view";

/** A row's icons and its menu. What the member may not do stays in view and says why. */
export function KeyActions({ apiKey }: { apiKey: ApiKey }) {
  const isRevoked = apiKey.status === "revoked";
  return (
    <div className="inline-flex items-center justify-end">
      {isRevoked ? null : (
        <span className="inline-flex max-md:hidden">
          <ActionIcon action="edit" apiKey={apiKey} icon={<Pencil aria-hidden />} />
          <ActionIcon action="regenerate" apiKey={apiKey} icon={<RefreshCw aria-hidden />} />
          <ActionIcon action="revoke" apiKey={apiKey} icon={<Ban aria-hidden />} />
        </span>
      )}
      <ActionMenu apiKey={apiKey} />
    </div>
  );
}

type ActionProps = { action: KeyAction; apiKey: ApiKey; icon: ReactNode };

function ActionIcon({ action, apiKey, icon }: ActionProps) {
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
  const { viewer } = useKeyRow();
  const toast = useToast();
  const isRevoked = apiKey.status === "revoked";
  const refusal = refusalOf(isRevoked ? "delete" : "edit", apiKey, viewer);
  const copyId = async () => {
    const result = await copyText(apiKey.id, null);
    if (result === "copied") toast({ title: "ID copied", description: apiKey.id });
    else toast({ title: "The browser refused to copy", description: apiKey.id, tone: "info" });
  };

  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <IconButton size="sm" label={`Actions for ${apiKey.name}`} className="text-text-muted hover:text-text">
          <Ellipsis aria-hidden />
        </IconButton>
      </DropdownMenuTrigger>
      <DropdownMenuContent>
        {refusal === null ? null : <DropdownMenuLabel className="max-w-56">{refusal}</DropdownMenuLabel>}
        <DropdownMenuLinkItem>
          <Link href={{ pathname: `/api-keys/${apiKey.id}` }} prefetch={false}>
            <Eye aria-hidden className="text-text-muted" />
            View details
          </Link>
        </DropdownMenuLinkItem>
        {isRevoked ? null : (
          <>
            <ActionItem action="edit" apiKey={apiKey} icon={<Pencil />} />
            <ActionItem action="regenerate" apiKey={apiKey} icon={<RefreshCw />} />
          </>
        )}
        <DropdownMenuItem icon={<Copy />} onSelect={copyId}>
          Copy ID
        </DropdownMenuItem>
        {isRevoked ? null : apiKey.is_active ? (
          <ActionItem action="disable" apiKey={apiKey} icon={<PowerOff />} />
        ) : (
          <ActionItem action="reactivate" apiKey={apiKey} icon={<Power />} />
        )}
        <DropdownMenuSeparator />
        {isRevoked ? (
          <ActionItem action="delete" apiKey={apiKey} icon={<Trash2 />} />
        ) : (
          <ActionItem action="revoke" apiKey={apiKey} icon={<Ban />} />
        )}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

function ActionItem({ action, apiKey, icon }: ActionProps) {
  const { viewer, onAction } = useKeyRow();
  const isFinal = action === "revoke" || action === "delete";
  return (
    <DropdownMenuItem
      icon={icon}
      {...(isFinal ? { tone: "danger" as const } : {})}
      disabled={refusalOf(action, apiKey, viewer) !== null}
      onSelect={() => onAction(action, apiKey)}
    >
      {VERBS[action]}
    </DropdownMenuItem>
  );
}

const VERBS: Record<KeyAction, string> = {
  edit: "Edit",
  regenerate: "Regenerate",
  disable: "Disable",
  reactivate: "Reactivate",
  revoke: "Revoke",
  delete: "Delete permanently",
};
