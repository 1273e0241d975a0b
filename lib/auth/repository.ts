import { createHash } from "node:crypto";
import { matchesIpRules } from "@/lib/api-keys/ip-rules";
import { keyStatus } from "@/lib/api-keys/status";
import { scopesFromStorage } from "@/lib/api-keys/stored-scopes";
import { type Attempt, attempt } from "@/lib/attempt";
import type { RequestContext } from "@/lib/context";
import { getDb, type Tx } from "@/lib/db";
import { AppError } from "@/lib/errors";
import { Prisma } from "@/lib/generated/prisma/client";
import type { OrganizationId } from "@/lib/ids";
import { ACCOUNT_PERMISSIONS } from "@/lib/organizations/catalogue";
import { padded } from "@/lib/postgres/padded";
import type { Environment, KeyPrincipal, MemberPrincipal, Principal, Role, Scope } from "@/lib/principal";

/** The principal as the database holds it at this moment of the transaction, and that moment by its clock. */
export type Fresh = { principal: Principal; now: Date };

type KeyRow = {
  id: string;
  name: string;
  organization_id: string;
  environment: Environment;
  region_id: string;
  permissions: string[];
  /** Null when they cannot be read. */
  scopes: Scope[] | null;
  all_subaccounts: boolean;
  allowed_subaccounts: string[];
  allowed_ips: string[];
  expires_at: Date | null;
  disabled_at: Date | null;
  revoked_at: Date | null;
  organization_disabled_at: Date | null;
  now: Date;
};
const OF_THE_ACCOUNT = ACCOUNT_PERMISSIONS.map(({ id }) => `'${id}'`).join(", ");

// A permission counts only while the catalogue holds it: judged here, in the one statement that authenticates, so
// that an edit of the catalogue is in force at the next request. The same as `effectivePermissions`.
export const EFFECTIVE_PERMISSIONS = `ARRAY(
    SELECT p FROM unnest(k.permissions) WITH ORDINALITY AS held(p, position)
    WHERE p IN (${OF_THE_ACCOUNT}) OR EXISTS (
      SELECT 1 FROM products c
      WHERE c.organization_id = k.organization_id AND c.id = split_part(p, ':', 1) AND split_part(p, ':', 2) = ANY (c.actions))
    ORDER BY position
  )`;

const KEY_COLUMNS = `
  k.id, k.name, k.organization_id, k.environment::text AS environment, k.region_id, k.scopes, k.all_subaccounts,
  k.allowed_subaccounts, k.allowed_ips, k.expires_at, k.disabled_at, k.revoked_at,
  o.disabled_at AS organization_disabled_at, now() AS now, ${EFFECTIVE_PERMISSIONS} AS permissions`;

/** A usable key's row as a principal; null when revoked, expired, disabled or of a disabled organization. */
export function keyPrincipalOf(row: KeyRow): KeyPrincipal | null {
  const { scopes } = row;
  if (keyStatus(row, row.now) !== "active" || row.organization_disabled_at !== null || scopes === null) return null;
  return {
    type: "api_key",
    id: row.id,
    name: row.name,
    organization_id: row.organization_id as OrganizationId,
    environment: row.environment,
    region_id: row.region_id,
    permissions: row.permissions,
    scopes,
    all_subaccounts: row.all_subaccounts,
    allowed_subaccounts: row.allowed_subaccounts,
    allowed_ips: row.allowed_ips,
    expires_at: row.expires_at,
  };
}

type MemberRow = {
  id: string;
  name: string;
  email: string;
  organization_id: string;
  organization_name: string;
  role: Role;
  session_id: string;
  limit_permissions: boolean;
  permissions: string[];
  limit_subaccounts: boolean;
  subaccounts: string[];
  bootstrapped: boolean;
  stale: boolean;
  now: Date;
};

const MEMBER_COLUMNS = `
  m.id, m.name, m.email, m.organization_id, o.name AS organization_name, m.role::text AS role, s.id AS session_id,
  m.limit_permissions, m.permissions, m.limit_subaccounts, m.subaccounts,
  o.bootstrapped_at IS NOT NULL AS bootstrapped, s.last_seen_at < now() - interval '1 minute' AS stale, now() AS now`;
