import { auditedFields } from "@/lib/api-keys/audited-fields";
import { changesBetween } from "@/lib/api-keys/changes";
import { insertDigests, type NewToken } from "@/lib/api-keys/digests";
import { inheritGrants, type Reach, reachOf } from "@/lib/api-keys/grants";
import type { IssuedKey } from "@/lib/api-keys/issued-key";
import { targetOf } from "@/lib/api-keys/kernel";
import { expiryErrors, permissionErrors, requireWithin } from "@/lib/api-keys/policy";
import { insertKeys, lockRegions, type NewKey, rowOf } from "@/lib/api-keys/repository";
import type { CreateKey } from "@/lib/api-keys/schema";
import { existingOf } from "@/lib/api-keys/subaccounts";
import { toApiKey } from "@/lib/api-keys/view";
import { warningsFor } from "@/lib/api-keys/warnings";
import { type Attempt, attempt } from "@/lib/attempt";
import type { AuditEntry } from "@/lib/audit/entry";
import { identityOf } from "@/lib/audit/who";
import type { Fresh } from "@/lib/auth/repository";
import type { Tx } from "@/lib/db";
import { type FieldError, validationFailed } from "@/lib/errors";
import { newId, type OrganizationId } from "@/lib/ids";
import type { Audited } from "@/lib/operation";
import type { Catalogue } from "@/lib/organizations/catalogue";
import { currentSigningKey, type SigningKey } from "@/lib/organizations/signing-keys";
import type { Environment, Principal } from "@/lib/principal";
import { lockCatalogue } from "@/lib/products/repository";
import { lockSubaccounts } from "@/lib/subaccounts/repository";

/** A key that someone wants, and where its token comes from: made by `freshToken`, or imported. */
export type KeyOrder = Fresh & { wanted: CreateKey; token: (environment: Environment, key: SigningKey) => NewToken };

/** Makes one key. Throws what `issueKeys` would refuse it with. */
export async function issueKey(tx: Tx, order: KeyOrder): Promise<Audited<IssuedKey>> {
  const [issued] = await issueKeys(tx, [order]);
  if (!issued) throw new Error("A key was wanted and nothing came of it.");
  if (!issued.ok) throw issued.error;
  return issued.value;
}

/**
 * The one way a key comes to be. All in one organization, and each stands alone: one that exceeds its principal, or
 * names what there is not, is refused in its place and keeps no other from being made. As many statements for a hundred
 * keys as for one.
 */
export async function issueKeys(tx: Tx, orders: KeyOrder[]): Promise<Attempt<Audited<IssuedKey>>[]> {
  const organizationId = orders[0]?.principal.organization_id;
  if (organizationId === undefined) return [];
  const ground = await readGround(tx, organizationId, orders);
  const prepared = await Promise.all(orders.map((order) => attempt(() => prepare(ground, order))));
  const good = prepared.flatMap((one) => (one.ok ? one.value : []));
  if (good.length > 0) {
    insertKeys(
      tx,
      good.map(({ row }) => row),
    );
    insertDigests(
      tx,
      organizationId,
      good.map(({ row, made }) => ({ keyId: row.id, made })),
    );
  }
  return prepared.map((one) => (one.ok ? { ok: true, value: issued(one.value) } : one));
}

/** What new keys are judged by, read once and held to the end of the change. */
type Ground = {
  reaches: ReadonlyMap<Principal, Reach>;
  catalogue: Catalogue;
  signingKey: SigningKey;
  regions: { id: string; is_default: boolean }[];
  subaccounts: ReadonlySet<string>;
};

async function readGround(tx: Tx, organizationId: OrganizationId, orders: KeyOrder[]): Promise<Ground> {
  const principals = [...new Set(orders.map(({ principal }) => principal))];
  const reachesOver = (catalogue: Catalogue) =>
    new Map(principals.map((principal) => [principal, reachOf(principal, catalogue)]));
  // All but the permissions is the same whatever the catalogue holds, and need not wait for it.
  const places = reachesOver(NO_PRODUCTS);
  const asked = orders.flatMap(({ principal, wanted }) => {
    const reach = places.get(principal);
    return reach ? { region: wanted.region_id ?? reach.region_id, grants: inheritGrants(reach, wanted) } : [];
  });
  const [catalogue, regions, subaccounts, signingKey] = await Promise.all([
    lockCatalogue(tx, organizationId),
    lockRegions(
      tx,
      organizationId,
      asked.map(({ region }) => region),
    ),
    lockSubaccounts(tx, organizationId, [...new Set(asked.flatMap(({ grants }) => grants.allowed_subaccounts))]),
    currentSigningKey(tx, organizationId),
  ]);
  return { reaches: reachesOver(catalogue), catalogue, signingKey, regions, subaccounts: new Set(subaccounts) };
}

const NO_PRODUCTS: Catalogue = { products: [] };

type Prepared = { row: NewKey; made: NewToken; wanted: CreateKey };

/** The row of one key, judged by what the principal may hand out and by what there is. */
function prepare({ reaches, catalogue, signingKey, regions, subaccounts }: Ground, order: KeyOrder): Prepared {
  const { principal, now, wanted, token } = order;
  const reach = reaches.get(principal) ?? reachOf(principal, catalogue);
  const environment = wanted.environment ?? reach.environment ?? "production";
  const grants = inheritGrants(reach, wanted);
  refuseWith([...permissionErrors(grants.permissions, [], catalogue), ...expiryErrors(wanted.expires_at, now)]);
  const regionId = wanted.region_id ?? reach.region_id;
  const judged = { ...grants, environment, region_id: regionId ?? "" };
  requireWithin(reach, judged, "The key would be able to do more than you.");

  const region = regions.find(({ id, is_default }) => (regionId === null ? is_default : id === regionId));
  const held = existingOf(grants, wanted.allowed_subaccounts, subaccounts);
  if (!region) throw validationFailed([UNKNOWN_REGION, ...held.errors]);
  refuseWith(held.errors);
  const made = token(environment, signingKey);
  const { type, id: created_by_id, name: created_by_name } = identityOf(principal);
  const row = {
    id: newId("key"),
    organization_id: principal.organization_id,
    environment,
    region_id: region.id,
    name: wanted.name,
    description: wanted.description ?? null,
    ...held.grants,
    token_preview: made.preview,
    created_by_type: type,
    created_by_id,
    created_by_name,
    created_at: now,
    updated_at: now,
  };
  return { row, made, wanted };
}

function refuseWith(errors: FieldError[]): void {
  if (errors.length > 0) throw validationFailed(errors);
}

const UNKNOWN_REGION: FieldError = {
  pointer: "/region_id",
  code: "unknown_region",
  detail: "There is no region with this id.",
};

function issued({ row, made, wanted }: Prepared): Audited<IssuedKey> {
  const key = toApiKey(rowOf(row));
  const changes = changesBetween({}, auditedFields(key));
  const audit: AuditEntry = { action: "api_key.created", target: targetOf(key), changes };
  const result = { key, version: 1, token: made.token, warnings: warningsFor(wanted), replayed: false };
  return { result, audit };
}
