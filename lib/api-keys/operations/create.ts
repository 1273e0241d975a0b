import { auditedFields } from "@/lib/api-keys/audited-fields";
import { changesBetween } from "@/lib/api-keys/changes";
import { insertDigest, newToken } from "@/lib/api-keys/digests";
import { inheritGrants, reachOf } from "@/lib/api-keys/grants";
import { type IssuedKey, issuedKeyReplay } from "@/lib/api-keys/issued-key";
import { keyMutation } from "@/lib/api-keys/kernel";
import { expiryErrors, permissionErrors, requireWithin } from "@/lib/api-keys/policy";
import { findRegion, insertKey, reread } from "@/lib/api-keys/repository";
import { type CreateKey, createKeySchema } from "@/lib/api-keys/schema";
import { holdSubaccounts } from "@/lib/api-keys/subaccounts";
import { toApiKey } from "@/lib/api-keys/view";
import { warningsFor } from "@/lib/api-keys/warnings";
import { type FieldError, validationFailed } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { type Audited, identityOf, type MutationScope } from "@/lib/operation";
import { lockCatalogue } from "@/lib/products/repository";

/**
 * Creates a key and returns its token, once. Guarantees that the key can do nothing that the principal cannot, on
 * any axis; limits that are left out are the principal's own.
 */
export const createApiKey = keyMutation({
  access: "account:apikeys:create",
  denied: { action: "api_key.created", targetType: "api_key" },
  input: { body: createKeySchema },
  idempotency: issuedKeyReplay,
  run: (scope, { body }) => issueKey(scope, body),
});

/** Where a new key's token comes from: made here, or imported as a digest. */
export type TokenSource = typeof newToken;

/** The one way a key comes to be. */
export async function issueKey(
  scope: MutationScope,
  wanted: CreateKey,
  source: TokenSource = newToken,
): Promise<Audited<IssuedKey>> {
  const { tx, principal, now } = scope;
  const catalogue = await lockCatalogue(tx, principal.organization_id);
  const reach = reachOf(principal, catalogue);
  const environment = wanted.environment ?? reach.environment ?? "production";
  const grants = inheritGrants(reach, wanted);

  const errors: FieldError[] = [
    ...permissionErrors(grants.permissions, [], catalogue),
    ...expiryErrors(wanted.expires_at, now),
  ];
  if (errors.length > 0) throw validationFailed(errors);
  const regionId = wanted.region_id ?? reach.region_id ?? undefined;
  requireWithin(
    reach,
    { ...grants, environment, region_id: regionId ?? "" },
    "The key would be able to do more than you.",
  );
  const region = await findRegion(tx, principal.organization_id, regionId);
  const held = await holdSubaccounts(tx, principal.organization_id, grants, wanted.allowed_subaccounts);
  const unknown = [
    ...(region ? [] : [{ pointer: "/region_id", code: "unknown_region", detail: "There is no region with this id." }]),
    ...held.errors,
  ];
  if (!region || unknown.length > 0) throw validationFailed(unknown);

  const made = await source(tx, principal.organization_id, environment);
  const { type, id: createdById, name: createdByName } = identityOf(principal);
  const id = newId("key");
  await insertKey(tx, {
    id,
    organization_id: principal.organization_id,
    environment,
    region_id: region.id,
    name: wanted.name,
    description: wanted.description ?? null,
    ...held.grants,
    token_preview: made.preview,
    created_by_type: type,
    created_by_id: createdById,
    created_by_name: createdByName,
    created_at: now,
    updated_at: now,
  });
  await insertDigest(tx, principal.organization_id, id, made);
  const key = toApiKey(await reread(tx, id));
  const audit = {
    action: "api_key.created",
    target: { type: "api_key", id, name: key.name },
    changes: changesBetween({}, auditedFields(key)),
  };
  return { result: { key, version: 1, token: made.token, warnings: warningsFor(wanted), replayed: false }, audit };
}
