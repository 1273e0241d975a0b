import type { Account } from "@/lib/auth/start-session";
import type { Tx } from "@/lib/db";
import { Prisma } from "@/lib/generated/prisma/client";

/** An account at an OpenID Connect provider: the pair that never changes and is never given to anyone else. */
export type IdentityKey = { issuer: string; subject: string };

/** A member's account, held to the end of the transaction, and what it may do. */
export type HeldAccount = Account & { is_invited: boolean; has_open_invitation: boolean; is_closed: boolean };

/** Sign-ins of one identity take turns: the next one sees what this one linked. */
export async function lockIdentity(tx: Tx, { issuer, subject }: IdentityKey): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`identity:${issuer}|${subject}`}, 0))`;
}

const ACCOUNT =
  Prisma.raw(`m.id, m.name, m.organization_id, m.password_hash, m.version, m.activated_at IS NULL AS is_invited,
  EXISTS (SELECT FROM invitations v WHERE v.member_id = m.id AND v.accepted_at IS NULL AND v.expires_at > now())
    AS has_open_invitation,
  m.deactivated_at IS NOT NULL OR o.disabled_at IS NOT NULL AS is_closed`);
const MEMBERS = Prisma.raw("members m JOIN organizations o ON o.id = m.organization_id");

/** The member that this identity was linked to, or null. */
export async function holdLinkedMember(tx: Tx, { issuer, subject }: IdentityKey): Promise<HeldAccount | null> {
  const [row] = await tx.$queryRaw<HeldAccount[]>`
    SELECT ${ACCOUNT} FROM ${MEMBERS} JOIN member_identities i ON i.member_id = m.id
    WHERE i.provider = ${issuer} AND i.subject = ${subject} FOR UPDATE OF m`;
  return row ?? null;
}

/** The member with this e-mail, or null. */
export async function holdMemberByEmail(tx: Tx, email: string): Promise<HeldAccount | null> {
  const [row] = await tx.$queryRaw<HeldAccount[]>`
    SELECT ${ACCOUNT} FROM ${MEMBERS} WHERE m.email = ${email} FOR UPDATE OF m`;
  return row ?? null;
}

export async function linkIdentity(tx: Tx, { issuer, subject }: IdentityKey, memberId: string): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO member_identities (provider, subject, member_id) VALUES (${issuer}, ${subject}, ${memberId})`;
}

/** Makes an invited member active without a password, and their open invitation links used. */
export async function activateWithoutPassword(tx: Tx, account: HeldAccount, name: string): Promise<HeldAccount> {
  await tx.$executeRaw`
    UPDATE members SET name = ${name}, activated_at = now(), updated_at = now(), version = version + 1
    WHERE id = ${account.id}`;
  await tx.$executeRaw`
    UPDATE invitations SET accepted_at = now() WHERE member_id = ${account.id} AND accepted_at IS NULL`;
  return { ...account, name, version: account.version + 1, is_invited: false };
}
