"use client";

import { createColumnHelper, type RowSelectionState, rowSelectionFeature, tableFeatures } from "@tanstack/react-table";
import type { ReactNode } from "react";
import { OPTIONAL_COLUMNS, type OptionalColumn } from "@/components/api-keys/column-choice";
import { KeyActions } from "@/components/api-keys/key-actions";
import {
  AddressCell,
  ExpiryCell,
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

const CELLS: Record<OptionalColumn, (key: ApiKey) => ReactNode> = {
  token_preview: (key) => <TokenCell apiKey={key} />,
  permissions: (key) => <PermissionsCell apiKey={key} />,
  environment: (key) => <PlaceCell apiKey={key} />,
  allowed_ips: (key) => <AddressCell apiKey={key} />,
  expires_at: (key) => <ExpiryCell expiresAt={key.expires_at} />,
  last_used_at: (key) => <MomentText at={key.last_used_at} />,
  created_at: (key) => <Time value={key.created_at} format="date" />,
};

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
  ...OPTIONAL_COLUMNS.map(({ id, label }) =>
    column.display({ id, header: label, cell: ({ row }) => CELLS[id](row.original) }),
  ),
  column.display({ id: "actions", header: "Actions", cell: ({ row }) => <KeyActions apiKey={row.original} /> }),
]);

/** The columns that the list can be sorted by. */
export function sortFieldOf(columnId: string): SortField | null {
  return SORTABLE.find((field) => field === columnId) ?? null;
}

const SORTABLE = ["name", "created_at", "expires_at", "last_used_at"] as const satisfies readonly SortField[];
