"use client";

import { Ellipsis } from "lucide-react";
import Link from "next/link";
import type { ComponentProps, ReactNode } from "react";
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

export type RowAction = {
  label: string;
  icon: ReactNode;
  tone?: "danger";
  /** Why this one is not possible now; null if it is. */
  refusal?: string | null;
  /** Stands below a line. */
  apart?: true;
  onSelect: () => void;
};

/** An item that leads to a page. */
export type RowLink = { label: string; icon: ReactNode; href: ComponentProps<typeof Link>["href"] };

type RowMenuProps = {
  /** What the row is about, by its name. */
  of: string;
  actions: readonly (RowAction | RowLink)[];
  /** Why none of them may be used; null if they may. */
  refusal?: string | null;
};

/** The actions of a row. What may not be done stays in view; a reason that several share is given once, at the top. */
export function RowMenu({ of, actions, refusal = null }: RowMenuProps) {
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
        {actions.map((action) =>
          "href" in action ? (
            <LinkItem key={action.label} {...action} />
          ) : (
            <ActionItem key={action.label} action={action} all={refusal} shared={shared} />
          ),
        )}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

function LinkItem({ label, icon, href }: RowLink) {
  return (
    <DropdownMenuLinkItem>
      <Link href={href} prefetch={false}>
        <span aria-hidden className="text-text-muted">
          {icon}
        </span>
        {label}
      </Link>
    </DropdownMenuLinkItem>
  );
}

type ActionItemProps = { action: RowAction; all: string | null; shared: string | null };

function ActionItem({ action, all, shared }: ActionItemProps) {
  const { label, icon, tone, refusal: own = null, apart = false, onSelect } = action;
  return (
    <>
      {apart ? <DropdownMenuSeparator /> : null}
      <DropdownMenuItem
        icon={icon}
        disabled={all !== null || own !== null}
        onSelect={onSelect}
        {...(tone ? { tone } : {})}
      >
        {label}
      </DropdownMenuItem>
      {own === null || all !== null || own === shared ? null : (
        <DropdownMenuLabel className="-mt-1 max-w-64 pt-0 pl-9">{own}</DropdownMenuLabel>
      )}
    </>
  );
}

function sharedRefusal(actions: RowMenuProps["actions"]): string | null {
  const reasons = actions.flatMap((action) => ("refusal" in action ? (action.refusal ?? []) : []));
  return reasons.find((reason, index) => reasons.indexOf(reason) !== index) ?? null;
}
