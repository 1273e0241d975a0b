import { TOKEN_PATTERN } from "@/lib/api-keys/preview";
import { searchText } from "@/lib/api-keys/search-text";
import { KEY_STATUSES, type KeyStatus } from "@/lib/api-keys/status";
import { CREATOR_ID_SHAPE, ID_SHAPE } from "@/lib/id-shape";
import type { Environment } from "@/lib/principal";

export const PAGE_SIZES = [25, 50, 100] as const;
export const STATUS_FILTERS = [...KEY_STATUSES, "all"] as const;
export const SORT_FIELDS = ["name", "created_at", "expires_at", "last_used_at"] as const;

/** Offered spans, in seconds: 1, 7 and 30 days; 30, 90 and 365 days. */
export const EXPIRY_SPANS = [86_400, 604_800, 2_592_000] as const;
export const IDLE_SPANS = [2_592_000, 7_776_000, 31_536_000] as const;

export type SortField = (typeof SORT_FIELDS)[number];

/** What the address of the API Keys page says: filters, order and place in the list. */
export type ListView = {
  status: KeyStatus | "all";
  environment: Environment | null;
  region_id: string | null;
  search: string;
  /** The id of the member or key that created them. */
  created_by: string | null;
  /** Active keys that expire within so many seconds. */
  expires_within: (typeof EXPIRY_SPANS)[number] | null;
  /** Keys that nobody used for so many seconds. */
  unused_for: (typeof IDLE_SPANS)[number] | null;
  sort: { field: SortField; descending: boolean };
  limit: (typeof PAGE_SIZES)[number];
  cursor: string | null;
  /** Counts from 1; only tells the reader where they are, the cursor decides. */
  page: number;
};

export const DEFAULT_VIEW: ListView = {
  status: "active",
  environment: null,
  region_id: null,
  search: "",
  created_by: null,
  expires_within: null,
  unused_for: null,
  sort: { field: "created_at", descending: true },
  limit: 50,
  cursor: null,
  page: 1,
};

type SearchParams = Record<string, string | string[] | undefined>;

/** Reads the page's query string. What cannot be read falls back to its default: an old or mistyped link still opens. */
export function readListView(params: SearchParams): ListView {
  const text = (name: string): string => {
    const value = params[name];
    return (typeof value === "string" ? value : value?.[0]) ?? "";
  };
  const id = (name: string, shape: RegExp) => (shape.test(text(name)) ? text(name) : null);
  const cursor = text("cursor").slice(0, MAX_CURSOR);
  return {
    status: STATUS_FILTERS.find((status) => status === text("status")) ?? DEFAULT_VIEW.status,
    environment: ENVIRONMENTS.find((environment) => environment === text("environment")) ?? null,
    region_id: id("region_id", ID_SHAPE),
    search: searchFor(text("search")),
    created_by: id("created_by", CREATOR_ID_SHAPE),
    expires_within: EXPIRY_SPANS.find((seconds) => String(seconds) === text("expires_within")) ?? null,
    unused_for: IDLE_SPANS.find((seconds) => String(seconds) === text("unused_for")) ?? null,
    sort: readSort(text("sort")),
    limit: PAGE_SIZES.find((size) => String(size) === text("limit")) ?? DEFAULT_VIEW.limit,
    cursor: cursor || null,
    page: cursor && /^[1-9][0-9]{0,6}$/.test(text("page")) ? Number(text("page")) : 1,
  };
}

/** The address of a view. Defaults are left out, so that the plain page has a plain address. */
export function listHref(view: ListView): { pathname: "/api-keys"; query: Record<string, string> } {
  const { status, environment, region_id, search, created_by, expires_within, unused_for } = view;
  const { sort, limit, cursor, page } = view;
  const query: [string, string, boolean][] = [
    ["status", status, status !== DEFAULT_VIEW.status],
    ["environment", environment ?? "", environment !== null],
    ["region_id", region_id ?? "", region_id !== null],
    ["search", search, search !== ""],
    ["created_by", created_by ?? "", created_by !== null],
    ["expires_within", String(expires_within), expires_within !== null],
    ["unused_for", String(unused_for), unused_for !== null],
    ["sort", sortText(sort), sortText(sort) !== sortText(DEFAULT_VIEW.sort)],
    ["limit", String(limit), limit !== DEFAULT_VIEW.limit],
    ["cursor", cursor ?? "", cursor !== null],
    ["page", String(page), cursor !== null && page > 1],
  ];
  const said = query.flatMap(([name, value, isSaid]) => (isSaid ? [[name, value] as const] : []));
  return { pathname: "/api-keys", query: Object.fromEntries(said) };
}

