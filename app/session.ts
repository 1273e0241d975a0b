import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import { findSession } from "@/lib/auth/repository";
import { readSessionSecret } from "@/lib/auth/session-cookie";
import type { RequestContext } from "@/lib/context";
import { getEnv } from "@/lib/env";
import { clientAddress, peerFromHeader } from "@/lib/http/client-address";
import { newId } from "@/lib/ids";
import type { MemberPrincipal } from "@/lib/principal";

/** The signed-in member's context for a page, or null. Read once per request, from the session's row. */
export const currentMember = cache(async (): Promise<RequestContext<MemberPrincipal> | null> => {
  const sent = await headers();
  const secret = await readSessionSecret(sent.get("cookie") ?? undefined);
  const principal = secret === null ? null : await findSession(secret);
  if (!principal) return null;
  const ip = clientAddress(
    peerFromHeader(sent.get("x-latchkey-peer")),
    sent.get("x-forwarded-for"),
    getEnv().trustedProxies,
  );
  return { principal, ip, requestId: newId("req") };
});

/** The same for pages that need a member: signed-out visitors go to the sign-in page and come back to `path` after. */
export async function requireMember(path = "/api-keys"): Promise<RequestContext<MemberPrincipal>> {
  const context = await currentMember();
  if (!context) redirect(`/sign-in?next=${encodeURIComponent(path)}`);
  return context;
}
