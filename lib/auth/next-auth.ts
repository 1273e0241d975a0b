import type { NextAuthOptions } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import { z } from "zod";
import { SESSION_MAX_AGE_SECONDS, sessionCookieName, sessionCookieSecret } from "@/lib/auth/session-cookie";
import { signIn, signOut } from "@/lib/auth/sign-in";
import { getEnv } from "@/lib/env";
import { clientAddress, peerFromHeader } from "@/lib/http/client-address";
import { emailSchema } from "@/lib/organizations/schema";

// A string and nothing else: an object here must never reach a query (SECURITY AN-28).
const credentialsSchema = z.object({ email: emailSchema, password: z.string().min(1).max(1024) });

/**
 * next-auth's options, for the request that it serves. Its cookie is a JWT because credentials allow nothing else; the JWT holds only the secret of
 * a session row, and that row, read at every request, is the session.
 */
export function authOptions(request?: Request): NextAuthOptions {
  const secure = getEnv().url.startsWith("https:");
  return {
    secret: sessionCookieSecret(),
    session: { strategy: "jwt", maxAge: SESSION_MAX_AGE_SECONDS },
    useSecureCookies: secure,
    cookies: {
      sessionToken: { name: sessionCookieName(), options: { httpOnly: true, sameSite: "lax", path: "/", secure } },
    },
    pages: { signIn: "/sign-in", signOut: "/sign-in", error: "/sign-in" },
    providers: [
      CredentialsProvider({
        credentials: { email: { type: "email" }, password: { type: "password" } },
        async authorize(raw, request) {
          const parsed = credentialsSchema.safeParse({ email: raw?.email, password: raw?.password });
          if (!parsed.success) return null;
          const header = (name: string): string | null => {
            const value: unknown = request.headers?.[name];
            return typeof value === "string" ? value : null;
          };
          const result = await signIn({ ...parsed.data, ip: addressOf(header), userAgent: header("user-agent") });
          // next-auth hands an error's message to the form as the reason.
          if (result.outcome === "throttled") throw new Error(`throttled:${result.seconds}`);
          if (result.outcome === "wrong") return null;
          return { id: result.memberId, name: result.name, email: result.email, sessionSecret: result.sessionSecret };
        },
      }),
    ],
    callbacks: {
      jwt: ({ token, user }) => (user ? { sid: user.sessionSecret } : { sid: token.sid }),
      // The browser learns nothing from here: pages read the session on the server.
      session: ({ session }) => ({ expires: session.expires }),
      redirect: ({ url }) => (url.startsWith("/") && !/^\/[/\\]/.test(url) ? `${getEnv().url}${url}` : getEnv().url),
    },
    events: {
      async signOut({ token }) {
        if (typeof token?.sid === "string")
          await signOut(
            token.sid,
            addressOf((name) => request?.headers.get(name) ?? null),
          );
      },
    },
  };
}

function addressOf(header: (name: string) => string | null): string | null {
  const peer = peerFromHeader(header("x-latchkey-peer"));
  return clientAddress(peer, header("x-forwarded-for"), getEnv().trustedProxies);
}

declare module "next-auth" {
  interface User {
    sessionSecret: string;
  }
}
declare module "next-auth/jwt" {
  interface JWT {
    sid?: string | undefined;
  }
}