/** The view after a change of filter, order or page size: it starts at its first page. */
export function changeView(view: ListView, change: Partial<ListView>): ListView {
  return { ...view, cursor: null, page: 1, ...change };
}

/** The same view as a query of `GET /v4/account/api-keys`, total included. */
export function apiQuery(view: ListView): Record<string, string> {
  return {
    status: view.status === "all" ? KEY_STATUSES.join(",") : view.status,
    ...(view.environment ? { environment: view.environment } : {}),
    ...(view.region_id ? { region_id: view.region_id } : {}),
    ...(view.search ? { search: view.search } : {}),
    ...(view.created_by ? { created_by: view.created_by } : {}),
    ...(view.expires_within ? { expires_within: String(view.expires_within) } : {}),
    ...(view.unused_for ? { unused_for: String(view.unused_for) } : {}),
    sort: sortText(view.sort),
    limit: String(view.limit),
    ...(view.cursor ? { cursor: view.cursor } : {}),
    include_total: "true",
  };
}

/** What a click on a column's header sorts by: names first from A, times first from the latest, then the other way. */
export function toggleSort(current: ListView["sort"], field: SortField): ListView["sort"] {
  if (current.field === field) return { field, descending: !current.descending };
  return { field, descending: field !== "name" };
}

/** The same list without any filter: order and page size stay. */
export function clearFilters({ sort, limit }: ListView): ListView {
  return { ...DEFAULT_VIEW, sort, limit };
}

/** True if anything but order and page size narrows the list down. */
export function isFiltered(view: ListView): boolean {
  const { status, environment, region_id, search } = view;
  const isNarrow = environment !== null || region_id !== null || search !== "";
  return status !== DEFAULT_VIEW.status || isNarrow || rareFilters(view).length > 0;
}

/** The filters in force that have no control of their own in the toolbar. */
export function rareFilters(view: ListView): RareFilter[] {
  return RARE_FILTERS.filter((name) => view[name] !== null);
}

const RARE_FILTERS = ["expires_within", "unused_for", "created_by"] as const;
export type RareFilter = (typeof RARE_FILTERS)[number];

/** True for a token, or the start of one: it must not be put into an address or sent as a search. */
export function looksLikeToken(text: string): boolean {
  return /^\s*lk_(?:prod|prev)_[0-9A-Za-z]/.test(text) || TOKEN_PATTERN.test(text);
}

/** What someone put into a search: a name or a part of one, a key's id, a whole token, or a part or preview of one. */
export function searchKindOf(text: string): "name" | "id" | "token" | "part" {
  if (KEY_ID.test(text.trim())) return "id";
  const seen = searchText(text);
  if (!looksLikeToken(text) && !looksLikeToken(seen)) return "name";
  return WHOLE_TOKEN.test(text) || WHOLE_TOKEN.test(seen) ? "token" : "part";
}

/** What a text is searched for as: nothing, if it is a token, also one that was hidden among invisible characters. */
export function searchFor(text: string): string {
  const search = searchText(text);
  return looksLikeToken(text) || looksLikeToken(search) ? "" : search;
}

const ENVIRONMENTS = ["production", "preview"] as const satisfies readonly Environment[];
const KEY_ID = /^key_[0-9a-z]{24}$/;
/** Also one with a few characters missing: the API says that it is none, and it is not left standing in the field. */
const WHOLE_TOKEN = /lk_(?:prod|prev)_[0-9A-Za-z]{40}/;
const MAX_CURSOR = 1000;

function readSort(text: string): ListView["sort"] {
  const descending = text.startsWith("-");
  const field = SORT_FIELDS.find((name) => name === (descending ? text.slice(1) : text));
  return field ? { field, descending } : DEFAULT_VIEW.sort;
}

const sortText = ({ field, descending }: ListView["sort"]): string => (descending ? `-${field}` : field);
