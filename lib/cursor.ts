import { AppError } from "@/lib/errors";
import type { Page, PageQuery } from "@/lib/paging";

/** Where a page ended: the row's place in the order, and its id for rows that share it. */
export type Position = { at: number; id: string };

type Listing<R> = {
  /** The shape of a listed id: a cursor of another list does not fit. */
  id: RegExp;
  position: (row: R) => Position;
  /** At most `take` rows after the position (null = from the start), in order. */
  read: (after: Position | null, take: number) => Promise<R[]>;
  count: () => Promise<number>;
};

/** Pages a list by key: rows that are added or removed meanwhile are neither skipped nor shown twice. */
export async function readPage<R>(page: PageQuery, listing: Listing<R>): Promise<Page<R>> {
  const after = page.cursor === undefined ? null : decode(page.cursor, listing.id);
  const rows = await listing.read(after, page.limit + 1);
  const data = rows.slice(0, page.limit);
  const last = rows.length > page.limit ? data.at(-1) : undefined;
  return {
    data,
    next_cursor: last === undefined ? null : encode(listing.position(last)),
    total: page.include_total ? await listing.count() : null,
  };
}

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

const encode = ({ at, id }: Position): string => Buffer.from(JSON.stringify([at, id])).toString("base64url");

// Dates that both JavaScript and PostgreSQL can hold, and positions that fit an integer column.
const MAX_AT = 253_402_300_799_999;

function decode(cursor: string, shape: RegExp): Position {
  const parsed = jsonOf(Buffer.from(cursor, "base64url").toString("utf8"));
  if (Array.isArray(parsed) && parsed.length === 2) {
    const [at, id] = parsed as [unknown, unknown];
    if (
      typeof at === "number" &&
      Number.isInteger(at) &&
      at >= 0 &&
      at <= MAX_AT &&
      typeof id === "string" &&
      shape.test(id)
    ) {
      return { at, id };
    }
  }
  throw new AppError("invalid_cursor", "This cursor is not one that this list gave out. Start again without it.");
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
