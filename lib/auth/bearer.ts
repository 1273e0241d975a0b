import { importedDigests, mayBeImported } from "@/lib/api-keys/imported-token";
import { importingOrganizations, remakeSoon } from "@/lib/api-keys/importing";
import { matchesIpRules } from "@/lib/api-keys/ip-rules";
import { keyStatus } from "@/lib/api-keys/status";
import { digestToken, parseToken } from "@/lib/api-keys/token";
import { recordDenied } from "@/lib/audit/repository";
import { findToken, ipNotAllowed, keyPrincipalOf, type TokenRow, type TokenState } from "@/lib/auth/repository";
import { AppError } from "@/lib/errors";
import type { OrganizationId } from "@/lib/ids";
import { log } from "@/lib/log";
import { onceAMinute } from "@/lib/once-a-minute";
import { reloadSigningKeys, type SigningKey, signingKeysInUse } from "@/lib/organizations/signing-keys";
import type { KeyPrincipal } from "@/lib/principal";
import type { Outcome } from "@/lib/usage/outcome";
import { recordUse, type UsedToken, usedToken } from "@/lib/usage/recorder";

/** A credential as the request presents it; `unusable` is one of a kind that is not accepted. */
export type Presented = { kind: "none" } | { kind: "unusable" } | { kind: "token"; token: string };

// RFC 6750 section 2.1: a case-insensitive scheme, spaces, and one token without spaces.
const BEARER = /^bearer +([\x21-\x7e]+)$/i;

/** Reads the three places a token may stand in. Throws 400 when they disagree. */
export function presentedToken(header: (name: string) => string | undefined): Presented {
  const authorization = header("authorization");
  const bearer = authorization === undefined ? undefined : BEARER.exec(authorization)?.[1];
  const found = [bearer, header("x-api-key"), header("api-token")].filter((value) => value !== undefined);
  const [token] = found;
  if (token === undefined) return authorization === undefined ? { kind: "none" } : { kind: "unusable" };
  if (found.some((other) => other !== token)) {
    throw new AppError(
      "ambiguous_credentials",
      "Send one token, in one header: Authorization, X-API-Key or api-token.",
    );
  }
  return { kind: "token", token };
}

/** Finds the key of a token in any state, or null. Malformed tokens are refused without touching the database. */
export const lookUpToken = (token: string): Promise<TokenRow | null> => findByToken(token, findToken);

/**
 * What `find` knows of the token with these digests, in one statement as a rule, or null. With an organization, only
 * its own tokens are looked for. Malformed tokens are refused without touching the database; where keys were imported,
 * a token of foreign format is looked for among theirs.
 */
export async function findByToken<T extends TokenState & { id: string; organization_id: string }>(
  token: string,
  find: (digests: Buffer[]) => Promise<T | null>,
  organizationId?: OrganizationId,
): Promise<T | null> {
  const isOurs = parseToken(token) !== null;
  if (!isOurs && !mayBeImported(token)) return null;
  // Read with the first token of any kind, so that a malformed one finds it in memory.
  const organizations = await importingOrganizations(isOurs ? Number.POSITIVE_INFINITY : undefined);
  const importing = isOurs ? null : organizations;
  if (importing?.size === 0) return null;

  const look = (keys: SigningKey[]) => {
    const asked = keys.filter(
      ({ organization_id: id }) => (!organizationId || id === organizationId) && (!importing || importing.has(id)),
    );
    const digestsOf = importing ? importedDigests : onlyDigest;
    return asked.length === 0 ? null : find(asked.flatMap(({ secret }) => digestsOf(token, secret)));
  };
  const keys = await signingKeysInUse();
  const found = await look(keys);
  if (found) return noteFirstUse(token, found, keys);
  // Another instance may have made a newer signing key since ours were read.
  const newer = await reloadSigningKeys(keys);
  const foundNow = newer && (await look(newer));
  return foundNow && noteFirstUse(token, foundNow, newer);
}

const onlyDigest = (token: string, secret: Buffer): Buffer[] => [digestToken(token, secret)];

/** Now that an imported token has been seen, its digest can be made from it, as of any other. */
function noteFirstUse<T extends TokenState & { id: string; organization_id: string }>(
  token: string,
  row: T,
  keys: SigningKey[],
): T {
  const { id, organization_id, signing_key_version, digest_algorithm } = row;
  if (digest_algorithm === "hmac_sha256") return row;
  const key = keys.find((one) => one.organization_id === organization_id && one.version === signing_key_version);
  if (key) remakeSoon({ api_key_id: id, signing_key_version, digest: digestToken(token, key.secret) });
  return row;
}

/** Who a token speaks for, and which of the key's tokens it is. */
export type TokenHolder = { principal: KeyPrincipal; token: UsedToken };

/**
 * Authenticates a token. Throws 401 `invalid_token`, the same for unknown, malformed, expired, disabled and revoked;
 * 403 `ip_not_allowed` for a good token from outside its address rules (audited, once a minute per key and address).
 * Refused uses of a known key are counted here; accepted ones by who knows what became of them.
 */
export async function authenticateToken(token: string, ip: string | null, requestId: string): Promise<TokenHolder> {
  const row = await lookUpToken(token);
  const principal = row && keyPrincipalOf(row);
  if (!principal) {
    if (row) countRefused(row, ip);
    throw new AppError("invalid_token", "The token is not valid.");
  }
  if (matchesIpRules(principal.allowed_ips, ip)) return { principal, token: usedToken(row) };
  countUse(row, "IP_NOT_ALLOWED", ip);
  if (onceAMinute(`ip:${principal.id}:${ip}`)) await auditDeniedAddress(principal, ip, requestId);
  throw ipNotAllowed();
}

function countRefused(row: TokenRow, ip: string | null): void {
  const status = keyStatus(row, row.now);
  const outcomes = { revoked: "REVOKED", expired: "EXPIRED", disabled: "DISABLED", active: "DISABLED" } as const;
  countUse(row, outcomes[status], ip);
}

function countUse(row: TokenRow, outcome: Outcome, ip: string | null): void {
  recordUse({ organizationId: row.organization_id, apiKeyId: row.id, outcome, token: usedToken(row), ip });
}

async function auditDeniedAddress(principal: KeyPrincipal, ip: string | null, requestId: string): Promise<void> {
  const who = { type: principal.type, id: principal.id, name: principal.name } as const;
  const actor = { organizationId: principal.organization_id, principal: who, ip, requestId };
  const entry = {
    action: "api_key.used",
    target: who,
    changes: {
      refused: [null, "ip_not_allowed"] as [unknown, unknown],
      address: [null, ip ?? "unknown"] as [unknown, unknown],
    },
  };
  await recordDenied(actor, { ...entry, target: { type: "api_key", id: who.id, name: who.name } }).catch((cause) =>
    log.error({ err: cause }, "a refusal was not audited"),
  );
}
