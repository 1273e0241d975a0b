"use client";

import { ChevronLeft, ChevronRight } from "lucide-react";
import Link from "next/link";
import { type ComponentProps, type ReactNode, useId } from "react";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/select";

/** Where a page button leads; null when there is no such page. */
type PageTarget = ComponentProps<typeof Link>["href"] | null;

type PaginationProps = {
  /** For example "API keys": names the landmark. */
  label: string;
  /** For example "1–50 of 1,204". */
  summary: ReactNode;
  previous: PageTarget;
  next: PageTarget;
  pageSize?: number;
  pageSizes?: readonly number[];
  onPageSizeChange?: (size: number) => void;
};

export function Pagination({ label, summary, previous, next, pageSize, pageSizes, onPageSizeChange }: PaginationProps) {
  const id = useId();
  return (
    <nav aria-label={`${label}, pages`} className="flex flex-wrap items-center gap-x-4 gap-y-2 text-sm">
      <p className="mr-auto text-text-muted" aria-live="polite">
        {summary}
      </p>
      {pageSizes && onPageSizeChange ? (
        <div className="flex items-center gap-2">
          <label htmlFor={id} className="text-text-muted">
            Rows
          </label>
          <Select
            id={id}
            value={pageSize}
            onChange={(event) => onPageSizeChange(Number(event.target.value))}
            className="w-20"
          >
            {pageSizes.map((size) => (
              <option key={size} value={size}>
                {size}
              </option>
            ))}
          </Select>
        </div>
      ) : null}
      <div className="flex gap-2">
        <PageButton target={previous}>
          <ChevronLeft aria-hidden />
          Previous
        </PageButton>
        <PageButton target={next}>
          Next
          <ChevronRight aria-hidden />
        </PageButton>
      </div>
    </nav>
  );
}

function PageButton({ target, children }: { target: PageTarget; children: ReactNode }) {
  if (target === null) return <Button disabled>{children}</Button>;
  return (
    <Button asChild>
      <Link href={target}>{children}</Link>
    </Button>
  );
}
