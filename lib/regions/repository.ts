import { IS_ACTIVE } from "@/lib/api-keys/repository";
import { refusingDuplicates } from "@/lib/conflict";
import { assignments, columnsOf, getDb, only, type Tx } from "@/lib/db";
import { Prisma, type Region as RegionRow } from "@/lib/generated/prisma/client";
import { newId, type OrganizationId } from "@/lib/ids";
import { byCreation, createdAfter, OLDEST_FIRST, readPage } from "@/lib/pages";
import type { Page, PageQuery } from "@/lib/paging";
import { nameKey } from "@/lib/text";

export type { RegionRow };

const COLUMNS = columnsOf(Prisma.RegionScalarFieldEnum);
const ALONE = Prisma.sql`FOR UPDATE`;
const BESIDE_NEW_KEYS = Prisma.sql`FOR NO KEY UPDATE`;

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
  const [row] = await tx.$queryRaw<RegionRow[]>`
    SELECT ${COLUMNS} FROM regions WHERE organization_id = ${organization_id} AND id = ${id}
    ${alone ? ALONE : BESIDE_NEW_KEYS}`;
  return row ?? null;
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
  const { organization_id, name, description, is_default = false, always_keep_one_active_key = false } = region;
  return refusingTakenName(name, async () =>
    only(
      await tx.$queryRaw<RegionRow[]>`
        INSERT INTO regions (id, organization_id, name, name_key, description, is_default, always_keep_one_active_key,
          created_at, updated_at)
        VALUES (${newId("reg")}, ${organization_id}, ${name}, ${nameKey(name)}, ${description}, ${is_default},
          ${always_keep_one_active_key}, coalesce(${region.created_at ?? null}::timestamptz, now()),
          coalesce(${region.updated_at ?? null}::timestamptz, now()))
        RETURNING ${COLUMNS}`,
    ),
  );
}

export type RegionChange = Partial<
  Pick<RegionRow, "name" | "description" | "always_keep_one_active_key" | "is_default">
>;

/** Changes a region that the caller holds locked, and moves its version on. */
export function changeRegion(tx: Tx, row: RegionRow, now: Date, change: RegionChange): Promise<RegionRow> {
  const name_key = change.name === undefined ? undefined : nameKey(change.name);
  return refusingTakenName(change.name ?? row.name, async () =>
    only(
      await tx.$queryRaw<RegionRow[]>`
        UPDATE regions SET ${assignments({ ...change, name_key, updated_at: now })}, version = version + 1
        WHERE organization_id = ${row.organization_id} AND id = ${row.id} RETURNING ${COLUMNS}`,
    ),
  );
}

/** The organization's default region other than `id`, or null. */
export async function findOtherDefault(tx: Tx, organization_id: OrganizationId, id: string): Promise<RegionRow | null> {
  const [row] = await tx.$queryRaw<RegionRow[]>`
    SELECT ${COLUMNS} FROM regions WHERE organization_id = ${organization_id} AND is_default AND id <> ${id} LIMIT 1`;
  return row ?? null;
}

/** The oldest region other than `id`, or null when that is the only one. */
export async function findOldestOther(tx: Tx, organization_id: OrganizationId, id: string): Promise<RegionRow | null> {
  const [row] = await tx.$queryRaw<RegionRow[]>`
    SELECT ${COLUMNS} FROM regions WHERE organization_id = ${organization_id} AND id <> ${id}
    ORDER BY created_at, id LIMIT 1`;
  return row ?? null;
}

/** True if any key's record is in the region, revoked ones included. */
export async function regionHasKeys(tx: Tx, organization_id: OrganizationId, region_id: string): Promise<boolean> {
  const found = await tx.$queryRaw<unknown[]>`
    SELECT FROM api_keys WHERE organization_id = ${organization_id} AND region_id = ${region_id} LIMIT 1`;
  return found.length > 0;
}

export type RegionKeyCount = { region_id: string; active: number; records: number };

/** How many keys each region has: active ones, and records of every status. Regions without any are left out. */
export function countRegionKeys(organizationId: OrganizationId): Promise<RegionKeyCount[]> {
  return getDb().prisma.$queryRaw<RegionKeyCount[]>`
    SELECT k.region_id, count(*)::int AS records, (count(*) FILTER (WHERE ${IS_ACTIVE}))::int AS active
    FROM api_keys k WHERE k.organization_id = ${organizationId} GROUP BY k.region_id`;
}

export async function removeRegion(tx: Tx, organization_id: OrganizationId, id: string): Promise<void> {
  await tx.$executeRaw`DELETE FROM regions WHERE organization_id = ${organization_id} AND id = ${id}`;
}

function refusingTakenName(name: string, write: () => PromiseLike<RegionRow>): Promise<RegionRow> {
  return refusingDuplicates(
    "/name",
    `There is a region named ${name} already. Upper and lower case do not make two names.`,
    write,
  );
}
