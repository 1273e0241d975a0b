"use client";

import { usePathname } from "next/navigation";
import { type ListPlace, nextPlace, PAGE_LIMIT, placeQuery, previousPlace } from "@/components/settings/list-place";
import { Pagination } from "@/components/ui/pagination";

/** One page of a list as a section shows it. */
export type ListedPage<T> = { rows: T[]; total: number; nextCursor: string | null; place: ListPlace };

type ListPagesProps = { label: string; list: ListedPage<unknown> };

/** The pages of a list; nothing while all of it is in view. */
export function ListPages({ label, list: { rows, total, nextCursor, place } }: ListPagesProps) {
  const pathname = usePathname();
  const previous = previousPlace(place);
  if (previous === null && nextCursor === null) return null;
  const target = (to: ListPlace | null) => (to === null ? null : { pathname, query: placeQuery(to) });
  const first = (place.page - 1) * PAGE_LIMIT + 1;
  const last = first + rows.length - 1;
  return (
    <div className="mt-3">
      <Pagination
        label={label}
        summary={`${first.toLocaleString("en")}–${last.toLocaleString("en")} of ${total.toLocaleString("en")}`}
        previous={target(previous)}
        next={target(nextCursor === null ? null : nextPlace(place, nextCursor))}
      />
    </div>
  );
}
