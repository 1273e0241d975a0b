import type { Page } from "@/lib/paging";

export type ReadPage<R> = (query: Record<string, string>) => Promise<Page<R>>;

/** Every row of a list that is offered as a whole, up to a bound that keeps the page usable. Throws as `read` does. */
export async function readAll<R>(read: ReadPage<R>): Promise<R[]> {
  const all: R[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<R> = await read(cursor === null ? { limit: "100" } : { limit: "100", cursor });
    all.push(...page.data);
    cursor = page.next_cursor;
  } while (cursor !== null && all.length < MAX_OFFERED);
  return all;
}

const MAX_OFFERED = 1000;
