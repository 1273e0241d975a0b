import { columnsOf, getDb, only, type Queries, type Tx } from "@/lib/db";
import { type Organization as OrganizationRow, Prisma } from "@/lib/generated/prisma/client";
import type { OrganizationId } from "@/lib/ids";

export type { OrganizationRow };

const COLUMNS = columnsOf(Prisma.OrganizationScalarFieldEnum);

// Any constant serves: it names the lock that makes "is there a user yet?" and "make the first one" one step.
const FIRST_RUN_LOCK = 7_142_001;

export async function lockFirstRun(tx: Tx): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${FIRST_RUN_LOCK}::bigint)`;
}

export async function anyMember(tx?: Tx): Promise<boolean> {
  const queries: Queries = tx ?? getDb().prisma;
  const found = await queries.$queryRaw<unknown[]>`SELECT FROM members LIMIT 1`;
  return found.length > 0;
}

export async function insertOrganization(tx: Tx, row: { id: OrganizationId; name: string }): Promise<void> {
  await tx.$executeRaw`INSERT INTO organizations (id, name) VALUES (${row.id}, ${row.name})`;
}

export async function insertOwner(
  tx: Tx,
  row: { id: string; organization_id: OrganizationId; name: string; email: string; password_hash: string },
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO members (id, organization_id, name, email, password_hash, role, activated_at)
    VALUES (${row.id}, ${row.organization_id}, ${row.name}, ${row.email}, ${row.password_hash}, 'owner', now())`;
}

/** True if this call is the one that marked it; the row's lock makes two at once take turns. */
export async function markBootstrapped(tx: Tx, organizationId: OrganizationId): Promise<boolean> {
  const marked = await tx.$executeRaw`
    UPDATE organizations SET bootstrapped_at = now() WHERE id = ${organizationId} AND bootstrapped_at IS NULL`;
  return marked === 1;
}

export function findOrganization(id: OrganizationId): Promise<OrganizationRow | null> {
  return getDb().prisma.organization.findFirst({ where: { id } });
}

/**
 * Reads the organization, holding it to the end of the transaction: changes of its name, its signing keys and its
 * owners take turns, keys are made meanwhile.
 */
export async function lockOrganization(tx: Tx, id: OrganizationId): Promise<OrganizationRow> {
  return only(
    await tx.$queryRaw<OrganizationRow[]>`SELECT ${COLUMNS} FROM organizations WHERE id = ${id} FOR NO KEY UPDATE`,
  );
}

/** Renames an organization that the caller holds locked, and moves its version on. */
export async function renameOrganization(
  tx: Tx,
  id: OrganizationId,
  name: string,
  now: Date,
): Promise<OrganizationRow> {
  return only(
    await tx.$queryRaw<OrganizationRow[]>`
      UPDATE organizations SET name = ${name}, updated_at = ${now}, version = version + 1 WHERE id = ${id}
      RETURNING ${COLUMNS}`,
  );
}

export type SigningKeyRow = { version: number; created_at: Date; retired_at: Date | null; tokens: number };

/** Every version of the signing key, newest first, without its ciphertext. */
export function selectSigningKeys(id: OrganizationId, tx?: Tx): Promise<SigningKeyRow[]> {
  const queries: Queries = tx ?? getDb().prisma;
  return queries.$queryRaw<SigningKeyRow[]>`
    SELECT s.version, s.created_at, s.retired_at, coalesce(d.tokens, 0)::int AS tokens
    FROM signing_keys s LEFT JOIN (
      SELECT t.signing_key_version AS version, count(*) AS tokens
      FROM token_digests t JOIN api_keys k ON k.id = t.api_key_id
      WHERE t.organization_id = ${id} AND (t.ends_at IS NULL OR t.ends_at > now()) AND k.revoked_at IS NULL
      GROUP BY 1
    ) d USING (version)
    WHERE s.organization_id = ${id} ORDER BY s.version DESC`;
}

/**
 * Holds the versions of the signing key to the end of the transaction: no digest is made again under one of them
 * meanwhile, so that what is counted under a version afterwards stays true.
 */
export async function lockSigningKeys(tx: Tx, id: OrganizationId): Promise<void> {
  await tx.$executeRaw`SELECT FROM signing_keys WHERE organization_id = ${id} ORDER BY version FOR NO KEY UPDATE`;
}

