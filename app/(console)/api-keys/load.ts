import { loadKeyFormOptions } from "@/app/(console)/api-keys/options";
import type { KeysPanelProps } from "@/components/api-keys/keys-panel";
import { apiQuery, DEFAULT_VIEW, type ListView } from "@/components/api-keys/list-view";
import { lastActiveKeys, lastUsedFrom, listApiKeys } from "@/lib/api-keys/operations/list";
import { cursorOfPageBefore } from "@/lib/api-keys/operations/page-before";
import type { RequestContext } from "@/lib/context";
import { AppError } from "@/lib/errors";
import type { MemberPrincipal } from "@/lib/principal";

/** Everything that the API Keys page shows, for the view that its address names. */
export async function loadKeysPage(
  context: RequestContext<MemberPrincipal>,
  wanted: ListView,
): Promise<Omit<KeysPanelProps, "hiddenColumns">> {
  const [{ list, view }, options] = await Promise.all([readList(context, wanted), loadKeyFormOptions(context)]);
  const ids = list.data.map(({ id }) => id);
  const [lastActive, addresses, previousCursor, isAnyKey] = await Promise.all([
    lastActiveKeys(context, { body: { ids } }),
    lastUsedFrom(context, { body: { ids } }),
    view.cursor === null ? undefined : cursorOfPageBefore(context, { query: apiQuery(view) }),
    list.data.length > 0 || hasAnyKey(context),
  ]);
  return {
    view,
    keys: list.data,
    total: list.total ?? 0,
    nextCursor: list.next_cursor,
    previousCursor,
    hasAnyKey: isAnyKey,
    options,
    lastActive,
    lastUsedFrom: addresses,
    now: Math.floor(Date.now() / 1000),
  };
}

/** The list of the view; of its first page when the cursor is of another list or another order. */
async function readList(context: RequestContext, view: ListView) {
  try {
    return { view, list: await listApiKeys(context, { query: apiQuery(view) }) };
  } catch (error) {
    if (!(error instanceof AppError && error.code === "invalid_cursor")) throw error;
    const first = { ...view, cursor: null, page: 1 };
    return { view: first, list: await listApiKeys(context, { query: apiQuery(first) }) };
  }
}

async function hasAnyKey(context: RequestContext): Promise<boolean> {
  const query = { ...apiQuery({ ...DEFAULT_VIEW, status: "all" }), limit: "1", include_total: "false" };
  const { data } = await listApiKeys(context, { query });
  return data.length > 0;
}