const MEMBER_TABLES = `sessions s JOIN members m ON m.id = s.member_id JOIN organizations o ON o.id = m.organization_id`;
/** A session `s` that has not ended: 60 minutes idle, 12 hours at most (`expires_at`), judged at every request. */
export const LIVE_SESSION =
  "s.ended_at IS NULL AND s.expires_at > now() AND s.last_seen_at > now() - interval '60 minutes'";
const MEMBER_USABLE = `
  ${LIVE_SESSION}
  AND m.deactivated_at IS NULL AND m.activated_at IS NOT NULL AND o.disabled_at IS NULL`;

const FIND_SESSION = {
  name: "latchkey_find_session",
  text: `SELECT ${MEMBER_COLUMNS} FROM ${MEMBER_TABLES} WHERE s.secret_digest = $1 AND ${MEMBER_USABLE}`,
};

export const sessionDigest = (secret: string): Buffer => createHash("sha256").update(secret).digest();

/** The member behind a session secret, or null if the session is over in any way. Notes activity once a minute. */
export async function findSession(secret: string): Promise<MemberPrincipal | null> {
  const { pool } = getDb();
  const { rows } = await pool.query<MemberRow>({ ...FIND_SESSION, values: [sessionDigest(secret)] });
  const row = rows[0];
  if (!row) return null;
  if (row.stale) await pool.query("UPDATE sessions SET last_seen_at = now() WHERE id = $1", [row.session_id]);
  return memberPrincipalOf(row);
}

function memberPrincipalOf(row: MemberRow): MemberPrincipal {
  return {
    type: "user",
    id: row.id,
    name: row.name,
    email: row.email,
    organization_id: row.organization_id as OrganizationId,
    organization_name: row.organization_name,
    role: row.role,
    session_id: row.session_id,
    permissions: row.limit_permissions ? row.permissions : null,
    subaccounts: row.limit_subaccounts ? row.subaccounts : null,
    bootstrapped: row.bootstrapped,
  };
}

/**
 * Reads the principal again inside a change's transaction, in its turn: who changes this key or member takes the turn
 * alone, and so waits for us or is seen by us. Throws the same 401 or 403 that a new request would now get.
 */
export async function rereadPrincipal(tx: Tx, context: RequestContext): Promise<Fresh> {
  const { principal } = context;
  if (principal.type === "api_key") {
    const [row] = await selectKeyRows(tx, [principal.id]);
    return freshKey(row, context);
  }
  const [row] = await tx.$queryRaw<MemberRow[]>`
    SELECT ${Prisma.raw(MEMBER_COLUMNS)} FROM ${Prisma.raw(MEMBER_TABLES)}
    WHERE s.id = ${principal.session_id} AND ${Prisma.raw(MEMBER_USABLE)}`;
  if (!row) throw new AppError("unauthenticated", "The session has ended. Sign in again.");
  return { principal: memberPrincipalOf(row), now: row.now };
}

/** As `rereadPrincipal`, for many keys in one statement: each with its own refusal. */
export async function rereadKeys(tx: Tx, contexts: readonly RequestContext[]): Promise<Attempt<Fresh>[]> {
  const rows = await selectKeyRows(tx, [...new Set(contexts.map(({ principal }) => principal.id))]);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return Promise.all(contexts.map((context) => attempt(() => freshKey(byId.get(context.principal.id), context))));
}

type StoredKeyRow = Omit<KeyRow, "scopes"> & { scopes: unknown };

const selectKeyRows = (tx: Tx, ids: string[]): Promise<StoredKeyRow[]> =>
  tx.$queryRaw<StoredKeyRow[]>`
    SELECT ${Prisma.raw(KEY_COLUMNS)} FROM api_keys k JOIN organizations o ON o.id = k.organization_id
    WHERE k.id IN (${Prisma.join(padded(ids))})`;

function freshKey(row: StoredKeyRow | undefined, { ip }: RequestContext): Fresh {
  const fresh = row && keyPrincipalOf({ ...row, scopes: scopesFromStorage(row.scopes) });
  if (!row || !fresh) throw new AppError("invalid_token", "The token is not valid.");
  if (!matchesIpRules(fresh.allowed_ips, ip)) throw ipNotAllowed();
  return { principal: fresh, now: row.now };
}

export const ipNotAllowed = (): AppError =>
  new AppError("ip_not_allowed", "This key may not be used from the address that the request came from.");
