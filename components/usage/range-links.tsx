import type { Route } from "next";
import Link from "next/link";
import { RANGE_NAMES, RANGES, type Range } from "@/components/usage/range";

type RangeLinksProps = { current: Range; hrefOf: (range: Range) => Route };

/** The ranges as links, so that each can be shared, reloaded and gone back from. */
export function RangeLinks({ current, hrefOf }: RangeLinksProps) {
  return (
    <nav aria-label="Range">
      <ul className="flex w-fit max-w-full flex-wrap gap-0.5 max-sm:w-full rounded-md border border-border bg-surface-sunken p-0.5">
        {RANGE_NAMES.map((range) => (
          <li key={range} className="max-sm:grow">
            <Link
              href={hrefOf(range)}
              scroll={false}
              aria-current={range === current ? "true" : undefined}
              className="flex h-7 items-center justify-center whitespace-nowrap rounded-sm border border-transparent px-1.5 text-sm text-text-muted sm:px-2.5 hover:text-text aria-[current]:border-border aria-[current]:bg-surface-raised aria-[current]:font-medium aria-[current]:text-text aria-[current]:shadow-raised pointer-coarse:h-9 forced-colors:border-[Canvas] forced-colors:aria-[current]:border-[Highlight]"
            >
              {RANGES[range].label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
