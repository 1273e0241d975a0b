import { assignments, getDb, only, prepared, type Tx } from "@/lib/db";
import { Prisma } from "@/lib/generated/prisma/client";
import type { OrganizationId } from "@/lib/ids";
import type { Environment, Principal, Scope } from "@/lib/principal";

/** A key's row, with the end of its overlap if one is in progress and the database's time of reading it. */
export type ApiKeyRow = {
  id: string;
  organization_id: string;
  environment: Environment;
  region_id: string;
  name: string;
  description: string | null;
  permissions: string[];
  scopes: unknown;
  all_subaccounts: boolean;
  allowed_subaccounts: string[];
  allowed_ips: string[];
  expires_at: Date | null;
  disabled_at: Date | null;
  revoked_at: Date | null;
  token_preview: string;
  version: number;
  created_by_type: "user" | "api_key" | "system";
  created_by_id: string;
  created_by_name: string;
  created_at: Date;
  updated_at: Date;
  regenerated_at: Date | null;
  last_used_at: Date | null;
  last_used_ip: string | null;
  grace_period_ends_at: Date | null;
  now: Date;
};

export const API_KEY_COLUMNS = Prisma.raw(`
  k.id, k.organization_id, k.environment::text AS environment, k.region_id, k.name, k.description, k.permissions,
  k.scopes, k.all_subaccounts, k.allowed_subaccounts, k.allowed_ips, k.expires_at, k.disabled_at, k.revoked_at,
  k.token_preview, k.version, k.created_by_type::text AS created_by_type, k.created_by_id, k.created_by_name,
  k.created_at, k.updated_at, k.regenerated_at, k.last_used_at, k.last_used_ip,
  (SELECT max(least(d.ends_at, k.expires_at)) FROM token_digests d WHERE d.api_key_id = k.id
    AND d.ends_at > now() AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now()))
    AS grace_period_ends_at,
  now() AS now`);

/**
 * The keys that a principal can see: its organization's; for a key, also only its own environment and region; for who
 * is limited to subaccounts, only keys within them. Everything else is absent. A limit that the principal does not have
 * is left out of the statement: of a condition on a value that may be null PostgreSQL expects that hardly a row meets
 * it, and plans accordingly.
 */
export function visibleTo(principal: Principal): Prisma.Sql {
  const conditions = [Prisma.sql`k.organization_id = ${principal.organization_id}`];
  if (principal.type === "api_key")
    conditions.push(
      Prisma.sql`k.environment = ${principal.environment}::"Environment" AND k.region_id = ${principal.region_id}`,
    );
  const limit = subaccountLimit(principal);
  if (limit) conditions.push(Prisma.sql`NOT k.all_subaccounts AND k.allowed_subaccounts <@ ${limit}::text[]`);
  return Prisma.sql`(${Prisma.join(conditions, " AND ")})`;
}

function subaccountLimit(principal: Principal): readonly string[] | null {
  if (principal.type === "user") return principal.subaccounts;
  return principal.all_subaccounts ? null : principal.allowed_subaccounts;
}

/** One visible key, in one prepared statement, or null. */
export async function findKey(principal: Principal, id: string, includeRevoked: boolean): Promise<ApiKeyRow | null> {
  const sql = Prisma.sql`SELECT ${API_KEY_COLUMNS} FROM api_keys k
    WHERE k.id = ${id} AND ${visibleTo(principal)} AND (${includeRevoked}::boolean OR k.revoked_at IS NULL)`;
  const { rows } = await getDb().pool.query<ApiKeyRow>(prepared(sql));
  return rows[0] ?? null;
}

/** Locks a visible key's row against other changes until COMMIT and returns it, or null. */
export async function lockKey(
  tx: Tx,
  principal: Principal,
  id: string,
  includeRevoked = false,
): Promise<ApiKeyRow | null> {
  const rows = await tx.$queryRaw<ApiKeyRow[]>`SELECT ${API_KEY_COLUMNS} FROM api_keys k
    WHERE k.id = ${id} AND ${visibleTo(principal)} AND (${includeRevoked}::boolean OR k.revoked_at IS NULL)
    FOR UPDATE OF k`;
  return rows[0] ?? null;
}

export type NewKey = {
  id: string;
  organization_id: OrganizationId;
  environment: Environment;
  region_id: string;
  name: string;
  description: string | null;
  permissions: readonly string[];
  scopes: readonly Scope[];
  all_subaccounts: boolean;
  allowed_subaccounts: readonly string[];
  allowed_ips: readonly string[];
  expires_at: Date | null;
  token_preview: string;
  created_by_type: "user" | "api_key";
  created_by_id: string;
  created_by_name: string;
  created_at: Date;
  updated_at: Date;
};

/** A new key's row as `insertKeys` makes it. */
export const rowOf = ({ permissions, allowed_subaccounts, allowed_ips, ...row }: NewKey): ApiKeyRow => ({
  ...row,
  permissions: [...permissions],
  allowed_subaccounts: [...allowed_subaccounts],
  allowed_ips: [...allowed_ips],
  version: 1,
  disabled_at: null,
  revoked_at: null,
  regenerated_at: null,
  last_used_at: null,
  last_used_ip: null,
  grace_period_ends_at: null,
  now: row.created_at,
});

