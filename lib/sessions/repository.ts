import { LIVE_SESSION } from "@/lib/auth/repository";
import { getDb, type Tx } from "@/lib/db";
import { Prisma } from "@/lib/generated/prisma/client";
import type { MemberPrincipal } from "@/lib/principal";

export type SessionRow = {
  id: string;
  ip: string | null;
  user_agent: string | null;
  created_at: Date;
  last_seen_at: Date;
  expires_at: Date;
  total: number;
};

const MAX_LISTED = 100;

const LIVE = Prisma.raw(LIVE_SESSION);

/** The member's live sessions: their own present one first, then the latest used. Each row says how many there are. */
export function selectSessions({ id, session_id }: MemberPrincipal): Promise<SessionRow[]> {
  return getDb().prisma.$queryRaw<SessionRow[]>`
    SELECT id, ip, user_agent, created_at, last_seen_at, expires_at, (count(*) OVER ())::int AS total
    FROM sessions s WHERE member_id = ${id} AND ${LIVE}
    ORDER BY id = ${session_id} DESC, last_seen_at DESC, id LIMIT ${MAX_LISTED}`;
}

/** Ends one live session of the member; false if there is none of this id. */
export async function endSession(tx: Tx, memberId: string, id: string): Promise<boolean> {
  const count = await tx.$executeRaw`
    UPDATE sessions s SET ended_at = now() WHERE id = ${id} AND member_id = ${memberId} AND ${LIVE}`;
  return count === 1;
}

/** Ends every session of the member but the one given. Returns how many were still alive. */
export async function endOtherSessions(tx: Tx, memberId: string, sessionId: string): Promise<number> {
  const [row] = await tx.$queryRaw<{ ended: number }[]>`
    WITH others AS (
      SELECT id, (${LIVE}) AS alive FROM sessions s
      WHERE member_id = ${memberId} AND id <> ${sessionId} AND ended_at IS NULL
    ), ending AS (
      UPDATE sessions s SET ended_at = now() FROM others o WHERE s.id = o.id RETURNING o.alive
    ) SELECT count(*) FILTER (WHERE alive)::int AS ended FROM ending`;
  return row?.ended ?? 0;
}

/** The stored hash of the member's password; null if they sign in through a provider alone. */
export async function findPasswordHash(memberId: string): Promise<string | null> {
  const { rows } = await getDb().pool.query<{ password_hash: string | null }>(
    "SELECT password_hash FROM members WHERE id = $1",
    [memberId],
  );
  return rows[0]?.password_hash ?? null;
}

/** Replaces the password's hash if it is still the one that was checked; false if another change came first. */
export async function replacePasswordHash(tx: Tx, memberId: string, checked: string, next: string): Promise<boolean> {
  const count = await tx.$executeRaw`
    UPDATE members SET password_hash = ${next}, updated_at = now(), version = version + 1
    WHERE id = ${memberId} AND password_hash = ${checked}`;
  return count === 1;
}
