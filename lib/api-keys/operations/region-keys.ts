import { z } from "zod";
import { freshToken } from "@/lib/api-keys/digests";
import { grantableBy, reachOf } from "@/lib/api-keys/grants";
import { issuedKeyReplay } from "@/lib/api-keys/issued-key";
import { keyMutation, keyParamsSchema, keyQuery, lockTarget, targetOf } from "@/lib/api-keys/kernel";
import { issueKey } from "@/lib/api-keys/operations/issue";
import { requireAnotherActiveKey } from "@/lib/api-keys/policy";
import { lockKey, lockRegionKeys, revokeKey } from "@/lib/api-keys/repository";
import { selectKeyPage } from "@/lib/api-keys/repository-list";
import { type CreateRegionKey, createRegionKeySchema, MAX_NAME } from "@/lib/api-keys/schema";
import { KEY_STATUSES, keyStatus } from "@/lib/api-keys/status";
import { toUnixSeconds } from "@/lib/clock";
import { AppError, notFound, validationFailed } from "@/lib/errors";
import type { KeyPrincipal, Principal } from "@/lib/principal";
import { lockCatalogue } from "@/lib/products/repository";
import { findRegion } from "@/lib/regions/repository";
import { requireVersion } from "@/lib/versions";

const MAX_LISTED = 1000;

export const ownRegionSchema = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    created_at: z.int(),
    updated_at: z.int(),
    api_keys: z
      .array(
        z.strictObject({
          id: z.string(),
          description: z.string().nullable(),
          name: z.string(),
          token_preview: z.string(),
          status: z.enum(KEY_STATUSES),
          created_at: z.int(),
          updated_at: z.int(),
        }),
      )
      .meta({ description: "The newest 1,000 that this key can see. `/v4/account/api-keys` pages through all." }),
  })
  .meta({ id: "OwnRegion" });

/** The region of the key that asks, with those of its keys that this key can see; revoked ones are left out. */
export const getOwnRegion = keyQuery({
  access: "account:apikeys:read",
  input: {},
  run: async ({ principal }): Promise<z.output<typeof ownRegionSchema>> => {
    const { organization_id, region_id } = requireKey(principal);
    const status = KEY_STATUSES.filter((one) => one !== "revoked");
    const page = { sort: "-created_at", after: null, limit: MAX_LISTED } as const;
    const [region, rows] = await Promise.all([
      findRegion(organization_id, region_id),
      selectKeyPage(principal, { status, region_id }, page),
    ]);
    if (!region) throw notFound();
    return {
      id: region.id,
      name: region.name,
      description: region.description,
      created_at: toUnixSeconds(region.created_at),
      updated_at: toUnixSeconds(region.updated_at),
      api_keys: rows.map((row) => ({
        id: row.id,
        description: row.description,
        name: row.name,
        token_preview: row.token_preview,
        status: keyStatus(row, row.now),
        created_at: toUnixSeconds(row.created_at),
        updated_at: toUnixSeconds(row.updated_at),
      })),
    };
  },
});

/**
 * Creates a key in the region of the key that asks and returns its token, once. What is left out is the principal's
 * own: its scopes and limits, and those of its permissions that may still be handed out.
 */
export const createRegionKey = keyMutation({
  access: "account:apikeys:create",
  denied: { action: "api_key.created", targetType: "api_key" },
  input: { body: createRegionKeySchema },
  idempotency: { ...issuedKeyReplay, of: "/auth/region/api-keys" },
  run: async (scope, { body }) => {
    const principal = requireKey(scope.principal);
    const catalogue = await lockCatalogue(scope.tx, principal.organization_id);
    const permissions = body.permissions ?? grantableBy(reachOf(principal, catalogue), catalogue);
    const scopes = body.scopes ?? [...principal.scopes];
    if (permissions.length + scopes.length === 0) throw validationFailed([NOTHING_GRANTED]);
    const wanted = { ...body, name: nameOf(body), permissions, scopes };
    return issueKey(scope.tx, { principal, now: scope.now, wanted, token: freshToken });
  },
});

/**
 * Ends a key of the region for good, the principal's own too, as long as another active one remains: the last is 409
 * `last_active_key`, whatever the region's own switch says. Of any number of keys that end each other or themselves at
 * once, one stays, because the region's row is locked before the others are counted.
 */
export const deleteRegionKey = keyMutation({
  access: "account:apikeys:delete",
  denied: { action: "api_key.revoked", targetType: "api_key" },
  input: { params: keyParamsSchema },
  lock: lockTarget,
  ends: true,
  run: async ({ tx, principal, now, context }, { params }) => {
    const row = await lockKey(tx, requireKey(principal), params.id);
    if (!row) throw notFound();
    requireVersion(context.ifMatch, row.version);
    const status = keyStatus(row, row.now);
    if (status === "active") {
      const others = await lockRegionKeys(tx, row);
      if (others.otherActiveKeys === 0) throw lastActiveKey();
      requireAnotherActiveKey(others);
    }

    revokeKey(tx, row.id, now);
    const changes: Record<string, [unknown, unknown]> = { status: [status, "revoked"] };
    return { result: undefined, audit: { action: "api_key.revoked", target: targetOf(row), changes } };
  },
});

/** These routes speak of the region of who asks, and a session belongs to none. */
function requireKey(principal: Principal): KeyPrincipal {
  if (principal.type === "api_key") return principal;
  throw new AppError(
    "insufficient_permissions",
    "This needs an API key's token: a session belongs to no region. Use /v4/account/api-keys.",
  );
}

/** The name, or as much of the description as a name may hold. */
function nameOf({ name, description }: CreateRegionKey): string {
  const short = [...(description ?? "")].slice(0, MAX_NAME).join("").trim();
  return name ?? (short || "API key");
}

const NOTHING_GRANTED = {
  pointer: "/permissions",
  code: "required",
  detail: "A key needs at least one permission or one scope.",
};

const lastActiveKey = (): AppError =>
  new AppError("last_active_key", "This is the last active key of the region. Create another one first.");
