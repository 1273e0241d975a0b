/**
 * What a token looks like, for secret scanners and for a text field into which one was pasted. A match is a
 * candidate only: `parseToken` checks the checksum. Without flags, so that it carries no state between uses.
 */
export const TOKEN_PATTERN = /\blk_(?:prod|prev)_[0-9A-Za-z]{49}\b/;

/**
 * What may be stored and shown of a token: its prefix and the first and last four characters of what follows
 * (`lk_prod_7Hq2…x9Kd`). The last four belong to the checksum, so eight characters of 57 leave more than 230 bits.
 */
export function tokenPreview(token: string): string {
  return `${token.slice(0, "lk_prod_".length + 4)}…${token.slice(-4)}`;
}
