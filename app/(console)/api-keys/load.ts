import type { KeysPanelProps } from "@/components/api-keys/keys-panel";
import { apiQuery, DEFAULT_VIEW, type ListView } from "@/components/api-keys/list-view";
import { lastActiveKeys, lastUsedFrom, listApiKeys } from "@/lib/api-keys/operations/list";
import { cursorOfPageBefore } from "@/lib/api-keys/operations/page-before";
import { getPermissionContext } from "@/lib/api-keys/operations/read";
import type { RequestContext } from "@/lib/context";
import { AppError } from "@/lib/errors";
import type { MemberPrincipal } from "@/lib/principal";
import { listRegions } from "@/lib/regions/operations";
import { listSubaccounts } from "@/lib/subaccounts/operations";

/** Everything that the API Keys page shows, for the view that its address names. */
export async function loadKeysPage(
  context: RequestContext<MemberPrincipal>,
  wanted: ListView,
): Promise<KeysPanelProps> {
  const [{ list, view }, choice, regions, subaccounts] = await Promise.all([
    readList(context, wanted),
    getPermissionContext(context, {}),
    readAll((query) => listRegions(context, { query })),
    readAll((query) => listSubaccounts(context, { query })),
  ]);
  const ids = list.data.map(({ id }) => id);
  const [lastActive, addresses, previousCursor, isAnyKey] = await Promise.all([
    lastActiveKeys(context, { body: { ids } }),
    lastUsedFrom(context, { body: { ids } }),
    view.cursor === null ? undefined : cursorOfPageBefore(context, { query: apiQuery(view) }),
    list.data.length > 0 || hasAnyKey(context),
  ]);
  const { id, role } = context.principal;
  return {
    view,
    keys: list.data,
    total: list.total ?? 0,
    nextCursor: list.next_cursor,
    previousCursor,
    hasAnyKey: isAnyKey,
    options: {
      viewer: { id, role, ip: context.ip, all_subaccounts: context.principal.subaccounts === null },
      choice,
      regions: regions.map(({ id, name, is_default }) => ({ id, name, is_default })),
      subaccounts: subaccounts.map(({ id, name, external_id }) => ({ id, name, external_id })),
    },
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

type Page<T> = { data: T[]; next_cursor: string | null };

/** Every page of a list that forms offer as a whole, up to a bound that keeps the page usable. */
async function readAll<T>(read: (query: Record<string, string>) => Promise<Page<T>>): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<T> = await read(cursor === null ? { limit: "100" } : { limit: "100", cursor });
    all.push(...page.data);
    cursor = page.next_cursor;
  } while (cursor !== null && all.length < MAX_OFFERED);
  return all;
}

const MAX_OFFERED = 1000;
