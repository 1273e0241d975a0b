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
import { readForPage } from "@/lib/server/page-request";

/** The signed-in member's context for a page, or null. Read once per request, from the session's row. */
export const currentMember = cache(async (): Promise<RequestContext<MemberPrincipal> | null> => {
  const sent = await headers();
  const secret = await readSessionSecret(sent.get("cookie") ?? undefined);
  const principal = secret === null ? null : await readForPage(() => findSession(secret));
  if (!principal) return null;
  const ip = clientAddress(
    peerFromHeader(sent.get("x-latchkey-peer")),
    sent.get("x-forwarded-for"),
    getEnv().trustedProxies,
  );
  return { principal, ip, requestId: newId("req") };
});

/**
 * The same for pages that need a member: signed-out visitors go to the sign-in page and after it to the page they asked
 * for, with its filters; to `path` under a host that does not say which that is.
 */
export async function requireMember(path = "/api-keys"): Promise<RequestContext<MemberPrincipal>> {
  const context = await currentMember();
  if (!context) redirect(`/sign-in?next=${encodeURIComponent((await askedFor()) ?? path)}`);
  return context;
}

/** A layout does not learn its page's address from Next: server.ts says it. */
async function askedFor(): Promise<string | null> {
  const target = (await headers()).get("x-latchkey-target");
  if (target === null || !URL.canParse(target, getEnv().url)) return null;
  const { pathname, searchParams } = new URL(target, getEnv().url);
  // Next's own mark on what its client fetches.
  searchParams.delete("_rsc");
  return searchParams.size > 0 ? `${pathname}?${searchParams}` : pathname;
}
