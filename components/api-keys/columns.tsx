"use client";

import { createColumnHelper, type RowSelectionState, rowSelectionFeature, tableFeatures } from "@tanstack/react-table";
import { KeyActions } from "@/components/api-keys/key-actions";
import {
  AddressCell,
  ExpiryText,
  MomentText,
  NameCell,
  PermissionsCell,
  PlaceCell,
  StatusBadge,
  TokenCell,
} from "@/components/api-keys/key-cells";
import type { SortField } from "@/components/api-keys/list-view";
import { Checkbox } from "@/components/ui/checkbox";
import { Time } from "@/components/ui/time";
import type { ApiKey } from "@/lib/api-keys/view";

/** Only selection: filters, order and pages are the server's. */
export const KEY_FEATURES = tableFeatures({ rowSelectionFeature });
export type KeySelection = RowSelectionState;

const column = createColumnHelper<typeof KEY_FEATURES, ApiKey>();

/**
 * In their order on the page: where the screen is too narrow, the last ones are the first to scroll out of sight. A
 * column of another screen size is hidden by its class.
 */
export const KEY_COLUMNS = column.columns([
  column.display({
    id: "select",
    header: ({ table }) => {
      const all = table.getIsAllPageRowsSelected();
      return (
        <Checkbox
          className="align-middle"
          aria-label="Select all keys on this page"
          checked={all}
          indeterminate={table.getIsSomePageRowsSelected() && !all}
          onChange={table.getToggleAllPageRowsSelectedHandler()}
        />
      );
    },
    cell: ({ row }) => (
      <Checkbox
        className="align-middle"
        aria-label={`Select ${row.original.name}`}
        checked={row.getIsSelected()}
        onChange={row.getToggleSelectedHandler()}
      />
    ),
  }),
  column.accessor("name", { header: "Name", cell: ({ row }) => <NameCell apiKey={row.original} /> }),
  column.accessor("status", { header: "Status", cell: ({ row }) => <StatusBadge status={row.original.status} /> }),
  column.accessor("token_preview", { header: "Token", cell: ({ row }) => <TokenCell apiKey={row.original} /> }),
  column.accessor("permissions", {
    header: "Permissions",
    cell: ({ row }) => <PermissionsCell apiKey={row.original} />,
  }),
  column.accessor("environment", {
    header: "Environment, region",
    cell: ({ row }) => <PlaceCell apiKey={row.original} />,
  }),
  column.accessor("allowed_ips", { header: "IP rules", cell: ({ row }) => <AddressCell apiKey={row.original} /> }),
  column.accessor("expires_at", {
    header: "Expires",
    cell: ({ row }) => <ExpiryText expiresAt={row.original.expires_at} />,
  }),
  column.accessor("last_used_at", {
    header: "Last used",
    cell: ({ row }) => <MomentText at={row.original.last_used_at} />,
  }),
  column.accessor("created_at", {
    header: "Created",
    cell: ({ row }) => <Time value={row.original.created_at} format="date" />,
  }),
  column.display({ id: "actions", header: "Actions", cell: ({ row }) => <KeyActions apiKey={row.original} /> }),
]);

/** The columns that the list can be sorted by. */
export function sortFieldOf(columnId: string): SortField | null {
  return SORTABLE.find((field) => field === columnId) ?? null;
}

const SORTABLE = ["name", "created_at", "expires_at", "last_used_at"] as const satisfies readonly SortField[];
