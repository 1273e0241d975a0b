import { refusingDuplicates } from "@/lib/conflict";
import { assignments, columnsOf, getDb, only, type Tx } from "@/lib/db";
import { Prisma, type Subaccount as SubaccountRow } from "@/lib/generated/prisma/client";
import { newId, type OrganizationId } from "@/lib/ids";
import { byCreation, type Position, readPage } from "@/lib/pages";
import type { Page, PageQuery } from "@/lib/paging";
import type { Principal } from "@/lib/principal";

export type { SubaccountRow };

const COLUMNS = columnsOf(Prisma.SubaccountScalarFieldEnum);

/** Which subaccounts a principal can see: its organization's; a limited member, only those of the limit. */
function visibleTo(principal: Principal): Prisma.Sql {
  const limit = principal.type === "user" ? principal.subaccounts : null;
  return Prisma.sql`(organization_id = ${principal.organization_id}
    AND (${limit}::text[] IS NULL OR id = ANY (${limit}::text[])))`;
}

export function selectSubaccounts(principal: Principal, page: PageQuery): Promise<Page<SubaccountRow>> {
  const { prisma } = getDb();
  const visible = visibleTo(principal);
  return readPage(page, {
    scope: `subaccounts:${principal.organization_id}`,
    position: byCreation,
    read: (after, take) => prisma.$queryRaw<SubaccountRow[]>`
      SELECT ${COLUMNS} FROM subaccounts WHERE ${visible} AND ${createdAfter(after)}
      ORDER BY created_at, id LIMIT ${take}`,
    count: async () =>
      only(await prisma.$queryRaw<{ n: number }[]>`SELECT count(*)::int AS n FROM subaccounts WHERE ${visible}`).n,
  });
}

const createdAfter = (after: Position | null): Prisma.Sql =>
  after === null
    ? Prisma.sql`true`
    : Prisma.sql`(created_at, id) > (${new Date(after.at).toISOString()}::timestamptz, ${after.id})`;

export async function findSubaccount(principal: Principal, id: string): Promise<SubaccountRow | null> {
  const [row] = await getDb().prisma.$queryRaw<SubaccountRow[]>`
    SELECT ${COLUMNS} FROM subaccounts WHERE ${visibleTo(principal)} AND id = ${id}`;
  return row ?? null;
}

/** Reads a visible subaccount, holding it alone to the end of the transaction: keys that name it wait. */
export async function lockSubaccount(tx: Tx, principal: Principal, id: string): Promise<SubaccountRow | null> {
  const [row] = await tx.$queryRaw<SubaccountRow[]>`
    SELECT ${COLUMNS} FROM subaccounts WHERE ${visibleTo(principal)} AND id = ${id} FOR UPDATE`;
  return row ?? null;
}

/**
 * Which of `ids` are subaccounts of the organization. Holds them against deletion until COMMIT, so that what is about
 * to name them cannot name one that is gone.
 */