/** Makes the rows: one statement, however many. With COMMIT: nobody needs to wait for it. */
export function insertKeys(tx: Tx, rows: NewKey[]): void {
  tx.withCommit(Prisma.sql`
    INSERT INTO api_keys AS k (id, organization_id, environment, region_id, name, description, permissions, scopes,
      all_subaccounts, allowed_subaccounts, allowed_ips, expires_at, token_preview, created_by_type, created_by_id,
      created_by_name, created_at, updated_at)
    SELECT n.id, n.organization_id, n.environment::"Environment", n.region_id, n.name, n.description,
      ARRAY(SELECT jsonb_array_elements_text(n.permissions)), n.scopes, n.all_subaccounts,
      ARRAY(SELECT jsonb_array_elements_text(n.allowed_subaccounts)),
      ARRAY(SELECT jsonb_array_elements_text(n.allowed_ips)), n.expires_at, n.token_preview,
      n.created_by_type::"PrincipalType", n.created_by_id, n.created_by_name, n.created_at, n.updated_at
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS n (id text, organization_id text, environment text,
      region_id text, name text, description text, permissions jsonb, scopes jsonb, all_subaccounts boolean,
      allowed_subaccounts jsonb, allowed_ips jsonb, expires_at timestamptz, token_preview text, created_by_type text,
      created_by_id text, created_by_name text, created_at timestamptz, updated_at timestamptz)`);
}

export type KeyChange = Partial<
  Pick<
    ApiKeyRow,
    | "name"
    | "description"
    | "permissions"
    | "all_subaccounts"
    | "allowed_subaccounts"
    | "allowed_ips"
    | "expires_at"
    | "disabled_at"
    | "revoked_at"
    | "token_preview"
    | "regenerated_at"
  >
> & { scopes?: readonly Scope[] };

/** Changes a row that the caller holds locked, moves its version on and returns it. Never creates one. */
export const updateKey = async (tx: Tx, id: string, now: Date, change: KeyChange): Promise<ApiKeyRow> =>
  only(await tx.$queryRaw<ApiKeyRow[]>`${updateOf(id, now, change)} RETURNING ${API_KEY_COLUMNS}`);

function updateOf(id: string, now: Date, change: KeyChange): Prisma.Sql {
  const scopes = change.scopes && JSON.stringify(change.scopes);
  return Prisma.sql`
    UPDATE api_keys k SET ${assignments({ ...change, scopes, updated_at: now })}, version = version + 1
    WHERE k.id = ${id}`;
}

/** Ends a key whose row the caller holds locked. With COMMIT: nobody needs to wait for it. */
export function revokeKey(tx: Tx, id: string, now: Date): void {
  tx.withCommit(updateOf(id, now, { revoked_at: now }));
}

/** Removes a key whose row the caller holds locked. With COMMIT: nobody needs to wait for it. */
export function deleteKey(tx: Tx, id: string): void {
  tx.withCommit(Prisma.sql`DELETE FROM api_keys WHERE id = ${id}`);
}

/** Those of the organization's regions that are asked for; null: the default one. Held against deletion until COMMIT. */
export async function lockRegions(
  tx: Tx,
  organizationId: OrganizationId,
  ids: (string | null)[],
): Promise<{ id: string; is_default: boolean }[]> {
  if (ids.length === 0) return [];
  const named = [...new Set(ids.filter((id) => id !== null))];
  return tx.$queryRaw<{ id: string; is_default: boolean }[]>`
    SELECT id, is_default FROM regions
    WHERE organization_id = ${organizationId}
      AND ((${ids.includes(null)}::boolean AND is_default) OR id = ANY (${named}::text[]))
    ORDER BY id FOR KEY SHARE`;
}

/**
 * Locks a region against other last-key decisions. Says whether it must keep one active key, how many others it has,
 * and how many of those last: as long as this one, or for a day, so that a key of seconds cannot stand in.
 */
export async function lockRegionKeys(
  tx: Tx,
  key: ApiKeyRow,
): Promise<{ mustKeepOne: boolean; otherActiveKeys: number; lastingKeys: number }> {
  const locked = tx.$queryRaw<{ always_keep_one_active_key: boolean }[]>`
    SELECT always_keep_one_active_key FROM regions WHERE id = ${key.region_id} FOR NO KEY UPDATE`;
  // It counts when the lock is granted: the second statement runs, and sees, after the first.
  const counted = tx.$queryRaw<{ active: number; lasting: number }[]>`
    SELECT count(*)::int AS active, count(*) FILTER (
      WHERE k.expires_at IS NULL OR k.expires_at >= least(${key.expires_at}::timestamptz, now() + interval '1 day')
    )::int AS lasting
    FROM api_keys k
    WHERE k.region_id = ${key.region_id} AND k.id <> ${key.id} AND ${IS_ACTIVE}`;
  const [[region], [others]] = await Promise.all([locked, counted]);
  const mustKeepOne = region?.always_keep_one_active_key ?? false;
  return { mustKeepOne, otherActiveKeys: others?.active ?? 0, lastingKeys: others?.lasting ?? 0 };
}

const activeAs = (k: "k" | "o"): Prisma.Sql =>
  Prisma.raw(
    `(${k}.revoked_at IS NULL AND ${k}.disabled_at IS NULL AND (${k}.expires_at IS NULL OR ${k}.expires_at > now()))`,
  );

/** The condition that `keyStatus` calls active, for SQL. */
export const IS_ACTIVE = activeAs("k");

/** The region of `k` has no other active key than, perhaps, `k` itself. */
export const NO_OTHER_IS_ACTIVE = Prisma.sql`NOT EXISTS (
  SELECT FROM api_keys o WHERE o.region_id = k.region_id AND o.id <> k.id AND ${activeAs("o")})`;
