import { auditedFields } from "@/lib/api-keys/audited-fields";
import { changesBetween } from "@/lib/api-keys/changes";
import { insertDigests, type NewToken, newToken } from "@/lib/api-keys/digests";
import { inheritGrants, type Reach, reachOf } from "@/lib/api-keys/grants";
import type { IssuedKey } from "@/lib/api-keys/issued-key";
import { expiryErrors, permissionErrors, requireWithin } from "@/lib/api-keys/policy";
import { insertKeys, lockRegions, type NewKey, rereadAll } from "@/lib/api-keys/repository";
import type { CreateKey } from "@/lib/api-keys/schema";
import { existingOf } from "@/lib/api-keys/subaccounts";
import { toApiKey } from "@/lib/api-keys/view";
import { warningsFor } from "@/lib/api-keys/warnings";
import type { AuditEntry } from "@/lib/audit/entry";
import { AppError, type FieldError, validationFailed } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { type Audited, identityOf, type MutationScope } from "@/lib/operation";
import type { Catalogue } from "@/lib/organizations/catalogue";
import type { Environment, Grants } from "@/lib/principal";
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
  const { tx, principal, now } = scope;
  const organizationId = principal.organization_id;
  const catalogue = await lockCatalogue(tx, organizationId);
  const reach = reachOf(principal, catalogue);
  const drafts = wanted.map((one) => attempt(() => draftOf(one, reach, catalogue, now)));
  const good = drafts.flatMap((draft) => (draft.ok ? draft.value : []));

  const regions = await lockRegions(
    tx,
    organizationId,
    good.map(({ regionId }) => regionId ?? null),
  );
  const named = new Set(good.flatMap(({ grants }) => grants.allowed_subaccounts));
  const subaccounts = new Set(await lockSubaccounts(tx, organizationId, [...named]));

  const rows: { index: number; row: NewKey; made: NewToken }[] = [];
  const refused = new Map<number, AppError>();
  for (const [index, one] of wanted.entries()) {
    const draft = drafts[index];
    if (!draft) continue;
    const made = await attemptLater(async () => {
      if (!draft.ok) throw draft.error;
      const { environment, grants, regionId } = draft.value;
      const region = regions.find(({ id, is_default }) => (regionId === undefined ? is_default : id === regionId));
      const held = existingOf(grants, one.allowed_subaccounts, subaccounts);
      const errors = [...(region ? [] : [UNKNOWN_REGION]), ...held.errors];
      if (!region || errors.length > 0) throw validationFailed(errors);
      const token = await source(environment, index);
      const row = rowOf(scope, one, { environment, region_id: region.id, grants: held.grants, preview: token.preview });
      return { index, row, made: token };
    });
    if (made.ok) rows.push(made.value);
    else refused.set(index, made.error);
  }

  await insertKeys(
    tx,
    rows.map(({ row }) => row),
  );
  await insertDigests(
    tx,
    organizationId,
    rows.map(({ row, made }) => ({ keyId: row.id, made })),
  );
  const stored = new Map(
    (
      await rereadAll(
        tx,
        rows.map(({ row }) => row.id),
      )
    ).map((row) => [row.id, row]),
  );
  const issued = new Map<number, Issued>();
  for (const { index, row, made } of rows) {
    const found = stored.get(row.id);
    const one = wanted[index];
    if (!found || !one) throw new Error(`The key ${row.id} left its own transaction.`);
    const key = toApiKey(found);
    const target = { type: "api_key", id: key.id, name: key.name };
    const audit = { action: "api_key.created", target, changes: changesBetween({}, auditedFields(key)) };
    const result = { key, version: 1, token: made.token, warnings: warningsFor(one), replayed: false };
    issued.set(index, { ok: true, result, audit });
  }
  for (const [index, error] of refused) issued.set(index, { ok: false, error });
  return wanted.flatMap((_, index) => issued.get(index) ?? []);
}

type Draft = { environment: Environment; grants: Grants; regionId: string | undefined };

/** What is wanted, with the limits that were left out, judged by what the principal may hand out. */
function draftOf(wanted: CreateKey, reach: Reach, catalogue: Catalogue, now: Date): Draft {
  const environment = wanted.environment ?? reach.environment ?? "production";
  const grants = inheritGrants(reach, wanted);
  const errors: FieldError[] = [
    ...permissionErrors(grants.permissions, [], catalogue),
    ...expiryErrors(wanted.expires_at, now),
  ];
  if (errors.length > 0) throw validationFailed(errors);
  const regionId = wanted.region_id ?? reach.region_id ?? undefined;
  const judged = { ...grants, environment, region_id: regionId ?? "" };
  requireWithin(reach, judged, "The key would be able to do more than you.");
  return { environment, grants, regionId };
}

type Place = { environment: Environment; region_id: string; grants: Grants; preview: string };

function rowOf({ principal, now }: MutationScope, wanted: CreateKey, place: Place): NewKey {
  const { type, id: created_by_id, name: created_by_name } = identityOf(principal);
  const { environment, region_id, grants, preview } = place;
  return {
    id: newId("key"),
    organization_id: principal.organization_id,
    environment,
    region_id,
    name: wanted.name,
    description: wanted.description ?? null,
    ...grants,
    token_preview: preview,
    created_by_type: type,
    created_by_id,
    created_by_name,
    created_at: now,
    updated_at: now,
  };
}

const UNKNOWN_REGION: FieldError = {
  pointer: "/region_id",
  code: "unknown_region",
  detail: "There is no region with this id.",
};

type Attempt<T> = { ok: true; value: T } | { ok: false; error: AppError };

function attempt<T>(work: () => T): Attempt<T> {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    return refusalOf(error);
  }
}

async function attemptLater<T>(work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return refusalOf(error);
  }
}

/** One key's refusal is an answer; what is none (the database is away, say) ends them all. */
function refusalOf(error: unknown): { ok: false; error: AppError } {
  if (error instanceof AppError && error.status < 500) return { ok: false, error };
  throw error;
}
