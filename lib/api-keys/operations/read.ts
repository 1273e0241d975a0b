import { z } from "zod";
import { grantableBy, reachOf } from "@/lib/api-keys/grants";
import { keyParamsSchema, keyQuery } from "@/lib/api-keys/kernel";
import { findKey } from "@/lib/api-keys/repository";
import { toApiKey } from "@/lib/api-keys/view";
import { notFound } from "@/lib/errors";
import { permissionStructure } from "@/lib/organizations/catalogue";
import { readCatalogue } from "@/lib/products/repository";

const querySchema = z.strictObject({
  include_revoked: z
    .enum(["true", "false"])
    .transform((text) => text === "true")
    .default(false)
    .meta({ description: "A revoked key is not found without it." }),
});

/** One key and its version. Another organization's, environment's or region's is not found. */
export const getApiKey = keyQuery({
  access: "account:apikeys:read",
  input: { params: keyParamsSchema, query: querySchema },
  run: async ({ principal }, { params, query }) => {
    const row = await findKey(principal, params.id, query.include_revoked);
    if (!row) throw notFound();
    return { key: toApiKey(row), version: row.version };
  },
});

const group = z.strictObject({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  permissions: z.array(z.strictObject({ id: z.string(), title: z.string(), description: z.string() })),
});

export const allowedPermissionsSchema = z
  .strictObject({ allowed_permissions: z.array(z.string()) })
  .meta({ id: "AllowedPermissions" });

export const permissionContextSchema = z
  .strictObject({
    structure: z.strictObject({ account: z.array(group), product: z.array(group) }),
    allowed_permissions: z.array(z.string()),
  })
  .meta({ id: "PermissionContext" });

/** The permissions that this principal may hand out. */
export const getAllowedPermissions = keyQuery({
  access: "any",
  input: {},
  run: async ({ principal }) => {
    const catalogue = await readCatalogue(principal.organization_id);
    return { allowed_permissions: grantableBy(reachOf(principal, catalogue), catalogue) };
  },
});

/** All that a permission picker needs: the whole catalogue, and which of it this principal may hand out. */
export const getPermissionContext = keyQuery({
  access: "any",
  input: {},
  run: async ({ principal }) => {
    const catalogue = await readCatalogue(principal.organization_id);
    return {
      structure: permissionStructure(catalogue),
      allowed_permissions: grantableBy(reachOf(principal, catalogue), catalogue),
    };
  },
});
