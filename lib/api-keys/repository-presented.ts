import { API_KEY_COLUMNS, type ApiKeyRow } from "@/lib/api-keys/repository";
import { scopesFromStorage } from "@/lib/api-keys/stored-scopes";
import type { Candidate } from "@/lib/api-keys/verification";
import {
  EFFECTIVE_PERMISSIONS,
  KEY_COLUMNS,
  presentedQuery,
  type TokenRow,
  type TokenState,
  theOne,
} from "@/lib/auth/repository";
import { getDb } from "@/lib/db";
import { log } from "@/lib/log";

/** What a decision needs to know beyond the key's own row. */
type Asked = TokenState & { subaccount_exists: boolean; organization_disabled_at: Date | null };

export type PresentedKeyRow = TokenRow & Asked;
/** The whole record. Its permissions are those that count today. */
export type PresentedRecord = ApiKeyRow & Asked;

const SUBACCOUNT_EXISTS = `
  EXISTS (SELECT 1 FROM subaccounts a WHERE a.id = $1 AND a.organization_id = k.organization_id) AS subaccount_exists`;
const ASKED_KEY = `${KEY_COLUMNS}, ${SUBACCOUNT_EXISTS}`;
const ASKED_RECORD = `${API_KEY_COLUMNS.text}, ${EFFECTIVE_PERMISSIONS} AS effective_permissions,
  o.disabled_at AS organization_disabled_at, ${SUBACCOUNT_EXISTS}`;

/** The key that a presented token's digest belongs to, in whatever state it is: one prepared statement on the primary. */
export async function findPresentedKey(digests: Buffer[], subaccount?: string): Promise<PresentedKeyRow | null> {
  const { rows } = await getDb().pool.query<PresentedKeyRow>(
    presentedQuery("latchkey_find_presented_key", ASKED_KEY, digests, [subaccount ?? null]),
  );
  return theOne(rows);
}

/** As `findPresentedKey`, with the whole record. */
export async function findPresentedRecord(digests: Buffer[], subaccount?: string): Promise<PresentedRecord | null> {
  const { rows } = await getDb().pool.query<PresentedRecord & { effective_permissions: string[] }>(
    presentedQuery("latchkey_find_presented_record", ASKED_RECORD, digests, [subaccount ?? null]),
  );
  const row = theOne(rows);
  return row ? { ...row, permissions: row.effective_permissions } : null;
}

/** A presented key as it is judged; null when its organization is disabled or no one can say what it allows. */
export function candidateOf(row: PresentedKeyRow | PresentedRecord | null): Candidate | null {
  if (row === null || row.organization_disabled_at !== null) return null;
  const scopes = scopesFromStorage(row.scopes);
  if (scopes !== null) return { ...row, scopes };
  log.error({ api_key_id: row.id }, "a key's stored scopes cannot be read; the key is refused");
  return null;
}
