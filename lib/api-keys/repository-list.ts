import type { SORTS } from "@/lib/api-keys/list-query";
import { API_KEY_COLUMNS, type ApiKeyRow, IS_ACTIVE, NO_OTHER_IS_ACTIVE, visibleTo } from "@/lib/api-keys/repository";
import type { KeyStatus } from "@/lib/api-keys/status";
import { getDb, selectPlanned } from "@/lib/db";
import { Prisma } from "@/lib/generated/prisma/client";
import type { OrganizationId } from "@/lib/ids";
import type { Environment, Principal } from "@/lib/principal";

export type KeyFilter = {
  status: readonly KeyStatus[];
  environment?: Environment | undefined;
  region_id?: string | undefined;
  search?: string | undefined;
  created_by?: string | undefined;
  /** Seconds from now. */
  expires_within?: number | undefined;
  /** Seconds before now. */
  unused_for?: number | undefined;
};
type Sort = (typeof SORTS)[number];
type Page = { sort: Sort; after: readonly string[] | null; limit: number };

/** `sort_key` is the value that the list is ordered by, as text: what a cursor keeps. */
export type ListedKeyRow = ApiKeyRow & { sort_key: string };

// A key that never expires comes after all that do; one that was never used, before all that were.
const SORT_KEYS = {
  created_at: { expression: Prisma.sql`k.created_at`, type: Prisma.sql`timestamptz` },
  name: { expression: Prisma.sql`lower(k.name)`, type: Prisma.sql`text` },
  expires_at: {
    expression: Prisma.sql`coalesce(k.expires_at, 'infinity'::timestamptz)`,
    type: Prisma.sql`timestamptz`,
  },
  last_used_at: {
    expression: Prisma.sql`coalesce(k.last_used_at, '-infinity'::timestamptz)`,
    type: Prisma.sql`timestamptz`,
  },
} as const;

/** One page of visible keys that match, from after the given place. */
export function selectKeyPage(
  principal: Principal,
  filter: KeyFilter,
  { sort, after, limit }: Page,
): Promise<ListedKeyRow[]> {
  const descending = sort.startsWith("-");
  const { expression, type } = SORT_KEYS[(descending ? sort.slice(1) : sort) as keyof typeof SORT_KEYS];
  const [direction, comparison] = descending ? [Prisma.sql`DESC`, Prisma.sql`<`] : [Prisma.sql`ASC`, Prisma.sql`>`];
  const conditions = conditionsOf(filter);
  if (after) conditions.push(Prisma.sql`(${expression}, k.id) ${comparison} (${after[0]}::${type}, ${after[1]}::text)`);
  return selectPlanned<ListedKeyRow>(Prisma.sql`
    SELECT ${API_KEY_COLUMNS}, (${expression})::text AS sort_key FROM api_keys k
    WHERE ${Prisma.join([visibleTo(principal), ...conditions], " AND ")}
    ORDER BY ${expression} ${direction}, k.id ${direction} LIMIT ${limit}`);
}

/** How many visible keys match. */
export async function countKeys(principal: Principal, filter: KeyFilter): Promise<number> {
  const [row] = await selectPlanned<{ count: number }>(Prisma.sql`
    SELECT count(*)::int AS count FROM api_keys k
    WHERE ${Prisma.join([visibleTo(principal), ...conditionsOf(filter)], " AND ")}`);
  return row?.count ?? 0;
}

// The SQL twin of `keyStatus`; a test holds the two against each other.
const HAS_STATUS: Record<KeyStatus, Prisma.Sql> = {
  revoked: Prisma.sql`k.revoked_at IS NOT NULL`,
  expired: Prisma.sql`(k.revoked_at IS NULL AND k.expires_at <= now())`,
  disabled: Prisma.sql`(k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now()) AND k.disabled_at IS NOT NULL)`,
  active: IS_ACTIVE,
};

function conditionsOf(filter: KeyFilter): Prisma.Sql[] {
  const { status, environment, region_id, search, created_by, expires_within, unused_for } = filter;
  const conditions = [
    Prisma.sql`(${Prisma.join(
      status.map((one) => HAS_STATUS[one]),
      " OR ",
    )})`,
  ];
  if (environment) conditions.push(Prisma.sql`k.environment = ${environment}::"Environment"`);
  if (region_id) conditions.push(Prisma.sql`k.region_id = ${region_id}`);
  if (search) conditions.push(Prisma.sql`lower(k.name) LIKE lower(${likePattern(search)})`);
  if (created_by) conditions.push(Prisma.sql`k.created_by_id = ${created_by}`);
  // Both spelled as the sort keys are, whose indexes then serve them.
  if (expires_within !== undefined)
    conditions.push(IS_ACTIVE, Prisma.sql`${SORT_KEYS.expires_at.expression} <= now() + ${interval(expires_within)}`);
  if (unused_for !== undefined)
    conditions.push(
      Prisma.sql`${SORT_KEYS.last_used_at.expression} < now() - ${interval(unused_for)}`,
      Prisma.sql`k.created_at < now() - ${interval(unused_for)}`,
    );
  return conditions;
}

const interval = (seconds: number): Prisma.Sql => Prisma.sql`make_interval(secs => ${seconds}::float8)`;

/** A pattern that matches `text` literally, anywhere. */
const likePattern = (text: string): string => `%${text.replaceAll(/[\\%_]/g, "\\$&")}%`;

/** Of `ids`, the active keys whose region has no other active one. */
export async function keysThatAreLastActive(organizationId: OrganizationId, ids: readonly string[]): Promise<string[]> {
  const rows = await getDb().prisma.$queryRaw<{ id: string }[]>`
    SELECT k.id FROM api_keys k
    WHERE k.organization_id = ${organizationId} AND k.id = ANY (${ids}::text[]) AND ${IS_ACTIVE}
      AND ${NO_OTHER_IS_ACTIVE}`;
  return rows.map((row) => row.id);
}

/** Key id → address of its last use, where one is stored. Keys that the principal cannot see are left out. */
export async function lastUseAddresses(principal: Principal, ids: readonly string[]): Promise<Record<string, string>> {
  const rows = await getDb().prisma.$queryRaw<{ id: string; last_used_ip: string }[]>`
    SELECT k.id, k.last_used_ip FROM api_keys k
    WHERE k.id = ANY (${ids}::text[]) AND k.last_used_ip IS NOT NULL AND ${visibleTo(principal)}`;
  return Object.fromEntries(rows.map((row) => [row.id, row.last_used_ip]));
}
