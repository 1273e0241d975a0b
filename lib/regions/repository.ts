import { refusingDuplicates } from "@/lib/conflict";
import { getDb, type Tx } from "@/lib/db";
import type { Region as RegionRow } from "@/lib/generated/prisma/client";
import { newId, type OrganizationId } from "@/lib/ids";
import { byCreation, createdAfter, OLDEST_FIRST, readPage } from "@/lib/pages";
import type { Page, PageQuery } from "@/lib/paging";
import { nameKey } from "@/lib/text";

export type { RegionRow };

export function selectRegions(organization_id: OrganizationId, page: PageQuery): Promise<Page<RegionRow>> {
  const { region } = getDb().prisma;
  return readPage(page, {
    scope: `regions:${organization_id}`,
    position: byCreation,
    read: (after, take) =>
      region.findMany({ where: { organization_id, ...createdAfter(after) }, orderBy: OLDEST_FIRST, take }),
    count: () => region.count({ where: { organization_id } }),
  });
}

export function findRegion(organization_id: OrganizationId, id: string): Promise<RegionRow | null> {
  return getDb().prisma.region.findFirst({ where: { organization_id, id } });
}

/**
 * Reads a region, holding it to the end of the transaction. Creating keys in it goes on meanwhile; with `alone` it
 * waits, for keys refer to their region.
 */
export async function lockRegion(
  tx: Tx,
  organization_id: OrganizationId,
  id: string,
  alone = false,
): Promise<RegionRow | null> {
  if (alone)
    await tx.$queryRaw`SELECT FROM regions WHERE organization_id = ${organization_id} AND id = ${id} FOR UPDATE`;
  else
    await tx.$queryRaw`SELECT FROM regions WHERE organization_id = ${organization_id} AND id = ${id} FOR NO KEY UPDATE`;
  return tx.region.findFirst({ where: { organization_id, id } });
}

/** Holds all regions of the organization, in one order, for rules that speak of the whole set. */
export async function lockAllRegions(tx: Tx, organization_id: OrganizationId): Promise<void> {
  await tx.$queryRaw`SELECT FROM regions WHERE organization_id = ${organization_id} ORDER BY id FOR NO KEY UPDATE`;
}

export type NewRegion = {
  organization_id: OrganizationId;
  name: string;
  description: string | null;
  is_default?: boolean;
  always_keep_one_active_key?: boolean;
  created_at?: Date;
  updated_at?: Date;
};

/** Makes a region. Throws 409 `name_taken` when the organization has one of this name in any spelling. */
export function insertRegion(tx: Tx, region: NewRegion): Promise<RegionRow> {
  const data = { ...region, id: newId("reg"), name_key: nameKey(region.name) };
  return refusingTakenName(region.name, () => tx.region.create({ data }));
}

export type RegionChange = Partial<
  Pick<RegionRow, "name" | "description" | "always_keep_one_active_key" | "is_default">
>;

/** Changes a region that the caller holds locked, and moves its version on. */
export function changeRegion(tx: Tx, row: RegionRow, now: Date, change: RegionChange): Promise<RegionRow> {
  const { organization_id, id } = row;
  const key = change.name === undefined ? {} : { name_key: nameKey(change.name) };
  const data = { ...change, ...key, updated_at: now, version: { increment: 1 } };
  return refusingTakenName(change.name ?? row.name, () => tx.region.update({ where: { organization_id, id }, data }));
}

/** The organization's default region other than `id`, or null. */
export function findOtherDefault(tx: Tx, organization_id: OrganizationId, id: string): Promise<RegionRow | null> {
  return tx.region.findFirst({ where: { organization_id, is_default: true, id: { not: id } } });
}

/** The oldest region other than `id`, or null when that is the only one. */
export function findOldestOther(tx: Tx, organization_id: OrganizationId, id: string): Promise<RegionRow | null> {
  return tx.region.findFirst({ where: { organization_id, id: { not: id } }, orderBy: OLDEST_FIRST });
}

/** True if any key's record is in the region, revoked ones included. */
export async function regionHasKeys(tx: Tx, organization_id: OrganizationId, region_id: string): Promise<boolean> {
  return (await tx.apiKey.findFirst({ where: { organization_id, region_id }, select: { id: true } })) !== null;
}

export type RegionKeyCount = { region_id: string; active: number; records: number };

/** How many keys each region has: active ones, and records of every status. Regions without any are left out. */
export async function countRegionKeys(organizationId: OrganizationId): Promise<RegionKeyCount[]> {
  const { rows } = await getDb().pool.query<RegionKeyCount>(
    `SELECT region_id, count(*)::int AS records, (count(*) FILTER (
       WHERE revoked_at IS NULL AND disabled_at IS NULL AND (expires_at IS NULL OR expires_at > now())))::int AS active
     FROM api_keys WHERE organization_id = $1 GROUP BY region_id`,
    [organizationId],
  );
  return rows;
}

export async function removeRegion(tx: Tx, organization_id: OrganizationId, id: string): Promise<void> {
  await tx.region.deleteMany({ where: { organization_id, id } });
}

function refusingTakenName(name: string, write: () => PromiseLike<RegionRow>): Promise<RegionRow> {
  return refusingDuplicates(
    "/name",
    `There is a region named ${name} already. Upper and lower case do not make two names.`,
    write,
  );
}
