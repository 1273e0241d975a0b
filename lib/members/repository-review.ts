import { API_KEY_COLUMNS, type ApiKeyRow, IS_ACTIVE, NO_OTHER_IS_ACTIVE, visibleTo } from "@/lib/api-keys/repository";
import { getDb, type Tx } from "@/lib/db";
import { Prisma } from "@/lib/generated/prisma/client";
import { type Position, readPage } from "@/lib/pages";
import type { Page, PageQuery } from "@/lib/paging";
import type { MemberPrincipal } from "@/lib/principal";

/** Why a key is worth a look: its maker is gone, is switched off, or could not make it any more. */
export type ReviewReason = "creator_removed" | "creator_deactivated" | "creator_demoted";
export type ReviewedKeyRow = ApiKeyRow & { reason: ReviewReason; last_active: boolean };

// What the maker may hand out today, as `reachOf` says it for a session: a viewer nothing; a developer no permission
// of the account unless their own list names it; who is limited, nothing beyond the limit.
const REASON = Prisma.sql`CASE
  WHEN m.id IS NULL THEN 'creator_removed'
  WHEN m.deactivated_at IS NOT NULL THEN 'creator_deactivated'
  WHEN m.role = 'viewer'
    OR (m.limit_permissions AND NOT k.permissions <@ m.permissions)
    OR (m.limit_subaccounts AND (k.all_subaccounts OR NOT k.allowed_subaccounts <@ m.subaccounts))
    OR (m.role = 'developer' AND NOT m.limit_permissions
      AND EXISTS (SELECT FROM unnest(k.permissions) AS p WHERE p LIKE 'account:%'))
  THEN 'creator_demoted' END`;

// A decision holds until something else happens to the maker. A maker who was removed comes to nothing more.
const IS_DECIDED = Prisma.sql`coalesce(k.kept_at >= CASE
  WHEN m.id IS NULL THEN k.kept_at
  WHEN m.deactivated_at IS NOT NULL THEN m.deactivated_at
  ELSE m.updated_at END, false)`;

const tables = (principal: MemberPrincipal): Prisma.Sql => Prisma.sql`
  FROM api_keys k LEFT JOIN members m ON m.id = k.created_by_id AND m.organization_id = k.organization_id
  WHERE ${visibleTo(principal)} AND k.created_by_type = 'user' AND ${IS_ACTIVE} AND ${REASON} IS NOT NULL
    AND NOT ${IS_DECIDED}`;

/** The active keys whose maker could not make them today and that nobody decided to keep, oldest first. */
export function selectKeysToReview(principal: MemberPrincipal, page: PageQuery): Promise<Page<ReviewedKeyRow>> {
  const { prisma } = getDb();
  return readPage(page, {
    scope: `keys-to-review:${principal.organization_id}`,
    position: (row: ReviewedKeyRow) => ({ at: row.created_at.getTime(), id: row.id }),
    read: (after, take) => prisma.$queryRaw<ReviewedKeyRow[]>`
      SELECT ${API_KEY_COLUMNS}, ${REASON} AS reason, ${NO_OTHER_IS_ACTIVE} AS last_active
      ${tables(principal)} AND ${since(after)} ORDER BY k.created_at, k.id LIMIT ${take}`,
    count: async () => {
      const [row] = await prisma.$queryRaw<{ count: number }[]>`SELECT count(*)::int AS count ${tables(principal)}`;
      return row?.count ?? 0;
    },
  });
}

function since(after: Position | null): Prisma.Sql {
  if (after === null) return Prisma.sql`true`;
  return Prisma.sql`(k.created_at, k.id) > (${new Date(after.at)}::timestamptz, ${after.id}::text)`;
}

/** Why a key is on the list, or null if it is not. */
export async function reasonToReview(tx: Tx, principal: MemberPrincipal, id: string): Promise<ReviewReason | null> {
  const [row] = await tx.$queryRaw<{ reason: ReviewReason }[]>`
    SELECT ${REASON} AS reason ${tables(principal)} AND k.id = ${id}`;
  return row?.reason ?? null;
}

/** Takes a key off the list. It is no other key by that: its version stays. */
export async function keepKey(tx: Tx, id: string): Promise<void> {
  await tx.$executeRaw`UPDATE api_keys SET kept_at = clock_timestamp() WHERE id = ${id}`;
}