/** Whether a version was replaced over an hour ago: a key that was being made under it has long been made. */
export async function wasReplacedLongAgo(tx: Tx, id: OrganizationId, version: number): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT FROM signing_keys WHERE organization_id = ${id} AND version = ${version + 1}
      AND created_at < now() - interval '1 hour'`;
  return rows.length > 0;
}

/** Ends a version: no token under it works from then on. */
export async function markSigningKeyRetired(tx: Tx, id: OrganizationId, version: number): Promise<void> {
  await tx.$executeRaw`
    UPDATE signing_keys SET retired_at = now()
    WHERE organization_id = ${id} AND version = ${version} AND retired_at IS NULL`;
}

/**
 * Retires the versions that no token is under and that were replaced over an hour ago: whoever is making a key under
 * one of them, in a transaction of seconds, has long finished. Returns them.
 */
export async function retireUnusedSigningKeys(tx: Tx, id: OrganizationId): Promise<number[]> {
  await lockSigningKeys(tx, id);
  const rows = await tx.$queryRaw<{ version: number }[]>`
    UPDATE signing_keys s SET retired_at = now()
    WHERE s.organization_id = ${id} AND s.retired_at IS NULL
      AND EXISTS (
        SELECT FROM signing_keys n WHERE n.organization_id = s.organization_id AND n.version = s.version + 1
          AND n.created_at < now() - interval '1 hour')
      AND NOT EXISTS (
        SELECT FROM token_digests d
        WHERE d.organization_id = s.organization_id AND d.signing_key_version = s.version)
    RETURNING s.version`;
  return rows.map(({ version }) => version);
}

/** Holds the organization alone to the end of the transaction: nothing is made in it meanwhile. */
export async function holdOrganization(tx: Tx, id: OrganizationId): Promise<OrganizationRow> {
  return only(await tx.$queryRaw<OrganizationRow[]>`SELECT ${COLUMNS} FROM organizations WHERE id = ${id} FOR UPDATE`);
}

/** Ends every version of the signing key: no token of the organization works from then on. True if one was in use. */
export async function retireAllSigningKeys(tx: Tx, id: OrganizationId): Promise<boolean> {
  const retired = await tx.$executeRaw`
    UPDATE signing_keys SET retired_at = now() WHERE organization_id = ${id} AND retired_at IS NULL`;
  return retired > 0;
}

/** Deletes keys of the organization with their tokens, `most` at most. Returns how many. */
export async function removeKeys(tx: Tx, id: OrganizationId, most: number): Promise<number> {
  const found = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM api_keys WHERE organization_id = ${id} LIMIT ${most}`;
  const ids = found.map((key) => key.id);
  // In the order in which others lock them.
  await tx.$executeRaw`SELECT FROM api_keys WHERE id = ANY (${ids}::text[]) ORDER BY id FOR UPDATE`;
  await tx.$executeRaw`DELETE FROM token_uses WHERE api_key_id = ANY (${ids}::text[])`;
  return tx.$executeRaw`DELETE FROM api_keys WHERE id = ANY (${ids}::text[])`;
}

/** Deletes what the organization has beside its keys and may have very much of, `most` rows at most. Returns how many. */
export async function removeRecords(tx: Tx, id: OrganizationId, most: number): Promise<number> {
  let removed = 0;
  for (const table of ["usage_counts", "decision_records", "idempotency_records"]) {
    const name = Prisma.raw(table);
    removed += await tx.$executeRaw`
      DELETE FROM ${name} WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM ${name} WHERE organization_id = ${id} LIMIT ${most - removed}))`;
  }
  return removed;
}

/**
 * Deletes the organization and what is left of its own: members with their sessions, regions, subaccounts, products,
 * signing keys. Its audit log stays: nothing can delete that. Its keys must be gone: their regions may not be deleted
 * from under them. Returns how many members it had.
 */
export async function removeOrganization(tx: Tx, id: OrganizationId): Promise<number> {
  const members = await tx.$executeRaw`DELETE FROM members WHERE organization_id = ${id}`;
  await tx.$executeRaw`DELETE FROM organizations WHERE id = ${id}`;
  return members;
}
