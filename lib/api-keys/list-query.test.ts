import { describe, expect, test } from "vitest";
import { createDocument } from "zod-openapi";
import { listKeysQuerySchema } from "@/lib/api-keys/list-query";

describe("listKeysQuerySchema", () => {
  test("by default the newest 50 of every status but revoked, uncounted", () => {
    expect(listKeysQuerySchema.parse({})).toEqual({
      limit: 50,
      status: ["active", "disabled", "expired"],
      sort: "-created_at",
      include_total: false,
    });
  });

  test("reads every documented parameter", () => {
    const query = {
      limit: "100",
      cursor: "abc",
      status: "revoked,active,revoked",
      environment: "preview",
      region_id: "reg_a",
      search: "  50%_\\' ",
      expires_within: "604800",
      unused_for: "31536000",
      sort: "-last_used_at",
      include_total: "true",
    };
    expect(listKeysQuerySchema.parse(query)).toEqual({
      ...query,
      limit: 100,
      status: ["active", "revoked"],
      search: "50%_\\'",
      expires_within: 604_800,
      unused_for: 31_536_000,
      include_total: true,
    });
  });

  test("an empty search is none", () => {
    expect(listKeysQuerySchema.parse({ search: " " }).search).toBeUndefined();
  });

  test.each<[string, string | string[]]>([
    ...["0", "-1", "101", "1e9", "abc", "1.5", "", " 5", "05", "0x10"].map((value): [string, string] => [
      "limit",
      value,
    ]),
    ["status", ""],
    ["status", "active,"],
    ["status", "Active"],
    ["status", "active,unknown"],
    ["status", "active,".repeat(10_000)],
    ["environment", "staging"],
    ["region_id", "reg_\u0000"],
    ["search", "a".repeat(101)],
    ["search", "a\u0000b"],
    ...["expires_within", "unused_for"].flatMap((name) =>
      ["0", "-1", "31536001", "99999999", "7d", "1.5", "1e6", " 60", ""].map((value): [string, string] => [
        name,
        value,
      ]),
    ),
    ["sort", "status"],
    ["include_total", "1"],
    ["cursor", ["a", "b"]],
    ["limit", ["1", "2"]],
    ["status", ["active"]],
  ])("IV-13 IV-11 refuses %s=%j", (name, value) => {
    const error = listKeysQuerySchema.safeParse({ [name]: value }).error;
    expect(error?.issues.map(({ path }) => path)).toEqual([[name]]);
  });

  test.each(["status[not]", "cursor[gt]", "account_id", "organization_id", "page", "__proto__"])(
    "PZ-19 IV-11 refuses the unknown parameter %s",
    (name) => {
      expect(listKeysQuerySchema.safeParse(Object.fromEntries([[name, "x"]])).success).toBe(false);
    },
  );

  test("can be written as OpenAPI", () => {
    const get = { requestParams: { query: listKeysQuerySchema }, responses: {} };
    const document = createDocument({
      openapi: "3.1.1",
      info: { title: "Test", version: "1" },
      paths: { "/keys": { get } },
    });
    expect(document.paths?.["/keys"]?.get?.parameters).toHaveLength(11);
  });
});
