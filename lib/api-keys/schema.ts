import { z } from "zod";
import { parseIpRule } from "@/lib/api-keys/ip-rules";
import { parseResourceFilter, SCOPE_ACTIONS } from "@/lib/api-keys/resource-filter";
import { MAX_UNIX_SECONDS } from "@/lib/clock";
import { ID_SHAPE } from "@/lib/id-shape";
import { descriptionSchema, nameSchema } from "@/lib/text";

export const environmentSchema = z.enum(["production", "preview"]);

export const idSchema = z.string({ error: "Expected an id as text." }).regex(ID_SHAPE, { error: "This is not an id." });

/** The longest name of a key, in characters. */
export const MAX_NAME = 100;
export const MAX_PERMISSIONS = 200;
const MAX_SCOPES = 100;
const MAX_SUBACCOUNTS = 1000;
export const MAX_ADDRESS_RULES = 100;
const MAX_BULK = 100;
/** How long an overlap may last in all, extensions included. */
const MAX_GRACE_PERIOD_SECONDS = 7 * 24 * 60 * 60;

/** The shape of a permission. Whether the catalogue holds it is judged by the operation. */
export const permissionSchema = z
  .string({ error: "Expected a permission as text." })
  .regex(/^[a-z][a-z0-9_]{1,63}(?::[a-z][a-z0-9_]{0,31}){1,2}$/, {
    error: "A permission is written product:action or account:apikeys:action.",
  });

export const scopeActionSchema = z.enum(SCOPE_ACTIONS, { error: "The action is read, write, admin or *." });

export const resourceSchema = z
  .string({ error: "Expected a path as text, or * for all resources." })
  .superRefine((text, context) => {
    const parsed = parseResourceFilter(text);
    if (!parsed.ok) context.addIssue({ code: "custom", message: parsed.detail, params: { code: "invalid_resource" } });
  })
  .meta({
    description: "`*`, or a path in which `#` is any one segment and a last `*` all that follow.",
    maxLength: 512,
  });

const scopeSchema = z.strictObject({ action: scopeActionSchema, resource: resourceSchema });

const addressRuleSchema = z.string({ error: "Expected an address or a range as text." }).transform((text, context) => {
  const parsed = parseIpRule(text);
  if (parsed.ok) return parsed.rule;
  const { code, detail, suggestions } = parsed;
  context.addIssue({ code: "custom", message: detail, params: { code, suggestions } });
  return z.NEVER;
});

/** A key's scopes, as a request gives them and as the database holds them. */
export const scopesSchema = listOf(scopeSchema, { what: "scopes", max: MAX_SCOPES });

const grantFields = {
  permissions: listOf(permissionSchema, { what: "permissions", max: MAX_PERMISSIONS })
    .optional()
    .meta({ description: "As `product:action` or `account:apikeys:action`. A key needs one, or a scope." }),
  scopes: scopesSchema.optional().meta({ description: "What it may do to which resources." }),
  all_subaccounts: z
    .literal(true, { error: "Leave it out, or true for every subaccount, also future ones." })
    .optional()
    .meta({ description: "Every subaccount, also future ones. Not together with a list." }),
  allowed_subaccounts: listOf(idSchema, { what: "subaccount ids", max: MAX_SUBACCOUNTS })
    .optional()
    .meta({ description: "Ids of the subaccounts that it may act on. Left out on create: the principal's own." }),
  allowed_ips: listOf(addressRuleSchema, { what: "addresses and ranges", max: MAX_ADDRESS_RULES })
    .optional()
    .meta({ description: "IPv4 and IPv6 addresses and CIDR ranges that it may be used from. None: from anywhere." }),
  expires_at: expiresAtSchema().nullable().optional(),
};
const placeFields = {
  environment: environmentSchema
    .optional()
    .meta({ description: "For the key's life. Left out: the principal's own, or `production`." }),
  region_id: idSchema
    .optional()
    .meta({ description: "For the key's life. Left out: the principal's own, or the default region." }),
};
const textFields = { name: nameSchema(MAX_NAME), description: descriptionSchema(500).optional() };

/** `POST /v4/account/api-keys`, and the create form. Whether the expiry lies ahead is judged by the database's clock. */
export const createKeySchema = z
  .strictObject({
    ...textFields,
    ...placeFields,
    ...grantFields,
  })
  .refine(({ permissions, scopes }) => !(isNone(permissions) && isNone(scopes)), {
    path: ["permissions"],
    error: "A key needs at least one permission or one scope.",
    params: { code: "required" },
    when: isObject,
  })
  .refine(hasOneReadingOfSubaccounts, twoReadings())
  .meta({ id: "CreateApiKey" });

/** `PUT` and `PATCH /v4/account/api-keys/{id}`, and the edit form: what is left out stays, null clears. */
export const updateKeySchema = z
  .strictObject({
    ...textFields,
    name: textFields.name.optional(),
    ...grantFields,
    is_active: z.boolean().optional().meta({ description: "False disables the key, true reactivates it." }),
  })
  .refine((fields) => Object.values(fields).some((value) => value !== undefined), {
    error: "Give at least one field to change.",
    params: { code: "required" },
    when: ({ issues }) => issues.length === 0,
  })
  .refine(({ permissions, scopes }) => !(permissions?.length === 0 && scopes?.length === 0), {
    path: ["permissions"],
    error: "A key needs at least one permission or one scope.",
    params: { code: "required" },
  })
  .refine(hasOneReadingOfSubaccounts, twoReadings())
  .meta({ id: "UpdateApiKey" });

