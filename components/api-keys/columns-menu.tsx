"use client";

import { Columns3, RotateCcw } from "lucide-react";
import { OPTIONAL_COLUMNS, type OptionalColumn, toggleColumn } from "@/components/api-keys/column-choice";
import { Button } from "@/components/ui/button";
import {
  DropdownMenu,
  DropdownMenuCheckboxItem,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";

type ColumnsMenuProps = { hidden: readonly OptionalColumn[]; onHiddenChange: (hidden: OptionalColumn[]) => void };

/** Which columns the table shows. The menu stays open, so that several can be chosen. */
export function ColumnsMenu({ hidden, onHiddenChange }: ColumnsMenuProps) {
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button>
          <Columns3 aria-hidden className="text-text-muted" />
          Columns
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent className="w-64">
        <DropdownMenuLabel>Name, status and actions always show</DropdownMenuLabel>
        {OPTIONAL_COLUMNS.map(({ id, label }) => (
          <DropdownMenuCheckboxItem
            key={id}
            checked={!hidden.includes(id)}
            onCheckedChange={() => onHiddenChange(toggleColumn(hidden, id))}
          >
            {label}
          </DropdownMenuCheckboxItem>
        ))}
        <DropdownMenuSeparator />
        <DropdownMenuItem icon={<RotateCcw />} disabled={hidden.length === 0} onSelect={() => onHiddenChange([])}>
          Show all
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
