import { derivedSecret, getEnv } from "@/lib/env";

export const SESSION_MAX_AGE_SECONDS = 12 * 60 * 60;

/** `__Host-` (HTTPS only) keeps sub-domains and plain HTTP from planting a session. */
export function sessionCookieName(): string {
  return getEnv().url.startsWith("https:") ? "__Host-latchkey.session" : "latchkey.session";
}

/** The secret that encrypts next-auth's cookie; instances that share the master key share it. */
export const sessionCookieSecret = (): string => derivedSecret("session-cookie").toString("base64url");

/**
 * The session secret inside the request's cookie, or null. The cookie is only an envelope: nothing in it is believed
 * but the secret, which must be the one of a live row.
 */
export async function readSessionSecret(cookieHeader: string | undefined): Promise<string | null> {
  const token = cookieValue(cookieHeader, sessionCookieName());
  if (!token || token.length > 4096) return null;
  // Loaded with the first session: whoever only checks tokens has none.
  const { decode } = await import("next-auth/jwt");
  try {
    const claims = await decode({ token, secret: sessionCookieSecret() });
    return typeof claims?.sid === "string" ? claims.sid : null;
  } catch {
    // Tampered, foreign or expired: the same as none.
    return null;
  }
}

function cookieValue(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(";") ?? []) {
    const equals = pair.indexOf("=");
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return undefined;
}
