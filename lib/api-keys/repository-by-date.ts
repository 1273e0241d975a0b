import { visibleTo } from "@/lib/api-keys/repository";
import type { RevokeByDate } from "@/lib/api-keys/revoke-by-date-schema";
import { fromUnixSeconds } from "@/lib/clock";
import { getDb } from "@/lib/db";
import { Prisma } from "@/lib/generated/prisma/client";
import type { Principal } from "@/lib/principal";

export type MatchingKey = { id: string; name: string; token_preview: string };
type Moments = Omit<RevokeByDate, "dry_run">;

/**
 * The visible keys that are not revoked and that all of the given moments name: how many, and the first `limit`. Those that a region should rather keep come last: after a moment, the oldest; before one, the newest.
 */
export async function findKeysByDate(
  principal: Principal,
  { issued_after, issued_before, changed_after }: Moments,
  limit: number,
): Promise<{ total: number; keys: MatchingKey[] }> {
  const issuedAfter = dateOf(issued_after);
  const issuedBefore = dateOf(issued_before);
  const changedAfter = dateOf(changed_after);
  const oldestFirst = issuedAfter === null && changedAfter === null;
  const rows = await getDb().prisma.$queryRaw<(MatchingKey & { total: number })[]>`
    SELECT k.id, k.name, k.token_preview, count(*) OVER ()::int AS total FROM api_keys k
    WHERE ${visibleTo(principal)} AND k.revoked_at IS NULL
      AND (${changedAfter}::timestamptz IS NULL OR k.updated_at >= ${changedAfter}::timestamptz)
      AND (${issuedAfter ?? issuedBefore}::timestamptz IS NULL OR EXISTS (
        SELECT FROM token_digests d WHERE d.api_key_id = k.id AND (d.ends_at IS NULL OR d.ends_at > now())
          AND (${issuedAfter}::timestamptz IS NULL OR d.created_at >= ${issuedAfter}::timestamptz)
          AND (${issuedBefore}::timestamptz IS NULL OR d.created_at < ${issuedBefore}::timestamptz)))
    ORDER BY k.created_at ${oldestFirst ? Prisma.sql`ASC` : Prisma.sql`DESC`}, k.id
    LIMIT ${limit}`;
  return { total: rows[0]?.total ?? 0, keys: rows.map(({ total: _, ...key }) => key) };
}

const dateOf = (seconds: number | undefined): Date | null => (seconds === undefined ? null : fromUnixSeconds(seconds));
