import { expect, test } from "vitest";
import { columnsCookie, hiddenColumnsOf, OPTIONAL_COLUMNS, toggleColumn } from "@/components/api-keys/column-choice";

test("without a cookie every column is shown", () => {
  expect(hiddenColumnsOf(undefined)).toEqual([]);
  expect(hiddenColumnsOf("")).toEqual([]);
});

test("a choice survives its own cookie", () => {
  const all = OPTIONAL_COLUMNS.map(({ id }) => id);
  expect(hiddenColumnsOf(columnsCookie(all))).toEqual(all);
  expect(columnsCookie(all)).toMatch(/^[a-z_.]+$/);
});

test("a cookie can neither hide name, status and actions nor name what does not exist", () => {
  expect(hiddenColumnsOf("name.status.actions.select.__proto__.<script>.expires_at")).toEqual(["expires_at"]);
});

test("a box takes its column out and brings it back", () => {
  expect(toggleColumn([], "created_at")).toEqual(["created_at"]);
  expect(toggleColumn(["token_preview", "created_at"], "created_at")).toEqual(["token_preview"]);
});
