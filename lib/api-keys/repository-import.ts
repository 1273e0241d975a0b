import { databaseFault } from "@/lib/database-errors";
import { getDb, type Tx } from "@/lib/db";
import type { OrganizationId } from "@/lib/ids";

/** The organizations that have imported keys, ever. */
export async function selectImportingOrganizations(): Promise<string[]> {
  const { rows } = await getDb().pool.query<{ id: string }>({
    name: "latchkey_importing_organizations",
    text: "SELECT id FROM organizations WHERE imports_since IS NOT NULL",
  });
  return rows.map(({ id }) => id);
}

/** Notes that the organization has imported keys. Written once. */
export async function markImporting(tx: Tx, organizationId: OrganizationId): Promise<void> {
  await tx.$executeRaw`UPDATE organizations SET imports_since = now() WHERE id = ${organizationId} AND imports_since IS NULL`;
}

/** Those of the digests, in hexadecimal, that stand for a token already. */
export async function takenDigests(tx: Tx, sealed: Uint8Array<ArrayBuffer>[]): Promise<Set<string>> {
  const found = await tx.tokenDigest.findMany({
    where: { OR: [{ digest: { in: sealed } }, { imported_digest: { in: sealed } }] },
    select: { digest: true, imported_digest: true },
  });
  return new Set(found.flatMap((row) => [row.digest, row.imported_digest ?? row.digest].map(hexOf)));
}

export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** True when `error` says that another key came to have the same digest in the meantime. */
export const isTaken = (error: unknown): boolean => databaseFault(error) === "unique";

/** A digest to be made again from the token itself, which was seen for the first time. */
export type Remade = { api_key_id: string; signing_key_version: number; digest: Buffer };

/**
 * Puts the digests of the tokens in place of those of their imported digests, under the same signing keys. A key that
 * was regenerated or removed meanwhile is left as it is.
 */
export async function remakeDigests(remade: Remade[]): Promise<void> {
  await getDb().pool.query({
    name: "latchkey_remake_digests",
    text: `UPDATE token_digests d SET digest = r.digest, algorithm = 'hmac_sha256'
      FROM unnest($1::text[], $2::int[], $3::bytea[]) AS r (api_key_id, signing_key_version, digest)
      WHERE d.api_key_id = r.api_key_id AND d.signing_key_version = r.signing_key_version
        AND d.algorithm <> 'hmac_sha256'`,
    values: [
      remade.map(({ api_key_id }) => api_key_id),
      remade.map(({ signing_key_version }) => signing_key_version),
      remade.map(({ digest }) => digest),
    ],
  });
}
