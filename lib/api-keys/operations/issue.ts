import { auditedFields } from "@/lib/api-keys/audited-fields";
import { changesBetween } from "@/lib/api-keys/changes";
import { insertDigests, type NewToken, newToken } from "@/lib/api-keys/digests";
import { inheritGrants, type Reach, reachOf } from "@/lib/api-keys/grants";
import type { IssuedKey } from "@/lib/api-keys/issued-key";
import { expiryErrors, permissionErrors, requireWithin } from "@/lib/api-keys/policy";
import { type ApiKeyRow, insertKeys, lockRegions, type NewKey } from "@/lib/api-keys/repository";
import type { CreateKey } from "@/lib/api-keys/schema";
import { existingOf } from "@/lib/api-keys/subaccounts";
import { toApiKey } from "@/lib/api-keys/view";
import { warningsFor } from "@/lib/api-keys/warnings";
import type { AuditEntry } from "@/lib/audit/entry";
import { AppError, type FieldError, validationFailed } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { type Audited, identityOf, type MutationScope } from "@/lib/operation";
import type { Catalogue } from "@/lib/organizations/catalogue";
import type { Environment } from "@/lib/principal";
import { lockCatalogue } from "@/lib/products/repository";
import { lockSubaccounts } from "@/lib/subaccounts/repository";

/** Where a new key's token comes from: made here, or imported. `index`: the key's place among those that are wanted. */
export type TokenSource = (environment: Environment, index: number) => Promise<NewToken>;

export type Issued = { ok: true; result: IssuedKey; audit: AuditEntry } | { ok: false; error: AppError };

/** Makes one key. Throws what `issueKeys` would refuse it with. */
export async function issueKey(scope: MutationScope, wanted: CreateKey): Promise<Audited<IssuedKey>> {
  const source: TokenSource = (environment) => newToken(scope.tx, scope.principal.organization_id, environment);
  const [issued] = await issueKeys(scope, [wanted], source);
  if (!issued) throw new Error("A key was wanted and nothing came of it.");
  if (!issued.ok) throw issued.error;
  return issued;
}

/**
 * The one way a key comes to be. Each stands alone: one that exceeds the principal, or names what there is not, is
 * refused in its place and keeps no other from being made. As many statements for a hundred keys as for one.
 */
export async function issueKeys(scope: MutationScope, wanted: CreateKey[], source: TokenSource): Promise<Issued[]> {
  const { tx, principal } = scope;
  const ground = await readGround(scope, wanted);
  const prepared: Attempt<Prepared>[] = [];
  for (const [index, one] of wanted.entries()) {
    prepared.push(await attempt(() => prepare(scope, ground, one, (environment) => source(environment, index))));
  }
  const good = prepared.flatMap((one) => (one.ok ? one.value : []));
  let stored: ApiKeyRow[] = [];
  if (good.length > 0) {
    stored = await insertKeys(
      tx,
      good.map(({ row }) => row),
    );
    await insertDigests(
      tx,
      principal.organization_id,
      good.map(({ row, made }) => ({ keyId: row.id, made })),
    );
  }
  return prepared.map((one) => (one.ok ? issued(one.value, stored) : one));
}

/** What new keys are judged by, read once and held to the end of the change. */
type Ground = {
  reach: Reach;
  catalogue: Catalogue;
  regions: { id: string; is_default: boolean }[];
  subaccounts: ReadonlySet<string>;
};

async function readGround({ tx, principal }: MutationScope, wanted: CreateKey[]): Promise<Ground> {
  const { organization_id } = principal;
  const catalogue = await lockCatalogue(tx, organization_id);
  const reach = reachOf(principal, catalogue);
  const named = new Set(wanted.flatMap((one) => inheritGrants(reach, one).allowed_subaccounts));
  const regions = await lockRegions(
    tx,
    organization_id,
    wanted.map((one) => one.region_id ?? reach.region_id),
  );
  const subaccounts = new Set(await lockSubaccounts(tx, organization_id, [...named]));
  return { reach, catalogue, regions, subaccounts };
}

type Prepared = { row: NewKey; made: NewToken; wanted: CreateKey };

/** The row of one key, judged by what the principal may hand out and by what there is. */
async function prepare(
  { principal, now }: MutationScope,
  { reach, catalogue, regions, subaccounts }: Ground,
  wanted: CreateKey,
  source: (environment: Environment) => Promise<NewToken>,
): Promise<Prepared> {
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
  const made = await source(environment);
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

function issued({ row, made, wanted }: Prepared, stored: ApiKeyRow[]): Issued {
  const found = stored.find(({ id }) => id === row.id);
  if (!found) throw new Error(`The key ${row.id} left its own transaction.`);
  const key = toApiKey(found);
  const target = { type: "api_key", id: key.id, name: key.name };
  const audit = { action: "api_key.created", target, changes: changesBetween({}, auditedFields(key)) };
  const result = { key, version: 1, token: made.token, warnings: warningsFor(wanted), replayed: false };
  return { ok: true, result, audit };
}

type Attempt<T> = { ok: true; value: T } | { ok: false; error: AppError };

/** One key's refusal is an answer; what is none (the database is away, say) ends them all. */
async function attempt<T>(work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (error instanceof AppError && error.status < 500) return { ok: false, error };
    throw error;
  }
}
