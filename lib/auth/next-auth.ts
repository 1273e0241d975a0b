import type { NextAuthOptions } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import { z } from "zod";
import { signInByIdentity } from "@/lib/auth/identity-sign-in";
import { identityOf, OIDC_PROVIDER_ID, oidcProvider } from "@/lib/auth/oidc";
import { SESSION_MAX_AGE_SECONDS, sessionCookieName, sessionCookieSecret } from "@/lib/auth/session-cookie";
import { refuseUnreadable, signIn, signOut } from "@/lib/auth/sign-in";
import { getEnv } from "@/lib/env";
import { clientAddress, peerFromHeader } from "@/lib/http/client-address";
import { log } from "@/lib/log";
import { emailSchema } from "@/lib/organizations/schema";

// A string and nothing else: an object here must never reach a query (SECURITY AN-28).
const credentialsSchema = z.object({ email: emailSchema, password: z.string().min(1).max(1024) });

const NOT_AUDITED = "a refused sign-in was not audited";

/**
 * next-auth's options, for the request that it serves. Its cookie is a JWT because credentials allow nothing else; the
 * JWT holds only the secret of a session row, and that row, read at every request, is the session.
 */
export function authOptions(request?: Request): NextAuthOptions {
  const { url: origin, oidc } = getEnv();
  const secure = origin.startsWith("https:");
  const header = (name: string) => request?.headers.get(name) ?? null;

  /** A new session for who the provider says it is, or null if they may not enter. */
  async function sessionOf(claims: unknown): Promise<string | null> {
    const identity = oidc && identityOf(claims, oidc.issuer);
    if (!identity) {
      log.error({ issuer: oidc?.issuer }, "the provider's claims are unusable, or not of LATCHKEY_OIDC_ISSUER");
      await refuseUnreadable(null, addressOf(header));
      return null;
    }
    const result = await signInByIdentity(identity, { ip: addressOf(header), userAgent: header("user-agent") });
    return result.outcome === "signed_in" ? result.sessionSecret : null;
  }

  return {
    secret: sessionCookieSecret(),
    session: { strategy: "jwt", maxAge: SESSION_MAX_AGE_SECONDS },
    useSecureCookies: secure,
    cookies: {
      sessionToken: { name: sessionCookieName(), options: { httpOnly: true, sameSite: "lax", path: "/", secure } },
    },
    logger: {
      error: (code, detail) => log.warn({ code, reason: reasonOf(detail) }, "next-auth refused a request"),
      warn: (code) => log.warn({ code }, "next-auth warns"),
      debug: () => undefined,
    },
    pages: { signIn: "/sign-in", signOut: "/sign-in", error: "/sign-in" },
    providers: [
      ...(oidc ? [oidcProvider(oidc)] : []),
      CredentialsProvider({
        credentials: { email: { type: "email" }, password: { type: "password" } },
        async authorize(raw, request) {
          const parsed = credentialsSchema.safeParse({ email: raw?.email, password: raw?.password });
          const header = (name: string): string | null => {
            const value: unknown = request.headers?.[name];
            return typeof value === "string" ? value : null;
          };
          if (!parsed.success) {
            const email = emailSchema.safeParse(raw?.email).data ?? null;
            await refuseUnreadable(email, addressOf(header)).catch((error) => log.error({ err: error }, NOT_AUDITED));
            return null;
          }
          const attempt = { ...parsed.data, ip: addressOf(header), userAgent: header("user-agent") };
          // next-auth hands an error's message to the form, in a URL: none but these two may be thrown here.
          const result = await signIn(attempt).catch((error: unknown) => {
            log.error({ err: error }, "signing in failed");
            throw new Error("unavailable");
          });
          if (result.outcome === "throttled") throw new Error(`throttled:${result.seconds}`);
          if (result.outcome === "wrong") return null;
          return { id: result.memberId, name: result.name, email: result.email, sessionSecret: result.sessionSecret };
        },
      }),
    ],
    callbacks: {
      async signIn({ user, account, profile }) {
        if (account?.provider !== OIDC_PROVIDER_ID) return true;
        try {
          const sessionSecret = await sessionOf(profile);
          // next-auth hands this very object to the jwt callback.
          if (sessionSecret !== null) user.sessionSecret = sessionSecret;
          return sessionSecret !== null;
        } catch (error) {
          // next-auth would put the message into the URL.
          log.error({ err: error }, "signing in through the provider failed");
          return `${origin}/sign-in?error=Callback`;
        }
      },
      jwt: ({ token, user }) => (user ? { sid: user.sessionSecret } : { sid: token.sid }),
      // The browser learns nothing from here: pages read the session on the server.
      session: ({ session }) => ({ expires: session.expires }),
      redirect: ({ url }) => landing(url, origin),
    },
    events: {
      async signOut({ token }) {
        if (typeof token?.sid === "string") await signOut(token.sid, addressOf(header));
      },
    },
  };
}

/**
 * Where next-auth may lead to: an address of this console, judged as a browser reads it. Absolute ones too, because
 * that is what a path has become on the way to the provider and back; but then no page of the signed-out, whose own
 * query (`error`, a set-up token) would come along.
 */
function landing(url: string, origin: string): string {
  const target = URL.canParse(url, origin) ? new URL(url, origin) : null;
  const isOwn = target?.origin === origin;
  const isBack = !url.startsWith("/") && /^\/(?:sign-in|setup|invite)(?:\/|$)/.test(target?.pathname ?? "");
  return isOwn && !isBack ? target.href : origin;
}

/** The message alone: what comes with it may be a person's claims. */
function reasonOf(detail: Error | { error: Error }): string {
  const error = detail instanceof Error ? detail : detail.error;
  return String(error?.message).slice(0, 300);
}

function addressOf(header: (name: string) => string | null): string | null {
  const peer = peerFromHeader(header("x-latchkey-peer"));
  return clientAddress(peer, header("x-forwarded-for"), getEnv().trustedProxies);
}

declare module "next-auth" {
  interface User {
    sessionSecret?: string;
  }
}
declare module "next-auth/jwt" {
  interface JWT {
    sid?: string | undefined;
  }
}
