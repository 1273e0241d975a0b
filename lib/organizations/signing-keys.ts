import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { getDb, type Tx } from "@/lib/db";
import { masterKey } from "@/lib/env";
import { AppError } from "@/lib/errors";

export type SigningKey = { organization_id: string; version: number; secret: Buffer };

const store = globalThis as { __latchkeySigningKeys?: SigningKey[] };
const TAG_BYTES = 16;

/** Every signing key a token may have been digested with, decrypted, from memory where possible. */
export async function signingKeysInUse(): Promise<SigningKey[]> {
  store.__latchkeySigningKeys ??= await readSigningKeys();
  return store.__latchkeySigningKeys;
}

/** Looks whether the set in use is another than `known`; the new set if so, else null. One small statement. */
export async function reloadSigningKeys(known: SigningKey[]): Promise<SigningKey[] | null> {
  const { rows } = await getDb().pool.query<{ organization_id: string; version: number }>({
    name: "latchkey_signing_key_versions",
    text: "SELECT organization_id, version FROM signing_keys WHERE retired_at IS NULL ORDER BY organization_id, version",
  });
  const same =
    rows.length === known.length &&
    rows.every((row, i) => row.organization_id === known[i]?.organization_id && row.version === known[i]?.version);
  if (same) return null;
  store.__latchkeySigningKeys = await readSigningKeys();
  return store.__latchkeySigningKeys;
}

/** The newest signing key of an organization, read in the transaction that will use it. */
export async function currentSigningKey(tx: Tx, organizationId: string): Promise<SigningKey> {
  const [row] = await tx.$queryRaw<Stored[]>`
    SELECT organization_id, version, nonce, ciphertext FROM signing_keys
    WHERE organization_id = ${organizationId} AND retired_at IS NULL ORDER BY version DESC LIMIT 1`;
  if (!row) throw notBootstrapped();
  return decrypted(row);
}

/** Every signing key in use of an organization, the newest first, read in the transaction that will use them. */
export async function signingKeysOf(tx: Tx, organizationId: string): Promise<[SigningKey, ...SigningKey[]]> {
  const rows = await tx.$queryRaw<Stored[]>`
    SELECT organization_id, version, nonce, ciphertext FROM signing_keys
    WHERE organization_id = ${organizationId} AND retired_at IS NULL ORDER BY version DESC`;
  const [newest, ...older] = rows.map(decrypted);
  if (!newest) throw notBootstrapped();
  return [newest, ...older];
}

/** Makes the next version of an organization's signing key; older ones go on verifying. */
export async function addSigningKey(tx: Tx, organizationId: string): Promise<number> {
  const [last] = await tx.$queryRaw<{ version: number }[]>`
    SELECT version FROM signing_keys WHERE organization_id = ${organizationId} ORDER BY version DESC LIMIT 1`;
  const version = (last?.version ?? 0) + 1;
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", masterKey(), nonce).setAAD(context(organizationId, version));
  const ciphertext = Buffer.concat([cipher.update(randomBytes(32)), cipher.final(), cipher.getAuthTag()]);
  await tx.$executeRaw`
    INSERT INTO signing_keys (organization_id, version, nonce, ciphertext)
    VALUES (${organizationId}, ${version}, ${nonce}, ${ciphertext})`;
  return version;
}

/** @throws UnreadableSigningKeys unless every row can be read with this instance's master key. */
export function requireReadable(rows: Stored[]): void {
  for (const row of rows) decrypted(row);
}

export const notBootstrapped = (): AppError =>
  new AppError(
    "not_bootstrapped",
    "API keys are not set up yet: an owner presses “Set up API keys” in the console once.",
  );

/** The master key is not the one that these signing keys were encrypted with, or a row was tampered with. */
export class UnreadableSigningKeys extends AppError {
  constructor(cause: unknown) {
    super("unavailable", "This instance cannot read its signing keys.", { retryAfter: 60, cause });
  }
}

async function readSigningKeys(): Promise<SigningKey[]> {
  const rows = await getDb().prisma.signingKey.findMany({
    where: { retired_at: null },
    orderBy: [{ organization_id: "asc" }, { version: "asc" }],
  });
  return rows.map(decrypted);
}

type Stored = { organization_id: string; version: number; nonce: Uint8Array; ciphertext: Uint8Array };

function decrypted({ organization_id, version, nonce, ciphertext }: Stored): SigningKey {
  const split = ciphertext.length - TAG_BYTES;
  const decipher = createDecipheriv("aes-256-gcm", masterKey(), nonce).setAAD(context(organization_id, version));
  decipher.setAuthTag(ciphertext.subarray(split));
  try {
    const secret = Buffer.concat([decipher.update(ciphertext.subarray(0, split)), decipher.final()]);
    return { organization_id, version, secret };
  } catch (cause) {
    // A wrong master key must not make every good token look bad: it is a fault of the instance, so 503.
    throw new UnreadableSigningKeys(cause);
  }
}

/** Ties a ciphertext to its row, so that it cannot be moved to another organization or version. */
const context = (organizationId: string, version: number): Buffer => Buffer.from(`${organizationId}\0${version}`);
