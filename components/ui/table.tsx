"use client";

import { ArrowDown, ArrowUp, ChevronsUpDown } from "lucide-react";
import Link from "next/link";
import type { ComponentProps, ReactNode } from "react";
import { classNames } from "@/components/ui/class-names";

type TableProps = ComponentProps<"table"> & {
  /** Names both the table and the region that scrolls. */
  label: string;
  /** Dims the rows while newer ones are on their way. */
  busy?: boolean;
};

/** Compact rows under a header that stays in view; scrolls sideways within itself, also by keyboard. */
export function Table({ label, busy = false, className, ...props }: TableProps) {
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable to be scrolled by keyboard
      tabIndex={0}
      className="relative overflow-auto rounded-lg border border-border bg-surface-raised focus-visible:outline-offset-0 [@media(min-width:48rem)_and_(min-height:40rem)]:max-h-[calc(100dvh-13rem)]"
    >
      <table
        {...props}
        aria-label={label}
        aria-busy={busy || undefined}
        className={classNames(
          "w-full border-separate border-spacing-0 text-sm transition-opacity duration-100",
          busy && "opacity-60",
          className,
        )}
      />
    </section>
  );
}

export function TableHead(props: ComponentProps<"thead">) {
  return <thead {...props} />;
}

export function TableBody({ className, ...props }: ComponentProps<"tbody">) {
  return <tbody {...props} className={classNames("[&>tr:last-child>td]:border-b-0", className)} />;
}

export function TableRow({ className, ...props }: ComponentProps<"tr">) {
  return <tr {...props} className={classNames("hover:bg-surface-sunken aria-selected:bg-accent-subtle", className)} />;
}

export type SortDirection = "ascending" | "descending";

type TableHeaderProps = Omit<ComponentProps<"th">, "children" | "align"> & {
  align?: "start" | "end";
  /** Makes the header sort: the direction now in force (null = not by this column) and where a click leads. */
  sort?: { direction: SortDirection | null; href: ComponentProps<typeof Link>["href"] };
  children?: ReactNode;
};

export function TableHeader({ align = "start", sort, className, children, ...props }: TableHeaderProps) {
  return (
    <th
      scope="col"
      {...props}
      aria-sort={sort?.direction ?? undefined}
      className={classNames(
        "sticky top-0 z-10 h-9 whitespace-nowrap border-border border-b bg-surface-sunken px-3 font-medium text-text-muted text-xs",
        align === "end" ? "text-right" : "text-left",
        className,
      )}
    >
      {sort ? <SortLink sort={sort}>{children}</SortLink> : children}
    </th>
  );
}

export function TableCell({
  align = "start",
  className,
  ...props
}: Omit<ComponentProps<"td">, "align"> & { align?: "start" | "end" }) {
  return (
    <td
      {...props}
      className={classNames(
        "h-11 whitespace-nowrap border-border border-b px-3 py-1.5 align-middle",
        align === "end" ? "text-right tabular-nums" : "text-left",
        className,
      )}
    />
  );
}

function SortLink({ sort, children }: { sort: NonNullable<TableHeaderProps["sort"]>; children: ReactNode }) {
  const Icon = sort.direction === "ascending" ? ArrowUp : sort.direction === "descending" ? ArrowDown : ChevronsUpDown;
  return (
    <Link
      href={sort.href}
      scroll={false}
      className="-mx-1.5 -outline-offset-2 inline-flex h-7 items-center gap-1 rounded-sm px-1.5 hover:bg-surface-hover hover:text-text"
    >
      {children}
      <Icon aria-hidden className={classNames("size-3.5", sort.direction ? "text-text" : "opacity-60")} />
    </Link>
  );
}
