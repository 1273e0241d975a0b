import { getDb, type Tx } from "@/lib/db";
import type { OrganizationId } from "@/lib/ids";

// Any constant serves: it names the lock that makes "is there a user yet?" and "make the first one" one step.
const FIRST_RUN_LOCK = 7_142_001;

export async function lockFirstRun(tx: Tx): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${FIRST_RUN_LOCK}::bigint)`;
}

export async function anyMember(tx?: Tx): Promise<boolean> {
  const found = await (tx ?? getDb().prisma).member.findFirst({ select: { id: true } });
  return found !== null;
}

export async function insertOrganization(tx: Tx, row: { id: OrganizationId; name: string }): Promise<void> {
  await tx.organization.createMany({ data: [row] });
}

export async function insertOwner(
  tx: Tx,
  row: { id: string; organization_id: OrganizationId; name: string; email: string; password_hash: string },
): Promise<void> {
  await tx.member.createMany({ data: [{ ...row, role: "owner", activated_at: new Date() }] });
}

/** True if this call is the one that marked it; the row's lock makes two at once take turns. */
export async function markBootstrapped(tx: Tx, organizationId: OrganizationId): Promise<boolean> {
  const { count } = await tx.organization.updateMany({
    where: { id: organizationId, bootstrapped_at: null },
    data: { bootstrapped_at: new Date() },
  });
  return count === 1;
}
