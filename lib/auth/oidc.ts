import type { Profile } from "next-auth";
import type { OAuthConfig } from "next-auth/providers/oauth";
import type { TokenSet } from "openid-client";
import { z } from "zod";
import type { Identity } from "@/lib/auth/identity-sign-in";
import type { OidcSettings } from "@/lib/env";
import { emailSchema } from "@/lib/organizations/schema";
import { nameSchema } from "@/lib/text";

export const OIDC_PROVIDER_ID = "oidc";

/**
 * The provider of the environment as next-auth takes it: discovery, the authorization code flow with PKCE, state and
 * nonce, and an id_token whose RS256 signature (which every provider has, Core 15.1), issuer, audience, times and nonce
 * are checked (OpenID Connect Core 3.1.3.7).
 */
export function oidcProvider({ issuer, clientId, clientSecret, name }: OidcSettings): OAuthConfig<Profile> {
  return {
    id: OIDC_PROVIDER_ID,
    name,
    type: "oauth",
    wellKnown: `${issuer}/.well-known/openid-configuration`,
    clientId,
    clientSecret,
    idToken: true,
    checks: ["pkce", "state", "nonce"],
    authorization: { params: { scope: "openid email profile" } },
    userinfo: {
      /** The id_token's claims; without an address there, with those of the userinfo endpoint, where Core 5.4 puts it. */
      async request({ client, tokens }) {
        if (!isTokenSet(tokens)) throw new Error("next-auth handed over no openid-client TokenSet.");
        const claims = tokens.claims();
        if (claims.email !== undefined || !client.issuer.metadata.userinfo_endpoint) return claims;
        // The client refuses an answer about anyone else than the id_token's subject (Core 5.3.2).
        const { email, email_verified, name = claims.name } = await client.userinfo(tokens);
        return { ...claims, email, email_verified, name };
      },
    },
    httpOptions: { timeout: 10_000 },
    profile: ({ sub = "" }) => ({ id: sub }),
  };
}

/**
 * Who the provider says is signing in; null if the claims are not of the issuer that was configured, as with a
 * multi-tenant one, whose tenants may verify whatever address they like.
 */
export function identityOf(claims: unknown, issuer: string): Identity | null {
  const parsed = claimsSchema.safeParse(claims);
  if (!parsed.success || parsed.data.iss.replace(/\/+$/, "") !== issuer) return null;
  const { iss, sub, email, email_verified, name } = parsed.data;
  return { issuer: iss, subject: sub, email, emailVerified: email_verified === true, name };
}

// Elsewhere an address is normalised however it is typed. Here it is itself the proof, and another mailbox that only
// normalises to a member's (full-width letters, a Kelvin sign) must not pass for it: ASCII alone.
const addressSchema = z
  .string()
  .regex(/^[!-~]+$/)
  .pipe(emailSchema);

const claimsSchema = z.object({
  iss: z.string().max(500),
  // Core 2: at most 255 ASCII characters.
  sub: z.string().regex(/^[ -~]{1,255}$/),
  email: addressSchema.nullable().catch(null),
  email_verified: z.unknown(),
  name: nameSchema(100).nullable().catch(null),
});

/** next-auth types the plain parameters, but hands over the client's own object. */
const isTokenSet = (tokens: object): tokens is TokenSet => "claims" in tokens;
