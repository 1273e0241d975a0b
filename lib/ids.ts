import { randomFillSync } from "node:crypto";

declare const brand: unique symbol;
/** Only authentication and setup mint one, so a query without its tenant does not compile. */
export type OrganizationId = string & { readonly [brand]: "organization" };

const ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";

const PREFIXES = ["key", "reg", "sub", "org", "usr", "ses", "inv", "evt", "req", "ins"] as const;
export type IdPrefix = (typeof PREFIXES)[number];

// Asking the system for 32 bytes at a time costs more than all else here.
const random = new Uint8Array(4096);
let spent = random.length;

const LENGTH = 24;
// One text of them is made at once: joining characters one by one leaves a piece of memory for each.
const characters = Buffer.alloc(LENGTH);

/**
 * A new opaque id: prefix, underscore and 24 lower-case base36 characters (124 bits). Lower case, so that an id
 * survives systems that fold case.
 */
export function newId(prefix: IdPrefix): string {
  for (let length = 0; length < LENGTH; ) {
    if (spent === random.length) {
      randomFillSync(random);
      spent = 0;
    }
    const byte = random[spent++] ?? 255;
    // 252 is the largest multiple of 36 in a byte: rejecting the rest keeps the distribution even.
    if (byte >= 252) continue;
    characters[length++] = ALPHABET.charCodeAt(byte % 36);
  }
  return `${prefix}_${characters.toString("latin1")}`;
}

const SHAPE = new RegExp(`^(?:${PREFIXES.join("|")})_[0-9a-z]{24}$`);

/** Whether a text has the shape of an id that `newId` makes. */
export const isId = (text: string): boolean => SHAPE.test(text);