export async function lockSubaccounts(
  tx: Tx,
  organizationId: OrganizationId,
  ids: readonly string[],
): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM subaccounts WHERE organization_id = ${organizationId} AND id = ANY (${[...ids]}::text[])
    ORDER BY id FOR KEY SHARE`;
  return rows.map(({ id }) => id);
}

export type NewSubaccount = Pick<SubaccountRow, "name" | "external_id" | "created_at"> & {
  organization_id: OrganizationId;
};

/** Makes a subaccount. Throws 409 `name_taken` when another has its external id. */
export function insertSubaccount(tx: Tx, row: NewSubaccount): Promise<SubaccountRow> {
  return refusingTakenId(async () =>
    only(
      await tx.$queryRaw<SubaccountRow[]>`
        INSERT INTO subaccounts (id, organization_id, name, external_id, created_at, updated_at)
        VALUES (${newId("sub")}, ${row.organization_id}, ${row.name}, ${row.external_id}, ${row.created_at},
          ${row.created_at})
        RETURNING ${COLUMNS}`,
    ),
  );
}

export type SubaccountChange = Partial<Pick<SubaccountRow, "name" | "external_id">>;

/** Changes a subaccount that the caller holds locked, and moves its version on. */
export function changeSubaccount(
  tx: Tx,
  row: SubaccountRow,
  now: Date,
  change: SubaccountChange,
): Promise<SubaccountRow> {
  return refusingTakenId(async () =>
    only(
      await tx.$queryRaw<SubaccountRow[]>`
        UPDATE subaccounts SET ${assignments({ ...change, updated_at: now })}, version = version + 1
        WHERE organization_id = ${row.organization_id} AND id = ${row.id} RETURNING ${COLUMNS}`,
    ),
  );
}

/**
 * Takes a subaccount out of the lists of keys that name it, of `most` at most. A key whose list becomes empty reaches
 * nothing: "all" is a flag of its own. Returns those keys, with the lists as they were.
 *
 * By their ids and without a join: a plan from when the table was small would look through all of it for each key.
 */
export async function takeFromKeys(tx: Tx, { organization_id, id }: SubaccountRow, most: number): Promise<Holder[]> {
  const found = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM api_keys
    WHERE organization_id = ${organization_id} AND allowed_subaccounts @> ARRAY[${id}]::text[] LIMIT ${most}`;
  const holders = await tx.$queryRaw<Holder[]>`
    SELECT id, name, allowed_subaccounts AS held FROM api_keys
    WHERE id = ANY (${found.map((key) => key.id)}::text[]) AND allowed_subaccounts @> ARRAY[${id}]::text[]
    ORDER BY id FOR UPDATE`;
  await tx.$executeRaw`
    UPDATE api_keys
    SET allowed_subaccounts = array_remove(allowed_subaccounts, ${id}), version = version + 1, updated_at = now()
    WHERE id = ANY (${holders.map((key) => key.id)}::text[])`;
  return holders;
}

/** Whether keys name it still. */
export async function isNamedByKeys(tx: Tx, { organization_id, id }: SubaccountRow): Promise<boolean> {
  const found = await tx.$queryRaw<unknown[]>`
    SELECT FROM api_keys
    WHERE organization_id = ${organization_id} AND allowed_subaccounts @> ARRAY[${id}]::text[] LIMIT 1`;
  return found.length > 0;
}

/** Deletes a subaccount that no key names, and takes it out of the lists of members. Returns those, as they were. */
export async function removeSubaccount(tx: Tx, { organization_id, id }: SubaccountRow): Promise<Holder[]> {
  const members = await tx.$queryRaw<Holder[]>`
    WITH holders AS (
      SELECT id, name, subaccounts AS held FROM members
      WHERE organization_id = ${organization_id} AND ${id} = ANY (subaccounts) ORDER BY id FOR UPDATE)
    UPDATE members m SET subaccounts = array_remove(held, ${id}), version = version + 1, updated_at = now()
    FROM holders h WHERE m.id = h.id RETURNING h.id, h.name, h.held`;
  await tx.$executeRaw`DELETE FROM subaccounts WHERE organization_id = ${organization_id} AND id = ${id}`;
  return members;
}

/** For each of the given subaccounts, how many keys that are not revoked and how many members name it. */
export function countHolders(
  organizationId: OrganizationId,
  ids: readonly string[],
): Promise<{ id: string; keys: number; members: number }[]> {
  return getDb().prisma.$queryRaw<{ id: string; keys: number; members: number }[]>`
    SELECT s.id,
      (SELECT count(*) FROM api_keys k WHERE k.organization_id = ${organizationId} AND k.revoked_at IS NULL
        AND k.allowed_subaccounts @> ARRAY[s.id])::int AS keys,
      (SELECT count(*) FROM members m WHERE m.organization_id = ${organizationId}
        AND m.limit_subaccounts AND s.id = ANY (m.subaccounts))::int AS members
    FROM subaccounts s WHERE s.organization_id = ${organizationId} AND s.id = ANY (${[...ids]}::text[])`;
}

/** A key or member that named a subaccount, and the list that it did so in. */
export type Holder = { id: string; name: string; held: string[] };

function refusingTakenId(write: () => PromiseLike<SubaccountRow>): Promise<SubaccountRow> {
  return refusingDuplicates("/external_id", "Another subaccount has this external id already.", write);
}
