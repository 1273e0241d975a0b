import { hkdfSync, randomBytes } from "node:crypto";
import path from "node:path";
import { createOnce, ensureDataDirectory, readIfThere } from "@/lib/data-directory";

const WAY_OUT = "Make one with `openssl rand -base64 32`, or unset it to keep one in the data directory.";

/** What is wrong with a given master key, and the way out; null if it can be used. */
export function keyProblem(text: string): string | null {
  const key = decode(text);
  if (key === null) return `must be base64 or hexadecimal. ${WAY_OUT}`;
  if (key.length < 32) return `has ${key.length} bytes and needs at least 32. ${WAY_OUT}`;
  if (!looksRandom(key)) return `is an example or a text, not random bytes. ${WAY_OUT}`;
  return null;
}

/**
 * The key that was given, else the one of the data directory, made on first use.
 * @throws Error when the kept key is damaged.
 */
export function readOrCreateMasterKey(given: string | null, dataDir: string): Buffer {
  const file = path.join(dataDir, "master.key");
  const text = given ?? readIfThere(file) ?? create(dataDir, file);
  const problem = keyProblem(text);
  const key = decode(text);
  if (problem === null && key !== null) return key;
  const name = given === null ? file : "LATCHKEY_MASTER_KEY";
  throw new Error(`${name} ${problem} Restore it from a backup: what is stored cannot be read without it.`);
}

/** HKDF-SHA-256 (RFC 5869), 32 bytes. */
export function deriveSecret(key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", key, Buffer.alloc(0), `latchkey:${purpose}`, 32));
}

function decode(text: string): Buffer | null {
  if (/^(?:[0-9a-f]{2})+$/i.test(text)) return Buffer.from(text, "hex");
  if (/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return Buffer.from(text, "base64");
  return text === "" ? Buffer.alloc(0) : null;
}

/** 32 random bytes have about 30 different values and some beyond ASCII; examples and sentences do not, nor counters. */
function looksRandom(key: Buffer): boolean {
  const steps = new Set(key.subarray(1).map((byte, i) => byte - (key[i] ?? 0)));
  return new Set(key).size >= 16 && steps.size >= 8 && key.some((byte) => byte < 0x20 || byte > 0x7e);
}

function create(dataDir: string, file: string): string {
  ensureDataDirectory(dataDir);
  return createOnce(file, randomBytes(32).toString("base64"));
}