/** `POST /auth/region/api-keys`: everything may be left out, and is then the principal's own. */
export const createRegionKeySchema = z
  .strictObject({ ...textFields, name: textFields.name.optional(), region_id: placeFields.region_id, ...grantFields })
  .refine(hasOneReadingOfSubaccounts, twoReadings())
  .prefault({})
  .meta({ id: "CreateRegionApiKey" });

/** `POST /v4/account/api-keys/{id}/regenerate`. Without a body the old token stops at once. */
export const regenerateSchema = z
  .strictObject({ grace_period_seconds: z.int().min(0).max(MAX_GRACE_PERIOD_SECONDS).default(0) })
  .prefault({})
  .meta({ id: "RegenerateApiKey" });

/** `POST /v4/account/api-keys/{id}/grace-period`: how long the overlap lasts in all, counted from its start. */
export const extendGracePeriodSchema = z
  .strictObject({
    grace_period_seconds: z.int().min(1).max(MAX_GRACE_PERIOD_SECONDS).meta({
      description: "Counted from `regenerated_at`, not from now.",
    }),
  })
  .meta({ id: "ExtendGracePeriod" });

/** `POST /v4/account/api-keys/bulk`. Each id stands alone. */
export const bulkSchema = z
  .strictObject({
    action: z.enum(["disable", "reactivate", "revoke"]),
    ids: listOf(idSchema, { what: "key ids", min: 1, max: MAX_BULK }),
  })
  // What judges a list's length before its items would otherwise be taken for a default.
  .meta({ id: "BulkApiKeys", required: ["action", "ids"] });

export type CreateKeyInput = z.input<typeof createKeySchema>;
export type CreateKey = z.output<typeof createKeySchema>;
export type UpdateKeyInput = z.input<typeof updateKeySchema>;
export type UpdateKey = z.output<typeof updateKeySchema>;
export type CreateRegionKey = z.output<typeof createRegionKeySchema>;
export type BulkAction = z.output<typeof bulkSchema>["action"];

/** A list without duplicates, in its order. Its length is judged before any of its items. */
function listOf<T extends z.ZodType>(item: T, { what, min = 0, max }: { what: string; min?: number; max: number }) {
  const tooLong = `At most ${max} ${what}.`;
  const items = z
    .array(item, { error: `Expected a list of ${what}.` })
    .min(min, { error: `At least ${min} of the ${what}.` })
    .max(max, { error: tooLong });

  const refuseTooLong = (value: z.input<T>[], context: z.RefinementCtx) => {
    if (!Array.isArray(value) || value.length <= max) return value;
    context.addIssue({
      code: "too_big",
      origin: "array",
      maximum: max,
      inclusive: true,
      input: value,
      message: tooLong,
    });
    return z.NEVER;
  };
  return z.preprocess<z.input<T>[], typeof items, z.input<T>[]>(refuseTooLong, items).transform(distinct);
}

function distinct<T>(items: T[]): T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}

/** Unix seconds, and none that were meant as milliseconds. */
function expiresAtSchema() {
  return z
    .number({ error: "Expected Unix seconds as a number, such as 1795170000, or null for never." })
    .superRefine((seconds, context) => {
      const refuse = (code: string, message: string) => context.addIssue({ code: "custom", message, params: { code } });
      if (!Number.isInteger(seconds)) refuse("invalid_type", "Expected whole Unix seconds, without a fraction.");
      else if (seconds <= 0) refuse("in_the_past", "The expiry must lie in the future; null for never.");
      else if (seconds > MAX_UNIX_SECONDS * 1000) refuse("too_late", "This is too far in the future; null for never.");
      else if (seconds > MAX_UNIX_SECONDS) {
        const meant = Math.floor(seconds / 1000);
        refuse("looks_like_milliseconds", `This looks like milliseconds. Unix seconds are expected: ${meant}.`);
      }
    })
    .meta({ type: "integer", minimum: 1, maximum: MAX_UNIX_SECONDS, description: "Unix seconds; null = never." });
}

/** Fields that could not be read have an error of their own and count as given. */
function isNone(list: unknown): boolean {
  return list === undefined || (Array.isArray(list) && list.length === 0);
}

function isObject({ value }: { value: unknown }): boolean {
  return typeof value === "object" && value !== null;
}

function hasOneReadingOfSubaccounts(given: {
  all_subaccounts?: true | undefined;
  allowed_subaccounts?: readonly string[] | undefined;
}): boolean {
  return !(given.all_subaccounts && given.allowed_subaccounts && given.allowed_subaccounts.length > 0);
}

function twoReadings() {
  const error = "Either all subaccounts or a list of them.";
  return { path: ["allowed_subaccounts"], error, params: { code: "ambiguous" } };
}
