import { createHash, createHmac } from "node:crypto";
import { digestToken } from "@/lib/api-keys/token";

export const IMPORT_ALGORITHMS = ["sha256", "sha512"] as const;

export type ImportAlgorithm = (typeof IMPORT_ALGORITHMS)[number];

/** Hexadecimal characters of each digest. */
export const DIGEST_LENGTH: Record<ImportAlgorithm, number> = { sha256: 64, sha512: 128 };

/** The longest token that can be: an imported one. */
export const MAX_TOKEN_LENGTH = 512;

const VISIBLE_ASCII = /^[\x21-\x7e]{8,512}$/;
const OUR_PREFIX = /^lk_pr(?:od|ev)_/;

/** Whether a text can be a token that was imported: 8 to 512 visible ASCII characters, without a prefix of ours. */
export const mayBeImported = (token: string): boolean => VISIBLE_ASCII.test(token) && !hasOurPrefix(token);

/** Whether a text begins as our own tokens do, which no imported one may. */
export const hasOurPrefix = (token: string): boolean => OUR_PREFIX.test(token);

/**
 * What is stored for a token of which only a digest is known: HMAC-SHA-256, under the organization's signing key, of
 * that digest. The bare digest would let who can write to the database make tokens of their own choice. The message
 * starts with a control character, so it is never a token.
 */
export function sealImported(algorithm: ImportAlgorithm, digest: Uint8Array, signingKey: Buffer): Buffer {
  return createHmac("sha256", signingKey).update(`\0imported ${algorithm}\0`).update(digest).digest();
}

/** All that may be stored for a presented token of foreign format: as after its first use, and as imported. */
export function importedDigests(token: string, signingKey: Buffer): Buffer[] {
  const seals = IMPORT_ALGORITHMS.map((algorithm) =>
    sealImported(algorithm, createHash(algorithm).update(token, "utf8").digest(), signingKey),
  );
  return [digestToken(token, signingKey), ...seals];
}
