import { createHmac, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import type { Environment } from "@/lib/principal";

// They live apart because the browser needs them, and it has no node:crypto.
export { TOKEN_PATTERN, tokenPreview } from "@/lib/api-keys/preview";

const PREFIXES: Record<Environment, string> = { production: "lk_prod_", preview: "lk_prev_" };
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const EIGHT_DIGITS = 62n ** 8n;
const PREFIX_LENGTH = 8;
const BODY_LENGTH = 43;
const CHECKSUM_LENGTH = 6;
const TOKEN_LENGTH = PREFIX_LENGTH + BODY_LENGTH + CHECKSUM_LENGTH;
const BODY_AND_CHECKSUM = /^[0-9A-Za-z]{49}$/;

/** The largest body that 32 bytes can make. The alphabet is in ASCII order, so bodies compare as strings. */
const LARGEST_BODY = base62(2n ** 256n - 1n, BODY_LENGTH);

/**
 * A new token: the environment's prefix, 32 random bytes as 43 base62 characters, and the CRC-32 of all before it
 * as 6 more. The checksum covers the prefix, so that a token cannot be rewritten for the other environment.
 */
export function generateToken(environment: Environment): string {
  const secret = BigInt(`0x${randomBytes(32).toString("hex")}`);
  const covered = PREFIXES[environment] + base62(secret, BODY_LENGTH);

  return covered + checksum(covered);
}

/**
 * Tells a well-formed token from anything else, without a database and in bounded time however long the input is.
 * Null for a wrong length, prefix, character, checksum, or a body beyond 32 bytes. Well-formed is not yet issued.
 */
export function parseToken(text: string): { environment: Environment } | null {
  if (text.length !== TOKEN_LENGTH) return null;

  const environment = environmentOf(text.slice(0, PREFIX_LENGTH));
  if (environment === null) return null;
  if (!BODY_AND_CHECKSUM.test(text.slice(PREFIX_LENGTH))) return null;

  const covered = text.slice(0, -CHECKSUM_LENGTH);
  if (checksum(covered) !== text.slice(-CHECKSUM_LENGTH)) return null;

  return covered.slice(PREFIX_LENGTH) <= LARGEST_BODY ? { environment } : null;
}

/**
 * What is stored in place of a token: its HMAC-SHA-256 under the organization's signing key, 32 bytes. Neither
 * reading nor writing the database suffices to make or confirm one.
 */
export function digestToken(token: string, signingKey: Buffer): Buffer {
  return createHmac("sha256", signingKey).update(token, "utf8").digest();
}

function environmentOf(prefix: string): Environment | null {
  if (prefix === PREFIXES.production) return "production";
  return prefix === PREFIXES.preview ? "preview" : null;
}

/** By numbers, not big ones: it is done for every token that is presented. */
function checksum(covered: string): string {
  let digits = "";
  for (let rest = crc32(covered); digits.length < CHECKSUM_LENGTH; rest = Math.floor(rest / 62))
    digits = ALPHABET.charAt(rest % 62) + digits;
  return digits;
}

/** By numbers as far as they are exact, eight digits at a time: big ones take ten times as long. */
function base62(value: bigint, length: number): string {
  let digits = "";
  for (let rest = value; digits.length < length; rest /= EIGHT_DIGITS) digits = base62Of(rest % EIGHT_DIGITS) + digits;
  return digits.slice(-length);
}

function base62Of(value: bigint): string {
  let digits = "";
  for (let rest = Number(value); digits.length < 8; rest = Math.floor(rest / 62))
    digits = ALPHABET.charAt(rest % 62) + digits;
  return digits;
}
