import type { Denial, Verification } from "@/lib/client/types";

/** An answer in place of the route's, as `application/problem+json` (RFC 9457). */
export type Refusal = { status: number; headers: Record<string, string>; body: string };

const CHALLENGE = 'Bearer realm="latchkey"';

const invalidToken = problem(401, "invalid_token", "The token is not valid", "The token is not valid.", {
  "www-authenticate": `${CHALLENGE}, error="invalid_token"`,
});

export const refusals = {
  unauthenticated: problem(
    401,
    "unauthenticated",
    "Authentication is required",
    "Send the token as: Authorization: Bearer <token>.",
    { "www-authenticate": CHALLENGE },
  ),
  ambiguous: problem(
    400,
    "ambiguous_credentials",
    "More than one credential was sent",
    "Send one token, in one header: Authorization, X-API-Key or api-token.",
  ),
  unavailable: problem(
    503,
    "unavailable",
    "Temporarily unavailable",
    "The token cannot be checked right now. Try again.",
    { "retry-after": "2" },
  ),
};

/** The same answers as `/v4/authorize` gives: who has no usable token learns nothing about why. */
export function refusalOf(
  { code, key }: Extract<Verification, { valid: false }>,
  permissions: readonly string[],
): Refusal {
  if (code === "IP_NOT_ALLOWED") {
    return problem(
      403,
      "ip_not_allowed",
      "This address is not allowed",
      "This key may not be used from the address that the request came from.",
    );
  }
  const detail = LACKING[code];
  if (detail === undefined) return invalidToken;
  const missing = code === "INSUFFICIENT_PERMISSIONS" ? permissions.filter((p) => !key?.permissions.includes(p)) : [];
  const scope = missing.length > 0 ? `, scope="${missing.join(" ")}"` : "";
  return problem(
    403,
    "insufficient_permissions",
    "A permission is missing",
    missing.length > 0 ? `The key lacks ${missing.join(", ")}.` : detail,
    { "www-authenticate": `${CHALLENGE}, error="insufficient_scope"${scope}` },
  );
}

const LACKING: Partial<Record<Denial, string>> = {
  SUBACCOUNT_NOT_ALLOWED: "The key does not act on this subaccount.",
  INSUFFICIENT_PERMISSIONS: "The key lacks a permission.",
  RESOURCE_NOT_ALLOWED: "No scope of the key covers this.",
};

function problem(
  status: number,
  code: string,
  title: string,
  detail: string,
  headers: Record<string, string> = {},
): Refusal {
  return {
    status,
    headers: { "content-type": "application/problem+json", "cache-control": "no-store", ...headers },
    body: JSON.stringify({ type: `/docs/errors#${code}`, title, status, code, detail }),
  };
}
