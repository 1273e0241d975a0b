import { createHash } from "node:crypto";
import { matchesIpRules } from "@/lib/api-keys/ip-rules";
import { keyStatus } from "@/lib/api-keys/status";
import { scopesFromStorage } from "@/lib/api-keys/stored-scopes";
import type { RequestContext } from "@/lib/context";
import { getDb } from "@/lib/db";
import { AppError } from "@/lib/errors";
import { Prisma } from "@/lib/generated/prisma/client";
import type { OrganizationId } from "@/lib/ids";
import type { Environment, KeyPrincipal, MemberPrincipal, Principal, Role } from "@/lib/principal";

/** The principal as the database holds it at this moment of the transaction, and that moment by its clock. */
export type Fresh = { principal: Principal; now: Date };

export type KeyRow = {
  id: string;
  name: string;
  organization_id: string;
  environment: Environment;
  region_id: string;
  permissions: string[];
  scopes: unknown;
  all_subaccounts: boolean;
  allowed_subaccounts: string[];
  allowed_ips: string[];
  expires_at: Date | null;
  disabled_at: Date | null;
  revoked_at: Date | null;
  organization_disabled_at: Date | null;
  now: Date;
};
/** What the database knows of a presented token, beyond its key. */
export type TokenState = {
  previous_token: boolean;
  /** The preview of the token that was presented: tells a key's tokens apart. */
  presented_preview: string;
  /** What the digest that was found is made from. */
  digest_algorithm: "hmac_sha256" | "sha256" | "sha512";
  signing_key_version: number;
};
export type TokenRow = KeyRow & TokenState;

// A permission counts only while the catalogue holds it: judged here, in the one statement that authenticates, so
// that an edit of the catalogue is in force at the next request.
export const EFFECTIVE_PERMISSIONS = `ARRAY(
    SELECT p FROM unnest(k.permissions) WITH ORDINALITY AS held(p, position)
    WHERE p LIKE 'account:%' OR EXISTS (
      SELECT 1 FROM products c
      WHERE c.organization_id = k.organization_id AND c.id = split_part(p, ':', 1) AND split_part(p, ':', 2) = ANY (c.actions))
    ORDER BY position
  )`;

export const KEY_COLUMNS = `
  k.id, k.name, k.organization_id, k.environment::text AS environment, k.region_id, k.scopes, k.all_subaccounts,
  k.allowed_subaccounts, k.allowed_ips, k.expires_at, k.disabled_at, k.revoked_at,
  o.disabled_at AS organization_disabled_at, now() AS now, ${EFFECTIVE_PERMISSIONS} AS permissions`;

const TOKEN_COLUMNS = `
  d.ends_at IS NOT NULL AS previous_token, d.token_preview AS presented_preview, d.algorithm::text AS digest_algorithm, d.signing_key_version`;

const PRESENTED_TABLES = `
  FROM token_digests d
  JOIN signing_keys s ON s.organization_id = d.organization_id AND s.version = d.signing_key_version AND s.retired_at IS NULL
  JOIN api_keys k ON k.id = d.api_key_id
  JOIN organizations o ON o.id = k.organization_id`;

/**
 * The prepared statement that reads `columns` of a presented token's key; `parameters` come before the digests. Digests
 * are written out one by one: PostgreSQL guesses the length of an array parameter, judges a plan for any length too
 * dear, and plans anew at every request, which costs three times the reading. Their number is made a power of two, so
 * that there are few statements however many signing keys there are.
 */
export function presentedQuery(name: string, columns: string, digests: Buffer[], parameters: unknown[] = []) {
  const count = 2 ** Math.ceil(Math.log2(Math.max(1, digests.length)));
  const padded = Array.from({ length: count }, (_, i) => digests[Math.min(i, digests.length - 1)]);
  const list = padded.map((_, i) => `$${parameters.length + i + 1}`).join(", ");
  const text = `SELECT ${columns}, ${TOKEN_COLUMNS} ${PRESENTED_TABLES}
    WHERE d.digest IN (${list}) AND (d.ends_at IS NULL OR d.ends_at > now())`;
  return { name: `${name}_${count}`, text, values: [...parameters, ...padded] };
}

/** The key that a token's digest belongs to, in whatever state it is: one prepared statement on the primary. */
export async function findToken(digests: Buffer[]): Promise<TokenRow | null> {
  const { rows } = await getDb().pool.query<TokenRow>(presentedQuery("latchkey_find_token", KEY_COLUMNS, digests));
  return theOne(rows);
}

/**
 * The one row, or null. Only of imported tokens can there be more, when two organizations imported the same one: then
 * nobody can say whose it is, and it is refused.
 */
export function theOne<T>(rows: T[]): T | null {
  return rows.length === 1 ? (rows[0] ?? null) : null;
}

/** A usable key's row as a principal; null when revoked, expired, disabled or of a disabled organization. */
export function keyPrincipalOf(row: KeyRow): KeyPrincipal | null {
  if (keyStatus(row, row.now) !== "active" || row.organization_disabled_at !== null) return null;
  const scopes = scopesFromStorage(row.scopes);
  if (scopes === null) return null;
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
// 60 minutes idle, 12 hours at most (expires_at), judged at every request.
const MEMBER_USABLE = `
  s.ended_at IS NULL AND s.expires_at > now() AND s.last_seen_at > now() - interval '60 minutes'
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
export async function rereadPrincipal(tx: Prisma.TransactionClient, context: RequestContext): Promise<Fresh> {
  const { principal } = context;
  if (principal.type === "api_key") {
    const [row] = await tx.$queryRaw<KeyRow[]>`
      SELECT ${Prisma.raw(KEY_COLUMNS)} FROM api_keys k JOIN organizations o ON o.id = k.organization_id
      WHERE k.id = ${principal.id}`;
    const fresh = row && keyPrincipalOf(row);
    if (!row || !fresh) throw new AppError("invalid_token", "The token is not valid.");
    if (!matchesIpRules(fresh.allowed_ips, context.ip)) throw ipNotAllowed();
    return { principal: fresh, now: row.now };
  }
  const [row] = await tx.$queryRaw<MemberRow[]>`
    SELECT ${Prisma.raw(MEMBER_COLUMNS)} FROM ${Prisma.raw(MEMBER_TABLES)}
    WHERE s.id = ${principal.session_id} AND ${Prisma.raw(MEMBER_USABLE)}`;
  if (!row) throw new AppError("unauthenticated", "The session has ended. Sign in again.");
  return { principal: memberPrincipalOf(row), now: row.now };
}

export const ipNotAllowed = (): AppError =>
  new AppError("ip_not_allowed", "This key may not be used from the address that the request came from.");
