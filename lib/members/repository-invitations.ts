import type { Tx } from "@/lib/db";
import { getDb } from "@/lib/db";
import { Prisma } from "@/lib/generated/prisma/client";
import { newId } from "@/lib/ids";

const VALID_DAYS = 7;

/** Stores the digest of a new link, valid for 7 days, in place of the member's older open ones. Returns its end. */
export async function replaceInvitation(tx: Tx, memberId: string, digest: Buffer): Promise<Date> {
  await withdrawInvitations(tx, memberId);
  const [row] = await tx.$queryRaw<{ expires_at: Date }[]>`
    INSERT INTO invitations (id, member_id, token_digest, expires_at)
    VALUES (${newId("inv")}, ${memberId}, ${digest}, now() + make_interval(days => ${VALID_DAYS}::int))
    RETURNING expires_at`;
  if (!row) throw new Error("The invitation was not stored.");
  return row.expires_at;
}

const OPEN = `i.accepted_at IS NULL AND i.expires_at > now() AND m.activated_at IS NULL AND m.deactivated_at IS NULL
  AND o.disabled_at IS NULL`;

/** The member that a link would turn into an active one, or null. Links are no one's tenant: the digest is the claim. */
export async function findOpenInvitation(
  digest: Buffer,
): Promise<{ member_id: string; email: string; organization_name: string } | null> {
  const { rows } = await getDb().pool.query<{ member_id: string; email: string; organization_name: string }>(
    `SELECT m.id AS member_id, m.email, o.name AS organization_name
     FROM invitations i JOIN members m ON m.id = i.member_id JOIN organizations o ON o.id = m.organization_id
     WHERE i.token_digest = $1 AND ${OPEN}`,
    [digest],
  );
  return rows[0] ?? null;
}

/**
 * Judges the link again while its member's row is locked. If the member was invited anew or deactivated first, the link
 * is not open any more.
 */
export async function lockOpenInvitation(
  tx: Tx,
  memberId: string,
  digest: Buffer,
): Promise<{ id: string; name: string; organization_id: string } | null> {
  await tx.$executeRaw`SELECT FROM members WHERE id = ${memberId} FOR UPDATE`;
  const [row] = await tx.$queryRaw<{ id: string; name: string; organization_id: string }[]>`
    SELECT m.id, m.name, m.organization_id
    FROM invitations i JOIN members m ON m.id = i.member_id JOIN organizations o ON o.id = m.organization_id
    WHERE m.id = ${memberId} AND i.token_digest = ${digest} AND ${Prisma.raw(OPEN)}`;
  return row ?? null;
}

/** Makes the member active and the link used. */
export async function activate(
  tx: Tx,
  member: { id: string; digest: Buffer; name: string; password_hash: string },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE members SET name = ${member.name}, password_hash = ${member.password_hash}, activated_at = now(),
      updated_at = now(), version = version + 1
    WHERE id = ${member.id}`;
  await tx.$executeRaw`UPDATE invitations SET accepted_at = now() WHERE token_digest = ${member.digest}`;
}

/** Ends a member's open invitations: their links never work again. */
export async function withdrawInvitations(tx: Tx, memberId: string): Promise<void> {
  await tx.$executeRaw`DELETE FROM invitations WHERE member_id = ${memberId} AND accepted_at IS NULL`;
}
