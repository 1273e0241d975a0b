/** Where in a paged list the address is: the page's number, and the cursors that led there, latest last. */
export type ListPlace = { page: number; trail: readonly string[] };

export const PAGE_LIMIT = 50;
const MAX_TRAIL = 20;
const CURSOR = /^[A-Za-z0-9_-]{1,1000}$/;

/** Reads the place from an address; anything that is not one is the first page. */
export function readPlace(search: {
  page?: string | string[] | undefined;
  after?: string | string[] | undefined;
}): ListPlace {
  const trail = typeof search.after === "string" ? search.after.split(".") : [];
  const page = Number(search.page);
  if (trail.length === 0 || trail.length > MAX_TRAIL || !trail.every((cursor) => CURSOR.test(cursor))) return FIRST;
  return Number.isInteger(page) && page > trail.length && page < 1e6 ? { page, trail } : FIRST;
}

export const FIRST: ListPlace = { page: 1, trail: [] };

/** The cursor of the page that the place names; undefined for the first. */
export const cursorOf = ({ trail }: ListPlace): string | undefined => trail.at(-1);

/** The place after this one. The trail is kept short: an address has a length that servers take. */
export function nextPlace({ page, trail }: ListPlace, cursor: string): ListPlace {
  return { page: page + 1, trail: [...trail, cursor].slice(-MAX_TRAIL) };
}

/** The place before this one; the first page where the trail was cut, null on the first page itself. */
export function previousPlace({ page, trail }: ListPlace): ListPlace | null {
  if (page === 1) return null;
  return trail.length > 1 ? { page: page - 1, trail: trail.slice(0, -1) } : FIRST;
}

/** What of an address names the place. */
export function placeQuery({ page, trail }: ListPlace): Record<string, string> {
  return page === 1 ? {} : { page: String(page), after: trail.join(".") };
}
