import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { createDocument } from "zod-openapi";
import {
  bulkSchema,
  createKeySchema,
  createRegionKeySchema,
  regenerateSchema,
  scopesSchema,
  updateKeySchema,
} from "@/lib/api-keys/schema";

const minimal = { name: "CI", permissions: ["serp_api:read"] };
const update = (fields: object) => updateKeySchema.safeParse(fields);
const create = (fields: object) => createKeySchema.safeParse({ ...minimal, ...fields });

/** `pointer code` of every issue, as the API spells them. */
function issuesOf(result: z.ZodSafeParseResult<unknown>): string[] {
  return (result.error?.issues ?? []).map((issue) => {
    const code = issue.code === "custom" ? String(issue.params?.code) : issue.code;
    return `/${issue.path.join("/")} ${code}`;
  });
}

describe("createKeySchema", () => {
  test("gives back what the API documents, canonical and without duplicates, in its order", () => {
    const input = {
      name: "  CI pipeline ",
      description: "",
      environment: "preview",
      region_id: "reg_a",
      permissions: ["serp_api:read", "account:apikeys:read", "serp_api:read"],
      scopes: [
        { action: "read", resource: "PLACE/Site/42/*" },
        { resource: "PLACE/Site/42/*", action: "read" },
      ],
      allowed_subaccounts: ["sub_b", "sub_a", "sub_b"],
      allowed_ips: ["2001:DB8::1/128", "203.0.113.9/32", "::ffff:203.0.113.9", "203.0.113.0/24"],
      expires_at: 1795170000,
    };
    expect(createKeySchema.parse(input)).toEqual({
      name: "CI pipeline",
      description: null,
      environment: "preview",
      region_id: "reg_a",
      permissions: ["serp_api:read", "account:apikeys:read"],
      scopes: [{ action: "read", resource: "PLACE/Site/42/*" }],
      allowed_subaccounts: ["sub_b", "sub_a"],
      allowed_ips: ["2001:db8::1", "203.0.113.9", "203.0.113.0/24"],
      expires_at: 1795170000,
    });
  });

  test("what is left out stays left out", () => {
    expect(createKeySchema.parse(minimal)).toEqual(minimal);
  });

  test.each([
    ["no name", { name: undefined }, ["/name invalid_type"]],
    ["IV-04 a blank name", { name: " " }, ["/name required"]],
    ["IV-04 a long name", { name: "a".repeat(101) }, ["/name too_long"]],
    ["IV-06 a control character", { description: "a\u0007" }, ["/description invalid_characters"]],
    ["an unknown environment", { environment: "staging" }, ["/environment invalid_value"]],
    ["IV-11 an operator as id", { region_id: { not: "" } }, ["/region_id invalid_type"]],
    ["PZ-22 no permission and no scope", { permissions: undefined }, ["/permissions required"]],
    ["PZ-22 empty permissions", { permissions: [] }, ["/permissions required"]],
    ["PZ-22 empty permissions and scopes", { permissions: [], scopes: [] }, ["/permissions required"]],
    ["two faults", { name: "", permissions: [] }, ["/name required", "/permissions required"]],
    ["a misspelt permission", { permissions: ["serp_api"] }, ["/permissions/0 invalid_format"]],
    ["a wildcard permission", { permissions: ["serp_api:*"] }, ["/permissions/0 invalid_format"]],
    ["IV-15 a permission that is no text", { permissions: [["serp_api:read"]] }, ["/permissions/0 invalid_type"]],
    ["an unknown action", { scopes: [{ action: "delete", resource: "*" }] }, ["/scopes/0/action invalid_value"]],
    ["a scope without a resource", { scopes: [{ action: "read" }] }, ["/scopes/0/resource invalid_type"]],
    ["an empty resource", { scopes: [{ action: "read", resource: "" }] }, ["/scopes/0/resource invalid_resource"]],
    ["a scope with more", { scopes: [{ action: "read", resource: "*", deny: true }] }, ["/scopes/0 unrecognized_keys"]],
    [
      "IP-07 a bad address",
      { allowed_ips: ["10.0.0.1", "10.0.0.0/33", "010.0.0.1"] },
      ["/allowed_ips/1 invalid_cidr", "/allowed_ips/2 invalid_cidr"],
    ],
    ["IP-09 host bits", { allowed_ips: ["10.0.0.1/8"] }, ["/allowed_ips/0 host_bits_set"]],
    ["IP-12 null for a list", { allowed_ips: null }, ["/allowed_ips invalid_type"]],
    ["null permissions", { permissions: null }, ["/permissions invalid_type"]],
    ["IV-15 a text for a list", { allowed_ips: "10.0.0.1" }, ["/allowed_ips invalid_type"]],
    ["IV-15 an object for a list", { allowed_ips: { length: 1, 0: "10.0.0.1" } }, ["/allowed_ips invalid_type"]],
    ["all subaccounts as false", { all_subaccounts: false }, ["/all_subaccounts invalid_value"]],
    [
      "all and some subaccounts",
      { all_subaccounts: true, allowed_subaccounts: ["sub_a"] },
      ["/allowed_subaccounts ambiguous"],
    ],
    ["is_active, which is for updates", { is_active: true }, ["/ unrecognized_keys"]],
  ])("refuses %s", (_, fields, expected) => {
    expect(issuesOf(create(fields))).toEqual(expected);
  });

  test.each([
    "id",
    "account_id",
    "token",
    "token_hash",
    "created_by",
    "created_at",
    "last_used_at",
    "is_root",
    "allowed_ip",
    "status",
  ])("PZ-20 IV-10 TM-10 refuses the unknown field %s", (field) => {
    expect(issuesOf(create({ [field]: "x" }))).toEqual(["/ unrecognized_keys"]);
  });

  test("PZ-20 refuses fields that JSON can name and code could trip over", () => {
    for (const field of ["__proto__", "constructor", "toString"]) {
      const body: unknown = JSON.parse(`{"name":"CI","permissions":["serp_api:read"],"${field}":{"is_root":true}}`);
      expect(createKeySchema.safeParse(body).success).toBe(false);
    }
  });

  test.each([null, [], "x", 1, true, undefined])("IV-01 refuses %j as a body", (body) => {
    expect(createKeySchema.safeParse(body).success).toBe(false);
  });

  test.each([
    [0, "in_the_past"],
    [-1, "in_the_past"],
    [-1e18, "in_the_past"],
    [1795170000.5, "invalid_type"],
    ["1795170000", "invalid_type"],
    ["2027-01-01", "invalid_type"],
    [true, "invalid_type"],
    [[], "invalid_type"],
    [{}, "invalid_type"],
    [Number.POSITIVE_INFINITY, "invalid_type"],
    [8640000000001, "looks_like_milliseconds"],
    [1795170000000, "looks_like_milliseconds"],
    [2 ** 53, "too_late"],
  ])("TM-03 TM-04 refuses %j as expires_at", (expires_at, code) => {
    expect(issuesOf(create({ expires_at }))).toEqual([`/expires_at ${code}`]);
    expect(issuesOf(update({ expires_at }))).toEqual([`/expires_at ${code}`]);
  });

  test("the hint for milliseconds names the seconds", () => {
    expect(create({ expires_at: 1795170000123 }).error?.issues[0]?.message).toContain(
      "Unix seconds are expected: 1795170000.",
    );
  });

  test("TM-03 null is no expiry, and the last second is one that a date can hold", () => {
    expect(create({ expires_at: null }).data).toMatchObject({ expires_at: null });
    expect(create({ expires_at: 99999999999 }).success).toBe(true);
    expect(new Date(99999999999 * 1000).toISOString()).toBe("5138-11-16T09:46:39.000Z");
  });

  test.each([
    ["permissions", 200, (index: number) => `serp_api:read${index}`],
    ["scopes", 100, (index: number) => ({ action: "read", resource: `${index}` })],
    ["allowed_subaccounts", 1000, (index: number) => `sub_${index}`],
    ["allowed_ips", 100, (index: number) => `10.0.0.${index}`],
  ] as const)("IP-13 DS-04 %s holds %i and refuses more before reading them", (field, max, make) => {
    expect(create({ [field]: Array.from({ length: max }, (_, index) => make(index)) }).success).toBe(true);
    expect(issuesOf(create({ [field]: Array.from({ length: max + 1 }, (_, index) => make(index)) }))).toEqual([
      `/${field} too_big`,
    ]);

    const started = performance.now();
    expect(issuesOf(create({ [field]: Array<string>(10_000).fill("x".repeat(1000)) }))).toEqual([`/${field} too_big`]);
    // Far above what it takes and far below what quadratic work would: a busy machine fails nothing.
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe("updateKeySchema", () => {
  test("IV-18 one field is enough, and none is refused", () => {
    expect(updateKeySchema.parse({ name: "CI" })).toEqual({ name: "CI" });
    expect(issuesOf(update({}))).toEqual(["/ required"]);
    expect(issuesOf(update({ name: undefined }))).toEqual(["/ required"]);
  });

  test("null clears description and expiry, and nothing else", () => {
    expect(updateKeySchema.parse({ description: null, expires_at: null })).toEqual({
      description: null,
      expires_at: null,
    });
    for (const field of [
      "name",
      "permissions",
      "scopes",
      "allowed_subaccounts",
      "allowed_ips",
      "all_subaccounts",
      "is_active",
    ]) {
      expect(issuesOf(update({ [field]: null }))).toHaveLength(1);
    }
  });

  test("one of permissions and scopes may be emptied, not both", () => {
    expect(update({ permissions: [] }).success).toBe(true);
    expect(update({ scopes: [] }).success).toBe(true);
    expect(issuesOf(update({ permissions: [], scopes: [] }))).toEqual(["/permissions required"]);
  });

  test.each(["false", "true", 0, 1, "no", [], {}])("IV-16 refuses %j as is_active", (is_active) => {
    expect(issuesOf(update({ is_active }))).toEqual(["/is_active invalid_type"]);
  });

  test.each(["environment", "region_id"])("%s is fixed for a key's life", (field) => {
    expect(issuesOf(update({ [field]: "preview" }))).toEqual(["/ unrecognized_keys"]);
  });
});

test("a region's key may be made without a body", () => {
  expect(createRegionKeySchema.parse(undefined)).toEqual({});
  expect(createRegionKeySchema.parse({ description: "CRM" })).toEqual({ description: "CRM" });
  expect(createRegionKeySchema.safeParse({ environment: "preview" }).success).toBe(false);
});

describe("regenerateSchema", () => {
  test("without a body the old token stops at once", () => {
    expect(regenerateSchema.parse(undefined)).toEqual({ grace_period_seconds: 0 });
    expect(regenerateSchema.parse({})).toEqual({ grace_period_seconds: 0 });
    expect(regenerateSchema.parse({ grace_period_seconds: 604800 })).toEqual({ grace_period_seconds: 604800 });
  });

  test.each([-1, 604801, 1.5, "60", null, true])("refuses an overlap of %j", (grace_period_seconds) => {
    expect(regenerateSchema.safeParse({ grace_period_seconds }).success).toBe(false);
  });
});

describe("bulkSchema", () => {
  test("takes 1 to 100 ids, each once", () => {
    expect(bulkSchema.parse({ action: "revoke", ids: ["key_a", "key_b", "key_a"] }).ids).toEqual(["key_a", "key_b"]);
    expect(bulkSchema.safeParse({ action: "revoke", ids: [] }).success).toBe(false);
    expect(
      bulkSchema.safeParse({ action: "revoke", ids: Array.from({ length: 101 }, (_, index) => `key_${index}`) })
        .success,
    ).toBe(false);
    expect(bulkSchema.safeParse({ action: "delete", ids: ["key_a"] }).success).toBe(false);
    expect(bulkSchema.safeParse({ action: "revoke", ids: ["key_\u0000"] }).success).toBe(false);
  });
});

test("scopes that came from the schema pass it again", () => {
  const scopes = scopesSchema.parse([{ action: "*", resource: "*" }]);
  expect(scopesSchema.parse(scopes)).toEqual(scopes);
  expect(scopesSchema.parse([])).toEqual([]);
});

test("every body can be written as OpenAPI, with its lists and limits", () => {
  const content = { "application/json": { schema: createKeySchema } };
  const document = createDocument({
    openapi: "3.1.1",
    info: { title: "Test", version: "1" },
    paths: {
      "/a": { post: { requestBody: { content }, responses: {} } },
      "/b": {
        post: { requestBody: { content: { "application/json": { schema: updateKeySchema } } }, responses: {} },
      },
      "/c": {
        post: { requestBody: { content: { "application/json": { schema: regenerateSchema } } }, responses: {} },
      },
      "/d": {
        post: { requestBody: { content: { "application/json": { schema: bulkSchema } } }, responses: {} },
      },
      "/e": {
        post: { requestBody: { content: { "application/json": { schema: createRegionKeySchema } } }, responses: {} },
      },
    },
  });
  expect(document.components?.schemas?.CreateApiKey).toMatchObject({
    additionalProperties: false,
    required: ["name"],
    properties: {
      name: { type: "string", maxLength: 100 },
      permissions: { type: "array", maxItems: 200 },
      allowed_ips: { type: "array", maxItems: 100, items: { type: "string" } },
    },
  });
});
