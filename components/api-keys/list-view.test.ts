import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  apiQuery,
  changeView,
  clearFilters,
  DEFAULT_VIEW,
  isFiltered,
  type ListView,
  listHref,
  looksLikeToken,
  rareFilters,
  readListView,
  searchFor,
  searchKindOf,
  toggleSort,
} from "@/components/api-keys/list-view";
import { listKeysQuerySchema } from "@/lib/api-keys/list-query";

const view: ListView = {
  status: "disabled",
  environment: "preview",
  region_id: "reg_1",
  search: "ci & co",
  created_by: "usr_abcdefghijklmnopqrstuvwx",
  expires_within: 604_800,
  unused_for: 7_776_000,
  sort: { field: "last_used_at", descending: false },
  limit: 100,
  cursor: "abc",
  page: 3,
};

test("a view survives its own address, so that it can be shared and reloaded", () => {
  expect(readListView(listHref(view).query)).toEqual(view);
  expect(listHref(DEFAULT_VIEW).query).toEqual({});
});

test.each([
  {},
  { status: "gone", environment: "stage", region_id: "../x", sort: "secret", limit: "1000", page: "-4" },
  { status: ["", "active"], limit: ["7", "25"], page: "9" },
  { region_id: "foo" },
  { region_id: "reg-1", created_by: "usr_1" },
  { created_by: "me", expires_within: "5", unused_for: "-7776000" },
  { search: ["", "x"], sort: "-", cursor: "" },
])("an unreadable address %j falls back to the defaults", (params) => {
  expect(readListView(params)).toEqual(DEFAULT_VIEW);
});

test("SH-05 a token in the address is not read, sent or written back", () => {
  const token = `lk_prod_${"a".repeat(49)}`;
  expect(readListView({ search: token }).search).toBe("");
  expect(readListView({ search: `find ${token}` }).search).toBe("");
  expect(readListView({ search: `\u0007${token}` }).search).toBe("");
});

test.each(["lk_prod_a", " lk_prev_Zz9", `x lk_prod_${"1".repeat(49)}`])("SH-05 %j is taken for a token", (text) => {
  expect(looksLikeToken(text)).toBe(true);
});

test.each(["", "lk_prod", "lk_prod_", "prod", "CI pipeline"])("%j is an ordinary search", (text) => {
  expect(looksLikeToken(text)).toBe(false);
});

test.each([
  ["CI pipeline", "name"],
  ["key_", "name"],
  [" key_0123456789abcdefghijklmn ", "id"],
  ["lk_prod_yLQt…E4tI", "part"],
  ["lk_prod_yLQt", "part"],
  [`lk_prod_${"a".repeat(49)}`, "token"],
  [`LK=lk_prev_${"a".repeat(49)}`, "token"],
  [`\u200blk_prod_${"a".repeat(49)}`, "token"],
])("%j is put in as a %s", (text, kind) => {
  expect(searchKindOf(text)).toBe(kind);
});

test("a search holds no control characters and at most 100 characters, as the API asks", () => {
  expect(readListView({ search: "a\u0000b\n" }).search).toBe("a b");
  expect(readListView({ search: "x".repeat(300) }).search).toHaveLength(100);
});

test("a search is never cut through a character, and has none that the API refuses", () => {
  expect(searchFor(`${"x".repeat(99)}🔑`)).toBe("x".repeat(99));
  expect(searchFor("a\u2028b")).toBe("a b");
  expect(searchFor("👩‍💻")).toBe("👩 💻");
});

const written = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme", minLength: 90, maxLength: 120 }),
  fc.constantFrom("reg_1", "foo", "usr_abcdefghijklmnopqrstuvwx", "name", "-name", "25", "86400", "2592000", "all"),
  fc.constantFrom(`${"x".repeat(99)}🔑`, "a\ud800", "a\u2028b", "y".repeat(2000), "preview"),
);
const address = fc.dictionary(
  fc.constantFrom(...Object.keys(DEFAULT_VIEW), "_"),
  fc.oneof(written, fc.array(written, { maxLength: 2 })),
);

test("whatever an address holds, what is made of it is a query that the API accepts", () => {
  fc.assert(
    fc.property(address, (params) => {
      expect(listKeysQuerySchema.safeParse(apiQuery(readListView(params))).error).toBeUndefined();
    }),
  );
});

test("another filter starts at the first page and keeps the rest", () => {
  expect(changeView(view, { status: "active" })).toEqual({ ...view, status: "active", cursor: null, page: 1 });
});

test("a page number without a cursor is the first page", () => {
  expect(readListView({ page: "7" }).page).toBe(1);
  expect(listHref({ ...DEFAULT_VIEW, page: 7 }).query).toEqual({});
});

describe("the API's query", () => {
  test("names every status for all of them, and always asks for the total", () => {
    expect(apiQuery({ ...DEFAULT_VIEW, status: "all" })).toEqual({
      status: "active,disabled,expired,revoked",
      sort: "-created_at",
      limit: "50",
      include_total: "true",
    });
  });

  test("carries every filter", () => {
    expect(apiQuery(view)).toEqual({
      status: "disabled",
      environment: "preview",
      region_id: "reg_1",
      search: "ci & co",
      created_by: "usr_abcdefghijklmnopqrstuvwx",
      expires_within: "604800",
      unused_for: "7776000",
      sort: "last_used_at",
      limit: "100",
      cursor: "abc",
      include_total: "true",
    });
  });
});

test("names sort from A first, times from the latest; a second click turns the order round", () => {
  expect(toggleSort(DEFAULT_VIEW.sort, "name")).toEqual({ field: "name", descending: false });
  expect(toggleSort({ field: "name", descending: false }, "name")).toEqual({ field: "name", descending: true });
  expect(toggleSort({ field: "name", descending: false }, "expires_at")).toEqual({
    field: "expires_at",
    descending: true,
  });
});

test("order and page size do not count as filters", () => {
  expect(isFiltered({ ...DEFAULT_VIEW, limit: 25, sort: { field: "name", descending: false } })).toBe(false);
  expect(isFiltered({ ...DEFAULT_VIEW, status: "all" })).toBe(true);
});

test("each rare filter counts, and clearing takes all filters but neither order nor page size", () => {
  expect(rareFilters(view)).toEqual(["expires_within", "unused_for", "created_by"]);
  expect(isFiltered({ ...DEFAULT_VIEW, unused_for: 2_592_000 })).toBe(true);
  expect(clearFilters(view)).toEqual({ ...DEFAULT_VIEW, sort: view.sort, limit: view.limit });
});
