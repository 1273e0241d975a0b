import { matchesIpRules } from "@/lib/api-keys/ip-rules";
import type { PresentedKey } from "@/lib/api-keys/presented-key";
import { keyStatus } from "@/lib/api-keys/status";
import { recordDenied } from "@/lib/audit/repository";
import { identityOf } from "@/lib/audit/who";
import { ipNotAllowed, keyPrincipalOf } from "@/lib/auth/repository";
import { lookUpToken } from "@/lib/auth/token-look-up";
import { AppError } from "@/lib/errors";
import { log } from "@/lib/log";
import { onceAMinute } from "@/lib/once-a-minute";
import type { KeyPrincipal } from "@/lib/principal";
import type { Outcome } from "@/lib/usage/outcome";
import { recordUse, type UsedToken, usedToken } from "@/lib/usage/recorder";

/** A credential as the request presents it; `unusable` is one of a kind that is not accepted. */
export type Presented = { kind: "none" } | { kind: "unusable" } | { kind: "token"; token: string };

// RFC 6750 section 2.1: a case-insensitive scheme, spaces, and one token without spaces.
const BEARER = /^bearer +([\x21-\x7e]+)$/i;
/** Meant as one, whatever is wrong with it. Another scheme may be for the service behind a gateway. */
const MEANT_AS_BEARER = /^bearer\b/i;

/**
 * Reads the three places a token may stand in. Throws 400 when they disagree. A Bearer credential that cannot be read
 * is the one that is judged, whatever stands in the other places.
 */
export function presentedToken(header: (name: string) => string | undefined): Presented {
  const authorization = header("authorization");
  const bearer = authorization === undefined ? undefined : BEARER.exec(authorization)?.[1];
  if (bearer === undefined && authorization !== undefined && MEANT_AS_BEARER.test(authorization)) {
    return { kind: "unusable" };
  }
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

function countRefused(row: PresentedKey, ip: string | null): void {
  const status = keyStatus(row, row.now);
  const outcomes = { revoked: "REVOKED", expired: "EXPIRED", disabled: "DISABLED", active: "DISABLED" } as const;
  countUse(row, outcomes[status], ip);
}

function countUse(row: PresentedKey, outcome: Outcome, ip: string | null): void {
  recordUse({ organizationId: row.organization_id, apiKeyId: row.id, outcome, token: usedToken(row), ip });
}

async function auditDeniedAddress(principal: KeyPrincipal, ip: string | null, requestId: string): Promise<void> {
  const { id, name } = principal;
  const who = { organizationId: principal.organization_id, principal: identityOf(principal), ip, requestId };
  const entry = {
    action: "api_key.used" as const,
    target: { type: "api_key", id, name },
    changes: {
      refused: [null, "ip_not_allowed"] as [unknown, unknown],
      address: [null, ip ?? "unknown"] as [unknown, unknown],
    },
  };
  await recordDenied(who, entry).catch((cause) => log.error({ err: cause }, "a refusal was not audited"));
}
