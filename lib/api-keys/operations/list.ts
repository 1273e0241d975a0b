import { z } from "zod";
import { keyQuery } from "@/lib/api-keys/kernel";
import { type ListKeysQuery, listKeysQuerySchema } from "@/lib/api-keys/list-query";
import { countKeys, keysThatAreLastActive, lastUseAddresses, selectKeyPage } from "@/lib/api-keys/repository-list";
import { apiKeySchema, toApiKey } from "@/lib/api-keys/view";
import { openCursor, sealCursor } from "@/lib/cursors";
import type { Principal } from "@/lib/principal";

export const apiKeyListSchema = z
  .strictObject({ data: z.array(apiKeySchema), next_cursor: z.string().nullable(), total: z.int().nullable() })
  .meta({ id: "ApiKeyList" });

/**
 * A page of the keys that the principal can see. Paged by key, never by offset: a cursor stays good while keys are
 * added, and deep pages cost what the first one costs.
 */
export const listApiKeys = keyQuery({
  access: "account:apikeys:read",
  input: { query: listKeysQuerySchema },
  run: async ({ principal }, { query }) => {
    const { sort, limit, cursor, include_total, ...filter } = query;
    const scope = cursorScope(principal, sort);
    const after = cursor === undefined ? null : openCursor(scope, cursor);
    // One more than asked for tells whether there is a next page.
    const [rows, total] = await Promise.all([
      selectKeyPage(principal, filter, { sort, after, limit: limit + 1 }),
      include_total ? countKeys(principal, filter) : null,
    ]);
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return {
      data: page.map(toApiKey),
      next_cursor: last && rows.length > limit ? sealCursor(scope, [last.sort_key, last.id]) : null,
      total,
    };
  },
});

/** What a cursor of this list is sealed for. */
export const cursorScope = (principal: Principal, sort: ListKeysQuery["sort"]): string =>
  `api_keys:${principal.organization_id}:${sort}`;

/** Of the given keys, those that are the only active one of their region: ending one leaves the region without. */
export const lastActiveKeys = keyQuery({
  access: "account:apikeys:read",
  input: { body: z.strictObject({ ids: z.array(z.string()).max(100) }) },
  run: async ({ principal }, { body }) => keysThatAreLastActive(principal.organization_id, body.ids),
});

/** Key id → the address that it was last used from, for those of the given keys of which it is known. */
export const lastUsedFrom = keyQuery({
  access: "account:apikeys:read",
  input: { body: z.strictObject({ ids: z.array(z.string()).max(100) }) },
  run: async ({ principal }, { body }) => lastUseAddresses(principal, body.ids),
});
