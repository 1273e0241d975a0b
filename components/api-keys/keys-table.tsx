"use client";

import { useTable } from "@tanstack/react-table";
import { KEY_COLUMNS, KEY_FEATURES, type KeySelection, sortFieldOf } from "@/components/api-keys/columns";
import { useHiddenColumns } from "@/components/api-keys/hidden-columns";
import { useKeyRow } from "@/components/api-keys/key-row-context";
import { changeView, type ListView, listHref, toggleSort } from "@/components/api-keys/list-view";
import { classNames } from "@/components/ui/class-names";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { ApiKey } from "@/lib/api-keys/view";

type KeysTableProps = {
  keys: ApiKey[];
  view: ListView;
  busy: boolean;
  selection: KeySelection;
  onSelectionChange: (selection: KeySelection) => void;
};

/** The page of keys as the server sent it. Sorting is a link, so that it can be shared and gone back from. */
export function KeysTable({ keys, view, busy, selection, onSelectionChange }: KeysTableProps) {
  const hidden = useHiddenColumns();
  const { viewer } = useKeyRow();
  const isShown = ({ column }: { column: { id: string } }) =>
    column.id === "select" ? viewer.role !== "viewer" : !hidden.includes(column.id);
  const table = useTable({
    features: KEY_FEATURES,
    columns: KEY_COLUMNS,
    data: keys,
    getRowId: (key) => key.id,
    state: { rowSelection: selection },
    onRowSelectionChange: (next) => onSelectionChange(typeof next === "function" ? next(selection) : next),
  });

  return (
    <Table label="API keys" busy={busy} className="max-md:table-fixed">
      <TableHead>
        {table.getHeaderGroups().map((group) => (
          <tr key={group.id}>
            {group.headers.filter(isShown).map((header) => {
              const sort = sortOf(header.column.id, view);
              return (
                <TableHeader
                  key={header.id}
                  className={HEADER_CLASSES[header.column.id] ?? WIDE}
                  {...(sort ? { sort } : {})}
                >
                  <table.FlexRender header={header} />
                </TableHeader>
              );
            })}
          </tr>
        ))}
      </TableHead>
      <TableBody>
        {table.getRowModel().rows.map((row) => (
          <TableRow key={row.id} aria-selected={row.getIsSelected() || undefined}>
            {row
              .getAllCells()
              .filter(isShown)
              .map((cell) => (
                <TableCell key={cell.id} className={CELL_CLASSES[cell.column.id] ?? WIDE}>
                  <table.FlexRender cell={cell} />
                </TableCell>
              ))}
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function sortOf(columnId: string, view: ListView) {
  const field = sortFieldOf(columnId);
  if (!field) return null;
  const isCurrent = view.sort.field === field;
  const direction = isCurrent ? (view.sort.descending ? ("descending" as const) : ("ascending" as const)) : null;
  return { direction, href: listHref(changeView(view, { sort: toggleSort(view.sort, field) })) };
}

/** On phones only selection, name and actions are columns of their own; the name's cell says the rest. */
const WIDE = "whitespace-nowrap px-1.5 max-md:hidden";

/** In view however far the table is scrolled; as opaque as its row. */
const STICKY = "sticky right-0 whitespace-nowrap pl-1.5 pr-2 text-right";

const WRAPPING = classNames(WIDE, "whitespace-normal leading-tight");

const HEADER_CLASSES: Record<string, string> = {
  select: "w-9 pr-0",
  name: "px-2 md:w-full",
  environment: WRAPPING,
  allowed_ips: WRAPPING,
  actions: classNames(STICKY, "z-20 pr-3 max-md:w-20"),
};

const CELL_CLASSES: Record<string, string> = {
  select: "w-9 pr-0 max-md:pt-3 max-md:align-top",
  name: "px-2 max-md:whitespace-normal max-md:py-3",
  token_preview: classNames(WIDE, "font-mono text-xs"),
  permissions: classNames(WIDE, "whitespace-normal"),
  allowed_ips: classNames(WIDE, "whitespace-normal"),
  created_at: classNames(WIDE, "text-xs"),
  expires_at: classNames(WIDE, "text-xs"),
  last_used_at: classNames(WIDE, "text-xs"),
  actions: classNames(
    STICKY,
    "bg-surface-raised max-md:pt-2 max-md:align-top [tr:hover>&]:bg-surface-sunken [tr[aria-selected]>&]:bg-accent-subtle",
  ),
};
