"use client";

import { Ellipsis } from "lucide-react";
import type { ReactNode } from "react";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { IconButton } from "@/components/ui/icon-button";

export type RowAction = {
  label: string;
  icon: ReactNode;
  tone?: "danger";
  /** Why this one is not possible now; shown in the menu. */
  refusal?: string | null;
  onSelect: () => void;
};

type RowMenuProps = {
  /** What the row is about: "Region Europe". */
  of: string;
  actions: readonly RowAction[];
  /** Why none of them may be used; null if they may. */
  refusal: string | null;
};

/** The actions of a row. What may not be done stays in view and says why. */
export function RowMenu({ of, actions, refusal }: RowMenuProps) {
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <IconButton size="sm" label={`Actions for ${of}`}>
          <Ellipsis aria-hidden />
        </IconButton>
      </DropdownMenuTrigger>
      <DropdownMenuContent>
        {refusal === null ? null : <DropdownMenuLabel className="max-w-60">{refusal}</DropdownMenuLabel>}
        {actions.map(({ label, icon, tone, refusal: own = null, onSelect }) => (
          <DropdownMenuItem
            key={label}
            icon={icon}
            disabled={refusal !== null || own !== null}
            onSelect={onSelect}
            {...(tone ? { tone } : {})}
          >
            <span>
              {label}
              {own !== null && refusal === null ? <span className="block max-w-56 text-xs">{own}</span> : null}
            </span>
          </DropdownMenuItem>
        ))}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
