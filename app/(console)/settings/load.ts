import type { ReadPage } from "@/components/read-all";
import type { ListedPage } from "@/components/settings/list-pages";
import { cursorOf, FIRST, type ListPlace, PAGE_LIMIT, readPlace } from "@/components/settings/list-place";
import type { SettingsViewer } from "@/components/settings/rights";
import { AppError } from "@/lib/errors";
import type { MemberPrincipal } from "@/lib/principal";

export function viewerOf({ id, role, subaccounts }: MemberPrincipal): SettingsViewer {
  return { id, role, all_subaccounts: subaccounts === null };
}

type Search = Promise<Record<string, string | string[] | undefined>>;

/** The page of a list that the address names; its first page when the cursor is of another list. */
export async function loadList<R, T>(
  search: Search,
  read: ReadPage<R>,
  convert: (row: R) => T,
): Promise<ListedPage<T>> {
  const place = readPlace(await search);
  try {
    return await readAt(place, read, convert);
  } catch (error) {
    if (!(error instanceof AppError && error.code === "invalid_cursor")) throw error;
    return readAt(FIRST, read, convert);
  }
}

async function readAt<R, T>(place: ListPlace, read: ReadPage<R>, convert: (row: R) => T): Promise<ListedPage<T>> {
  const cursor = cursorOf(place);
  const query = { limit: String(PAGE_LIMIT), include_total: "true", ...(cursor === undefined ? {} : { cursor }) };
  const page = await read(query);
  return { rows: page.data.map(convert), total: page.total ?? 0, nextCursor: page.next_cursor, place };
}
