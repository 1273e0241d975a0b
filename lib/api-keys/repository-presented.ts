import type { PresentedKey } from "@/lib/api-keys/presented-key";
import { API_KEY_COLUMNS, type ApiKeyRow } from "@/lib/api-keys/repository";
import { scopesFromStorage } from "@/lib/api-keys/stored-scopes";
import type { RequiredSubaccount } from "@/lib/api-keys/verification";
import { EFFECTIVE_PERMISSIONS } from "@/lib/auth/repository";
import { noteDatabaseTime } from "@/lib/database-clock";
import { getDb } from "@/lib/db";
import { log } from "@/lib/log";
import { padded } from "@/lib/postgres/padded";

type PresentedRow = ApiKeyRow &
  Pick<PresentedKey, OfTheToken> & {
    organization_disabled_at: Date | null;
    digest: Buffer;
    effective_permissions: string[];
  };
type OfTheToken = "previous_token" | "token_ends_at" | "presented_preview" | "digest_algorithm" | "signing_key_version";

const COLUMNS = `${API_KEY_COLUMNS.text}, ${EFFECTIVE_PERMISSIONS} AS effective_permissions,
  o.disabled_at AS organization_disabled_at, d.digest, d.ends_at IS NOT NULL AS previous_token,
  d.ends_at AS token_ends_at, d.token_preview AS presented_preview, d.algorithm::text AS digest_algorithm,
  d.signing_key_version`;

const TABLES = `token_digests d
  JOIN signing_keys s ON s.organization_id = d.organization_id AND s.version = d.signing_key_version AND s.retired_at IS NULL
  JOIN api_keys k ON k.id = d.api_key_id
  JOIN organizations o ON o.id = k.organization_id`;

/**
 * The keys that these digests belong to: one prepared statement on the primary, and few of them however many tokens
 * and signing keys there are.
 */
async function selectPresented(digests: Buffer[]): Promise<PresentedRow[]> {
  const values = padded(digests);
  const list = values.map((_, i) => `$${i + 1}`).join(", ");
  const askedAt = performance.now();
  const { rows } = await getDb().pool.query<PresentedRow>({
    name: `latchkey_presented_${values.length}`,
    text: `SELECT ${COLUMNS} FROM ${TABLES} WHERE d.digest IN (${list}) AND (d.ends_at IS NULL OR d.ends_at > now())`,
    values,
  });
  const [first] = rows;
  if (!first) return rows;
  noteDatabaseTime(first.now, askedAt);
  // The same moment for all of a statement: kept once, not with each key.
  for (const row of rows) row.now = first.now;
  return rows;
}

/** In one statement; PostgreSQL takes 65,535 parameters. Only where there are very many signing keys there are more. */
const MOST_DIGESTS = 4_096;

/**
 * For each presented token, given as all digests that it may be stored by, its key or null. Only of imported tokens
 * can there be more than one key, when two organizations imported the same one: then nobody can say whose it is, and it
 * is refused.
 */
export async function findPresented(tokens: Buffer[][]): Promise<(PresentedKey | null)[]> {
  const asked = tokens.map((digests) => digests.map((digest) => ({ digest, id: digest.toString("latin1") })));
  // A service that checks its clients' tokens presents its own with each of them.
  const distinct = new Map(asked.flat().map(({ id, digest }) => [id, digest]));
  const rows: PresentedRow[] = [];
  const digests = [...distinct.values()];
  for (let start = 0; start < digests.length; start += MOST_DIGESTS) {
    rows.push(...(await selectPresented(digests.slice(start, start + MOST_DIGESTS))));
  }
  const found = new Map(rows.map((row) => [row.digest.toString("latin1"), presentedKeyOf(row)]));
  return asked.map((digests) => {
    const keys = digests.flatMap(({ id }) => found.get(id) ?? []);
    return keys.length === 1 ? (keys[0] ?? null) : null;
  });
}

function presentedKeyOf(row: PresentedRow): PresentedKey {
  const scopes = scopesFromStorage(row.scopes);
  if (scopes === null) log.error({ api_key_id: row.id }, "a key's stored scopes cannot be read; the key is refused");
  return {
    id: row.id,
    organization_id: row.organization_id,
    environment: row.environment,
    region_id: row.region_id,
    name: row.name,
    permissions: row.effective_permissions,
    scopes,
    all_subaccounts: row.all_subaccounts,
    allowed_subaccounts: row.allowed_subaccounts,
    allowed_ips: row.allowed_ips,
    expires_at: row.expires_at,
    disabled_at: row.disabled_at,
    revoked_at: row.revoked_at,
    organization_disabled_at: row.organization_disabled_at,
    previous_token: row.previous_token,
    token_ends_at: row.token_ends_at,
    presented_preview: row.presented_preview,
    digest_algorithm: row.digest_algorithm,
    signing_key_version: row.signing_key_version,
    grace_period_ends_at: row.grace_period_ends_at,
    now: row.now,
    record: row,
  };
}

/** The subaccount that is asked for, as it is judged. */
export async function requiredSubaccount(key: PresentedKey | null, id: string): Promise<RequiredSubaccount> {
  return { id, exists: await subaccountExists(key, id) };
}

/** Whether the subaccount that is asked for is one of the key's organization. What a key's list names exists. */
async function subaccountExists(key: PresentedKey | null, id: string): Promise<boolean> {
  if (key === null) return false;
  if (key.allowed_subaccounts.includes(id)) return true;
  if (!key.all_subaccounts) return false;
  const { rows } = await getDb().pool.query({
    name: "latchkey_has_subaccount",
    text: "SELECT 1 FROM subaccounts WHERE id = $1 AND organization_id = $2",
    values: [id, key.organization_id],
  });
  return rows.length > 0;
}
