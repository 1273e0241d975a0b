import { ANONYMOUS } from "@/lib/audit/actions";
import type { AuditChanges } from "@/lib/audit/entry";
import { recordDenied } from "@/lib/audit/repository";
import type { SignInRequest } from "@/lib/auth/start-session";
import { getDb } from "@/lib/db";

type Known = { id: string; name: string; organization_id: string } | null;

/**
 * Writes down who was not signed in and why; the one who tried is told neither. An unknown e-mail belongs to no
 * organization: its refusals stand in the log of the instance's first one.
 */
export async function auditRefusedSignIn(
  account: Known,
  email: string | null,
  { ip, requestId }: Omit<SignInRequest, "userAgent">,
  why: string,
  how: AuditChanges = {},
): Promise<void> {
  const organizationId = account?.organization_id ?? (await firstOrganizationId());
  if (organizationId === null) return;
  const principal = { type: "system" as const, id: ANONYMOUS, name: "Not signed in" };
  const target = { type: "member", id: account?.id ?? "", name: account?.name ?? "" };
  const changes: AuditChanges = { refused: [null, why], email: [null, email], ...how };
  await recordDenied({ organizationId, principal, ip, requestId }, { action: "member.signed_in", target, changes });
}

async function firstOrganizationId(): Promise<string | null> {
  const { rows } = await getDb().pool.query<{ id: string }>(
    "SELECT id FROM organizations ORDER BY created_at, id LIMIT 1",
  );
  return rows[0]?.id ?? null;
}
