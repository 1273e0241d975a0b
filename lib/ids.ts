import { randomBytes } from "node:crypto";

declare const brand: unique symbol;
/** Only authentication and setup mint one, so a query without its tenant does not compile. */
export type OrganizationId = string & { readonly [brand]: "organization" };

const ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";

export type IdPrefix = "key" | "reg" | "sub" | "org" | "usr" | "ses" | "inv" | "evt" | "req";

/**
 * A new opaque id: prefix, underscore and 24 lower-case base36 characters (124 bits). Lower case, so that an id
 * survives systems that fold case.
 */
export function newId(prefix: IdPrefix): string {
  let id = "";
  while (id.length < 24) {
    // 252 is the largest multiple of 36 in a byte: rejecting the rest keeps the distribution even.
    for (const byte of randomBytes(32)) if (byte < 252 && id.length < 24) id += ALPHABET[byte % 36];
  }
  return `${prefix}_${id}`;
}
