import type { ImportAlgorithm } from "@/lib/api-keys/imported-token";
import { digestToken, generateToken, tokenPreview } from "@/lib/api-keys/token";
import { sql, type Tx } from "@/lib/db";
import type { OrganizationId } from "@/lib/ids";
import type { SigningKey } from "@/lib/organizations/signing-keys";
import type { Environment } from "@/lib/principal";

export type NewToken = {
  /** Null for one that was imported: only its digest is known. */
  token: string | null;
  preview: string;
  digest: Uint8Array<ArrayBuffer>;
  signing_key_version: number;
  imported?: ImportAlgorithm;
};

/** A fresh token and its digest under the organization's newest signing key. The token itself is stored nowhere. */
export function freshToken(environment: Environment, signingKey: SigningKey): NewToken {
  const token = generateToken(environment);
  const digest = new Uint8Array(digestToken(token, signingKey.secret));
  return { token, preview: tokenPreview(token), digest, signing_key_version: signingKey.version };
}

/** Stores the digest of a key's token that stays. With COMMIT: it needs no await. */
export const insertDigest = (tx: Tx, organizationId: OrganizationId, keyId: string, made: NewToken): Promise<number> =>
  insertDigests(tx, organizationId, [{ keyId, made }]);

/** As `insertDigest`, for many keys at once. */
export function insertDigests(
  tx: Tx,
  organizationId: OrganizationId,
  tokens: { keyId: string; made: NewToken }[],
): Promise<number> {
  const made = tokens.map(({ made: one }) => one);
  return tx.withCommit(sql`
    INSERT INTO token_digests (digest, api_key_id, organization_id, algorithm, signing_key_version, imported_digest, token_preview)
    SELECT d.digest, d.api_key_id, ${organizationId}, d.algorithm::"DigestAlgorithm", d.version,
      CASE WHEN d.algorithm <> 'hmac_sha256' THEN d.digest END, d.preview
    FROM unnest(${made.map(({ digest }) => digest)}::bytea[], ${tokens.map(({ keyId }) => keyId)}::text[],
      ${made.map(({ imported }) => imported ?? "hmac_sha256")}::text[],
      ${made.map(({ signing_key_version }) => signing_key_version)}::int[], ${made.map(({ preview }) => preview)}::text[])
      AS d (digest, api_key_id, algorithm, version, preview)`);
}

/**
 * Makes room for a new token: the current one goes on until `until`, or stops now when that is null. The token of an
 * earlier overlap stops in either case: a key never has more than two.
 */
export async function retireDigests(tx: Tx, keyId: string, until: Date | null): Promise<void> {
  if (until === null) {
    await tx.$executeRaw`DELETE FROM token_digests WHERE api_key_id = ${keyId}`;
    return;
  }
  await Promise.all([
    endOverlap(tx, keyId),
    tx.$executeRaw`UPDATE token_digests SET ends_at = ${until} WHERE api_key_id = ${keyId}`,
  ]);
}

/** Ends the old token of an overlap. */
export async function endOverlap(tx: Tx, keyId: string): Promise<void> {
  await tx.$executeRaw`DELETE FROM token_digests WHERE api_key_id = ${keyId} AND ends_at IS NOT NULL`;
}

/** Ends the old token of an overlap with its key at the latest: a later expiry must not bring it back. */
export async function endOverlapBy(tx: Tx, keyId: string, until: Date): Promise<void> {
  await tx.$executeRaw`UPDATE token_digests SET ends_at = ${until} WHERE api_key_id = ${keyId} AND ends_at > ${until}`;
}

/** Lets the old token of an overlap that is in progress at `now` work until `until`. One that has ended stays ended. */
export async function moveOverlapEnd(tx: Tx, keyId: string, now: Date, until: Date): Promise<void> {
  await tx.$executeRaw`UPDATE token_digests SET ends_at = ${until} WHERE api_key_id = ${keyId} AND ends_at > ${now}`;
}
