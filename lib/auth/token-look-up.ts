import { importedDigests, mayBeImported } from "@/lib/api-keys/imported-token";
import { importingOrganizations, rememberImporting } from "@/lib/api-keys/importing";
import type { PresentedKey } from "@/lib/api-keys/presented-key";
import { remakeIfOld } from "@/lib/api-keys/remaking";
import { findPresented } from "@/lib/api-keys/repository-presented";
import { digestToken, parseToken } from "@/lib/api-keys/token";
import { type CachePlace, countRead, placeOf } from "@/lib/auth/token-cache";
import { Batches } from "@/lib/batches";
import type { OrganizationId } from "@/lib/ids";
import { reloadSigningKeys, type SigningKey, signingKeysInUse } from "@/lib/organizations/signing-keys";

/** A statement serves all tokens that are presented meanwhile; three keep the database busy while we read answers. */
const BATCH = { atOnce: 3, size: 64 };

const store = globalThis as { __latchkeyReads?: Batches<Buffer[], PresentedKey | null> };

/**
 * The key of a token in whatever state it is, or null, as the primary has it at this moment: from memory only while it
 * is certain that the database would say the same. With an organization, only its own tokens are looked for.
 */
export function lookUpToken(
  token: string,
  organizationId?: OrganizationId,
): PresentedKey | null | Promise<PresentedKey | null> {
  const place = placeOf(token, organizationId);
  const known = place?.find();
  // Without a promise: most tokens are known, and everything waits for this.
  if (known) return !organizationId || known.organization_id === organizationId ? known : null;
  return fillPlace(place, token, organizationId);
}

async function fillPlace(
  place: CachePlace | null,
  token: string,
  organizationId: OrganizationId | undefined,
): Promise<PresentedKey | null> {
  const fill = place?.beginFill();
  try {
    const key = await readToken(token, organizationId);
    if (key) fill?.put(key);
    return key;
  } finally {
    fill?.end();
  }
}

/**
 * Malformed tokens are refused without touching the database; where keys were imported, a token of foreign format is
 * looked for among theirs.
 */
async function readToken(token: string, organizationId?: OrganizationId): Promise<PresentedKey | null> {
  const isOurs = parseToken(token) !== null;
  if (!isOurs && !mayBeImported(token)) return null;
  if (isOurs) await rememberImporting();
  const importing = isOurs ? null : await importingOrganizations();
  if (importing?.size === 0) return null;

  const look = (keys: SigningKey[]): Promise<PresentedKey | null> | null => {
    const asked = keys.filter(
      ({ organization_id: id }) => (!organizationId || id === organizationId) && (!importing || importing.has(id)),
    );
    const digestsOf = importing ? importedDigests : onlyDigest;
    if (asked.length === 0) return null;
    countRead();
    return reads().ask(asked.flatMap(({ secret }) => digestsOf(token, secret)));
  };
  const keys = await signingKeysInUse();
  const found = await look(keys);
  if (found) return remakeIfOld(token, found, keys);
  // Another instance may have made a newer signing key since ours were read.
  const newer = await reloadSigningKeys(keys);
  const foundNow = newer && (await look(newer));
  return foundNow && remakeIfOld(token, foundNow, newer);
}

function reads(): Batches<Buffer[], PresentedKey | null> {
  store.__latchkeyReads ??= new Batches(findPresented, BATCH);
  return store.__latchkeyReads;
}

const onlyDigest = (token: string, secret: Buffer): Buffer[] => [digestToken(token, secret)];
