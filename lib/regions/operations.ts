import { changesBetween } from "@/lib/api-keys/changes";
import type { AuditAction } from "@/lib/audit/actions";
import type { AuditEntry } from "@/lib/audit/entry";
import { AppError, notFound } from "@/lib/errors";
import { type MutationScope, mutation, query } from "@/lib/operation";
import { pageQuerySchema } from "@/lib/paging";
import {
  changeRegion,
  countRegionKeys,
  findOldestOther,
  findOtherDefault,
  findRegion,
  insertRegion,
  lockAllRegions,
  lockRegion,
  type RegionRow,
  regionHasKeys,
  removeRegion,
  selectRegions,
} from "@/lib/regions/repository";
import { createRegionSchema, regionParams, updateRegionSchema } from "@/lib/regions/schema";
import { requireVersion } from "@/lib/versions";

/** The organization's regions, oldest first. Open to every member, for forms that offer them. */
export const listRegions = query({
  access: "member",
  input: { query: pageQuerySchema },
  run: ({ principal }, { query: page }) => selectRegions(principal.organization_id, page),
});

export const getRegion = query({
  access: "member",
  input: { params: regionParams },
  run: async ({ principal }, { params }) => (await findRegion(principal.organization_id, params.id)) ?? absent(),
});

/** How many keys each region has, for the page that manages them. */
export const countKeysOfRegions = query({
  access: "member",
  input: {},
  run: ({ principal }) => countRegionKeys(principal.organization_id),
});

/** Makes a region. Of two with one name at once, the unique index lets one through; the other gets `name_taken`. */
export const createRegion = mutation({
  access: "manager",
  denied: { action: "region.created", targetType: "region" },
  input: { body: createRegionSchema },
  run: async ({ tx, principal, now }, { body }) => {
    const { description = null, ...rest } = body;
    const times = { created_at: now, updated_at: now };
    const row = await insertRegion(tx, { ...rest, ...times, description, organization_id: principal.organization_id });
    return { result: row, audit: entry("region.created", row, changesBetween({}, audited(row))) };
  },
});

/** Changes a region; `is_default` takes the default away from the one that had it, in the same transaction. */
export const updateRegion = mutation({
  access: "manager",
  denied: { action: "region.updated", targetType: "region" },
  input: { params: regionParams, body: updateRegionSchema },
  run: async (scope, { params, body }) => {
    const { tx, principal, now } = scope;
    if (body.is_default) await lockAllRegions(tx, principal.organization_id);
    const before = (await lockRegion(tx, principal.organization_id, params.id)) ?? absent();
    requireVersion(scope.context.ifMatch, before.version);
    const moved = body.is_default && !before.is_default ? await takeDefaultFrom(scope, before.id) : [];
    if (Object.keys(changesBetween(audited(before), { ...audited(before), ...body })).length === 0) {
      return { result: before, audit: [] };
    }
    const row = await changeRegion(tx, before, now, body);
    const changes = changesBetween(audited(before), audited(row));
    return { result: row, audit: [...moved, entry("region.updated", row, changes)] };
  },
});

/**
 * Deletes a region without keys. Revoked keys count: their records name it. Never the last one; the oldest other one
 * becomes the default if this was it.
 */
export const deleteRegion = mutation({
  access: "manager",
  denied: { action: "region.deleted", targetType: "region" },
  input: { params: regionParams },
  run: async ({ tx, principal, now, context }, { params }) => {
    const organizationId = principal.organization_id;
    await lockAllRegions(tx, organizationId);
    const row = (await lockRegion(tx, organizationId, params.id, true)) ?? absent();
    requireVersion(context.ifMatch, row.version);
    const heir = await findOldestOther(tx, organizationId, row.id);
    if (heir === null)
      throw new AppError("region_in_use", "This is the organization's only region, and every key needs one.");
    if (await regionHasKeys(tx, organizationId, row.id)) {
      throw new AppError(
        "region_in_use",
        "There are keys in this region. Revoke them and delete them permanently first.",
      );
    }
    await removeRegion(tx, organizationId, row.id);
    const audit = [entry("region.deleted", row, changesBetween(audited(row), {}))];
    if (row.is_default) {
      await changeRegion(tx, heir, now, { is_default: true });
      audit.push(entry("region.updated", heir, { is_default: [false, true] }));
    }
    return { result: undefined, audit };
  },
});

// The partial unique index allows one default at any moment: the old one goes first.
async function takeDefaultFrom({ tx, principal, now }: MutationScope, id: string): Promise<AuditEntry[]> {
  const old = await findOtherDefault(tx, principal.organization_id, id);
  if (old === null) return [];
  await changeRegion(tx, old, now, { is_default: false });
  return [entry("region.updated", old, { is_default: [true, false] })];
}

function audited({ name, description, always_keep_one_active_key, is_default }: RegionRow) {
  return { name, description, always_keep_one_active_key, is_default };
}

function entry(action: AuditAction, row: RegionRow, changes: AuditEntry["changes"]): AuditEntry {
  return { action, target: { type: "region", id: row.id, name: row.name }, changes };
}

function absent(): never {
  throw notFound("There is no region with this id.");
}
