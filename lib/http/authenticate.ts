import { authenticateToken, presentedToken } from "@/lib/auth/bearer";
import { findSession } from "@/lib/auth/repository";
import { readSessionSecret } from "@/lib/auth/session-cookie";
import { AppError } from "@/lib/errors";
import { checkOrigin } from "@/lib/http/origin";
import { consume } from "@/lib/http/rate-limit";
import { limitedNetwork } from "@/lib/ip-address";
import type { Principal } from "@/lib/principal";
import type { UsedToken } from "@/lib/usage/recorder";

export type Credentials = {
  method: string;
  header: (name: string) => string | undefined;
  ip: string | null;
  requestId: string;
};

/** Who is asking, and which of its tokens a key has sent; null for a session. */
export type Identified = { principal: Principal; token: UsedToken | null };

/**
 * Who is asking. A request that carries a token, or anything in a token's place, is judged by that alone; only one
 * without is judged by the session cookie, and then a change must come from the console's own origin.
 */
export async function authenticate({ method, header, ip, requestId }: Credentials): Promise<Identified> {
  const presented = presentedToken(header);
  if (presented.kind === "token") {
    try {
      return await authenticateToken(presented.token, ip, requestId);
    } catch (error) {
      // Wrong tokens are counted per address; a good token from the same address goes on working.
      if (error instanceof AppError && error.code === "invalid_token") consume("wrong_token", limitedNetwork(ip));
      throw error;
    }
  }
  if (presented.kind === "unusable") throw unauthenticated("Send the token as: Authorization: Bearer <token>.", true);
  const secret = await readSessionSecret(header("cookie"));
  const member = secret === null ? null : await findSession(secret);
  if (!member) throw unauthenticated("Send a token as: Authorization: Bearer <token>.");
  if (method !== "GET" && method !== "HEAD") checkOrigin(header);
  return { principal: member, token: null };
}

const unauthenticated = (detail: string, unusable = false): AppError =>
  new AppError("unauthenticated", detail, { unusable });
