import { notFound } from "next/navigation";
import { cache } from "react";
import { requireMember } from "@/app/session";
import { lastActiveKeys, lastUsedFrom } from "@/lib/api-keys/operations/list";
import { getApiKey } from "@/lib/api-keys/operations/read";
import { listAuditEvents } from "@/lib/audit/operations";
import { mayAccess } from "@/lib/auth/roles";
import type { RequestContext } from "@/lib/context";
import { listDecisions } from "@/lib/decisions/operations";
import { AppError } from "@/lib/errors";
import { getTokenUse, getUsage } from "@/lib/usage/operations";

/** The key of the path, revoked ones too; the page "not found" for whatever the member cannot see. */
export const loadKey = cache(async (id: string) => {
  const context = await requireMember(`/api-keys/${id}`);
  try {
    const { key } = await getApiKey(context, { params: { id }, query: { include_revoked: "true" } });
    return { context, key };
  } catch (error) {
    if (error instanceof AppError && (error.code === "not_found" || error.code === "not_bootstrapped")) notFound();
    throw error;
  }
});

type LoadedKey = Awaited<ReturnType<typeof loadKey>>["key"];
const RECENT = "20";

/** What happened with the key: how it was used, what was done to it, and why its token was refused. */
export async function loadKeyHistory(context: RequestContext, key: LoadedKey, query: Record<string, string>) {
  const mayReadLog = mayAccess(context.principal, "account:audit:read");
  const ofKey = { api_key_id: key.id };
  const [usage, tokenUse, events, decisions, lastActive, addresses] = await Promise.all([
    getUsage(context, { query: { ...query, ...ofKey } }),
    key.grace_period_ends_at === null
      ? null
      : getTokenUse(context, { query: { ...ofKey, since: startOfOverlap(key) } }),
    mayReadLog ? listAuditEvents(context, { query: { ...ofKey, limit: RECENT } }) : null,
    mayReadLog ? listDecisions(context, { query: ofKey }) : null,
    lastActiveKeys(context, { body: { ids: [key.id] } }),
    lastUsedFrom(context, { body: { ids: [key.id] } }),
  ]);
  return { usage, tokenUse, events, decisions, lastActive, addresses };
}

const startOfOverlap = ({ regenerated_at, created_at }: LoadedKey): number => regenerated_at ?? created_at;
