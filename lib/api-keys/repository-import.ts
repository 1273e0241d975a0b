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
  const found = await tx.$queryRaw<{ digest: Buffer; imported_digest: Buffer | null }[]>`
    SELECT digest, imported_digest FROM token_digests
    WHERE digest = ANY (${sealed}::bytea[]) OR imported_digest = ANY (${sealed}::bytea[])`;
  return new Set(found.flatMap((row) => [row.digest, row.imported_digest ?? row.digest].map(hexOf)));
}

export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** True when `error` says that another key came to have the same digest in the meantime. */
export const isTaken = (error: unknown): boolean => databaseFault(error) === "unique";
