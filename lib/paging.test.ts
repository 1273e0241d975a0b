import { expect, test } from "vitest";
import { listKeysQuerySchema } from "@/lib/api-keys/list-query";
import { auditQuerySchema } from "@/lib/audit/schema";
import { pageQuerySchema } from "@/lib/paging";

test.each([
  ["keys", listKeysQuerySchema],
  ["audit events", auditQuerySchema],
  ["everything else", pageQuerySchema],
])("the list of %s reads limit and cursor as every list does", (_what, schema) => {
  expect(schema.parse({})).toMatchObject({ limit: 50 });
  expect(schema.parse({ limit: "100", cursor: "abc" })).toMatchObject({ limit: 100, cursor: "abc" });
  for (const limit of ["0", "-1", "101", "050", "05", "01234", "1e2", "1.5", " 5", "", ["1", "2"]])
    expect(schema.safeParse({ limit }).error?.issues.map(({ path }) => path)).toEqual([["limit"]]);
  // What is no cursor of the list is 400, and found out by opening it.
  for (const cursor of ["", "a".repeat(5_000)]) expect(schema.parse({ cursor }).cursor).toBe(cursor);
  expect(schema.safeParse({ cursor: ["a", "b"] }).success).toBe(false);
});
