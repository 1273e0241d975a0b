import { keyQuery } from "@/lib/api-keys/kernel";
import { type ListKeysQuery, listKeysQuerySchema, SORTS } from "@/lib/api-keys/list-query";
import { cursorScope } from "@/lib/api-keys/operations/list";
import { selectKeyPage } from "@/lib/api-keys/repository-list";
import { openCursor, sealCursor } from "@/lib/cursors";

/**
 * The cursor of the page before the one that `query` names; null when that is the first page. Reads the list
 * backwards from the cursor, so that it costs the same on every page and works from a shared link.
 */
export const cursorOfPageBefore = keyQuery({
  access: "account:apikeys:read",
  input: { query: listKeysQuerySchema },
  run: async ({ principal }, { query }) => {
    const { sort, limit, cursor, include_total: _, ...filter } = query;
    if (cursor === undefined) return null;

    const scope = cursorScope(principal, sort);
    // A cursor is the last row of the page before, so its first row lies limit - 1 rows back and starts after the next.
    const after = openCursor(scope, cursor);
    const rows = await selectKeyPage(principal, filter, { sort: reversed(sort), after, limit });
    const start = rows[limit - 1];
    return start ? sealCursor(scope, [start.sort_key, start.id]) : null;
  },
});

function reversed(sort: ListKeysQuery["sort"]): ListKeysQuery["sort"] {
  const other = sort.startsWith("-") ? sort.slice(1) : `-${sort}`;
  return SORTS.find((known) => known === other) ?? sort;
}
