import { getDb } from "@/lib/db";

/** A digest as a token was found by it, and as it is made today. */
export type Remade = {
  organization_id: string;
  found: Buffer;
  digest: Buffer;
  signing_key_version: number;
  /** Of a token of foreign format: what an import stores for it, before and today. */
  seals: { before: Buffer; today: Buffer }[];
};

/**
 * Puts the digests of today in place of those that the tokens were found by. A token that was regenerated, ended or
 * removed meanwhile, or made again by another instance, is left as it is; so is one that a change holds at this moment:
 * its next use is soon enough, and no one waits for another. Nothing is put under a version that is retired: the version
 * is held until the write is done, as who retires one holds it.
 */
export async function remakeDigests(remade: Remade[]): Promise<void> {
  const [first, second] = [0, 1].map((place) => remade.map(({ seals }) => seals[place]));
  await getDb().pool.query({
    name: "latchkey_remake_digests",
    text: `WITH asked AS (
        SELECT * FROM unnest($1::text[], $2::bytea[], $3::bytea[], $4::int[], $5::bytea[], $6::bytea[], $7::bytea[], $8::bytea[])
          AS a (organization_id, found, digest, version, before_1, today_1, before_2, today_2)
      ), usable AS (
        SELECT s.organization_id, s.version FROM signing_keys s
        WHERE s.retired_at IS NULL AND (s.organization_id, s.version) IN (SELECT organization_id, version FROM asked)
        ORDER BY 1, 2 FOR SHARE
      ), held AS (
        SELECT d.digest FROM token_digests d WHERE d.digest IN (SELECT found FROM asked) FOR UPDATE SKIP LOCKED
      )
      UPDATE token_digests d SET digest = a.digest, algorithm = 'hmac_sha256', signing_key_version = a.version,
        imported_digest = CASE d.imported_digest WHEN a.before_1 THEN a.today_1 WHEN a.before_2 THEN a.today_2
          ELSE d.imported_digest END
      FROM asked a JOIN usable u USING (organization_id, version) JOIN held h ON h.digest = a.found
      WHERE d.digest = a.found AND d.organization_id = a.organization_id`,
    values: [
      remade.map(({ organization_id }) => organization_id),
      remade.map(({ found }) => found),
      remade.map(({ digest }) => digest),
      remade.map(({ signing_key_version }) => signing_key_version),
      first?.map((seal) => seal?.before ?? null),
      first?.map((seal) => seal?.today ?? null),
      second?.map((seal) => seal?.before ?? null),
      second?.map((seal) => seal?.today ?? null),
    ],
  });
}
