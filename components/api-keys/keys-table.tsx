"use client";

import { useTable } from "@tanstack/react-table";
import { KEY_COLUMNS, KEY_FEATURES, type KeySelection, sortFieldOf } from "@/components/api-keys/columns";
import { changeView, type ListView, listHref, toggleSort } from "@/components/api-keys/list-view";
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
  const table = useTable({
    features: KEY_FEATURES,
    columns: KEY_COLUMNS,
    data: keys,
    getRowId: (key) => key.id,
    state: { rowSelection: selection },
    onRowSelectionChange: (next) => onSelectionChange(typeof next === "function" ? next(selection) : next),
  });

  return (
    <Table label="API keys" busy={busy}>
      <TableHead>
        {table.getHeaderGroups().map((group) => (
          <tr key={group.id}>
            {group.headers.map((header) => {
              const sort = sortOf(header.column.id, view);
              return (
                <TableHeader key={header.id} className={classesOf(header.column.id)} {...(sort ? { sort } : {})}>
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
            {row.getAllCells().map((cell) => (
              <TableCell key={cell.id} className={classesOf(cell.column.id)}>
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

/** On phones the name's cell says what the hidden columns would. */
const COLUMN_CLASSES: Record<string, string> = {
  select: "w-10 pr-0 max-md:align-top",
  name: "max-md:whitespace-normal",
  token_preview: "whitespace-nowrap font-mono text-xs max-md:hidden",
  permissions: "max-md:hidden",
  environment: "whitespace-nowrap max-md:hidden",
  region_id: "whitespace-nowrap max-md:hidden",
  allowed_ips: "whitespace-nowrap max-md:hidden",
  created_at: "whitespace-nowrap max-md:hidden",
  expires_at: "whitespace-nowrap max-md:hidden",
  last_used_at: "whitespace-nowrap max-md:hidden",
  status: "whitespace-nowrap max-md:hidden",
  actions: "whitespace-nowrap text-right max-md:align-top",
};

const classesOf = (columnId: string): string | undefined => COLUMN_CLASSES[columnId];
