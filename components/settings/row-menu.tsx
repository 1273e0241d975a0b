"use client";

import { Ellipsis } from "lucide-react";
import { Fragment, type ReactNode } from "react";
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
  /** Why this one is not possible now; null if it is. */
  refusal?: string | null;
  onSelect: () => void;
};

type RowMenuProps = {
  /** What the row is about, by its name. */
  of: string;
  actions: readonly RowAction[];
  /** Why none of them may be used; null if they may. */
  refusal: string | null;
};

/** The actions of a row. What may not be done stays in view; a reason that several share is given once, at the top. */
export function RowMenu({ of, actions, refusal }: RowMenuProps) {
  const shared = refusal ?? sharedRefusal(actions);
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <IconButton size="sm" label={`Actions for ${of}`}>
          <Ellipsis aria-hidden />
        </IconButton>
      </DropdownMenuTrigger>
      <DropdownMenuContent>
        {shared === null ? null : <DropdownMenuLabel className="max-w-60">{shared}</DropdownMenuLabel>}
        {actions.map(({ label, icon, tone, refusal: own = null, onSelect }) => (
          <Fragment key={label}>
            <DropdownMenuItem
              icon={icon}
              disabled={refusal !== null || own !== null}
              onSelect={onSelect}
              {...(tone ? { tone } : {})}
            >
              {label}
            </DropdownMenuItem>
            {own === null || shared !== null ? null : (
              <DropdownMenuLabel className="-mt-1 max-w-64 pt-0 pl-9">{own}</DropdownMenuLabel>
            )}
          </Fragment>
        ))}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

function sharedRefusal(actions: readonly RowAction[]): string | null {
  const reasons = actions.flatMap(({ refusal }) => refusal ?? []);
  return reasons.find((reason, index) => reasons.indexOf(reason) !== index) ?? null;
}
