import { openCursor, sealCursor } from "@/lib/cursors";
import type { Page, PageQuery } from "@/lib/paging";

/** Where a page ended: the row's place in the order, and its id for rows that share it. */
export type Position = { at: number; id: string };

type Listing<R> = {
  /** The list and whose it is: a cursor fits no other. */
  scope: string;
  position: (row: R) => Position;
  /** At most `take` rows after the position (null = from the start), in order. */
  read: (after: Position | null, take: number) => Promise<R[]>;
  count: () => Promise<number>;
};

/** Pages a list by key: rows that are added or removed meanwhile are neither skipped nor shown twice. */
export async function readPage<R>(page: PageQuery, listing: Listing<R>): Promise<Page<R>> {
  const [at = "0", id = ""] = page.cursor === undefined ? [] : openCursor(listing.scope, page.cursor);
  const after = page.cursor === undefined ? null : { at: Number(at), id };
  // One more than asked for tells whether there is a next page.
  const rows = await listing.read(after, page.limit + 1);
  const data = rows.slice(0, page.limit);
  const last = rows.length > page.limit ? data.at(-1) : undefined;
  return {
    data,
    next_cursor: last === undefined ? null : cursorOf(listing.scope, listing.position(last)),
    total: page.include_total ? await listing.count() : null,
  };
}

const cursorOf = (scope: string, { at, id }: Position): string => sealCursor(scope, [String(at), id]);

/** Rows in the order of their creation, oldest first. */
export const OLDEST_FIRST = [{ created_at: "asc" as const }, { id: "asc" as const }];
export const byCreation = (row: { created_at: Date; id: string }): Position => ({
  at: row.created_at.getTime(),
  id: row.id,
});

/** The condition for rows after `after` in `OLDEST_FIRST`. */
export function createdAfter(after: Position | null) {
  if (after === null) return {};
  const created_at = new Date(after.at);
  return { OR: [{ created_at: { gt: created_at } }, { created_at, id: { gt: after.id } }] };
}
