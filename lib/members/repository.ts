import { refusingDuplicates } from "@/lib/conflict";
import { assignments, columnsOf, getDb, only, type Queries, type Tx } from "@/lib/db";
import { type Member, Prisma } from "@/lib/generated/prisma/client";
import { newId, type OrganizationId } from "@/lib/ids";
import { byCreation, createdAfter, OLDEST_FIRST, readPage } from "@/lib/pages";
import type { Page, PageQuery } from "@/lib/paging";

/** A member's row without the password's hash, which nothing here may read. */
export type MemberRow = Omit<Member, "password_hash">;

const omit = { password_hash: true } as const;
const { password_hash: _, ...readable } = Prisma.MemberScalarFieldEnum;
const COLUMNS = columnsOf(readable);

export function selectMembers(organization_id: OrganizationId, page: PageQuery): Promise<Page<MemberRow>> {
  const { member } = getDb().prisma;
  return readPage(page, {
    scope: `members:${organization_id}`,
    position: byCreation,
    read: (after, take) =>
      member.findMany({ where: { organization_id, ...createdAfter(after) }, omit, orderBy: OLDEST_FIRST, take }),
    count: () => member.count({ where: { organization_id } }),
  });
}

export async function findMember(organization_id: OrganizationId, id: string, tx?: Tx): Promise<MemberRow | null> {
  const queries: Queries = tx ?? getDb().prisma;
  const [row] = await queries.$queryRaw<MemberRow[]>`
    SELECT ${COLUMNS} FROM members WHERE organization_id = ${organization_id} AND id = ${id}`;
  return row ?? null;
}

/**
 * Holds a member and their sessions alone to the end of the transaction. Sessions first: that is the order in which a
 * change that they are making themselves holds the two. Whose member it is, `findMember` judges afterwards.
 */
export async function lockMember(tx: Tx, id: string): Promise<void> {
  await Promise.all([
    tx.$executeRaw`SELECT FROM sessions WHERE member_id = ${id} AND ended_at IS NULL ORDER BY id FOR UPDATE`,
    tx.$executeRaw`SELECT FROM members WHERE id = ${id} FOR UPDATE`,
  ]);
}

/** Makes decisions about the organization's last owner take turns. Creating keys and members goes on meanwhile. */
export async function lockOwners(tx: Tx, organizationId: OrganizationId): Promise<void> {
  await tx.$executeRaw`SELECT FROM organizations WHERE id = ${organizationId} FOR NO KEY UPDATE`;
}

/** The organization's owners who can sign in, other than `id`. */
export async function countOtherActiveOwners(tx: Tx, organization_id: OrganizationId, id: string): Promise<number> {
  const [row] = await tx.$queryRaw<{ others: number }[]>`
    SELECT count(*)::int AS others FROM members
    WHERE organization_id = ${organization_id} AND role = 'owner' AND id <> ${id}
      AND activated_at IS NOT NULL AND deactivated_at IS NULL`;
  return row?.others ?? 0;
}

export type NewMember = Pick<
  MemberRow,
  "email" | "name" | "role" | "limit_permissions" | "permissions" | "limit_subaccounts" | "subaccounts" | "created_at"
> & { organization_id: OrganizationId };

/** Makes a member who is invited. Throws 409 `name_taken`, the same whatever organization the e-mail belongs to. */
export function insertMember(tx: Tx, row: NewMember): Promise<MemberRow> {
  const detail = "This e-mail address belongs to a member already. Each address has one account on this instance.";
  return refusingDuplicates("/email", detail, async () =>
    only(
      await tx.$queryRaw<MemberRow[]>`
        INSERT INTO members (id, organization_id, email, name, role, limit_permissions, permissions, limit_subaccounts,
          subaccounts, created_at, updated_at)
        VALUES (${newId("usr")}, ${row.organization_id}, ${row.email}, ${row.name}, ${row.role}::"Role",
          ${row.limit_permissions}, ${row.permissions}, ${row.limit_subaccounts}, ${row.subaccounts}, ${row.created_at},
          ${row.created_at})
        RETURNING ${COLUMNS}`,
    ),
  );
}

export type MemberChange = Partial<
  Pick<
    MemberRow,
    "name" | "role" | "limit_permissions" | "permissions" | "limit_subaccounts" | "subaccounts" | "deactivated_at"
  >
>;

/** Changes a member that the caller holds locked, and moves the version on. */
export async function changeMember(tx: Tx, row: MemberRow, now: Date, change: MemberChange): Promise<MemberRow> {
  return only(
    await tx.$queryRaw<MemberRow[]>`
      UPDATE members SET ${assignments({ ...change, updated_at: now })}, version = version + 1
      WHERE organization_id = ${row.organization_id} AND id = ${row.id} RETURNING ${COLUMNS}`,
  );
}

/** Ends every session of the member: their next request anywhere is signed out. */
export async function endSessions(tx: Tx, memberId: string): Promise<void> {
  await tx.$executeRaw`UPDATE sessions SET ended_at = now() WHERE member_id = ${memberId} AND ended_at IS NULL`;
}

/** Removes the member with their sessions, identities and invitations. Keys stay: they are the organization's. */
export async function removeMember(tx: Tx, organization_id: OrganizationId, id: string): Promise<void> {
  await tx.$executeRaw`DELETE FROM members WHERE organization_id = ${organization_id} AND id = ${id}`;
}
