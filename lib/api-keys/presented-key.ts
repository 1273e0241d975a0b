import type { ApiKeyRow } from "@/lib/api-keys/repository";
import type { Candidate } from "@/lib/api-keys/verification";
import { type ApiKey, viewOf } from "@/lib/api-keys/view";
import type { Scope } from "@/lib/principal";

/** The key of a presented token, in whatever state it is: what a decision about the token needs, and its record. */
export type PresentedKey = Pick<
  ApiKeyRow,
  | "id"
  | "organization_id"
  | "environment"
  | "region_id"
  | "name"
  | "all_subaccounts"
  | "allowed_subaccounts"
  | "allowed_ips"
  | "expires_at"
  | "disabled_at"
  | "revoked_at"
  // The end of the overlap that the record tells of.
  | "grace_period_ends_at"
  // The database's time of reading it.
  | "now"
> & {
  /** Those that count today. */
  permissions: string[];
  /** Null: a hand-made row breaks the grammar, and no one can say what the key allows. */
  scopes: Scope[] | null;
  organization_disabled_at: Date | null;
  /** True for the token from before a regeneration, in its overlap. */
  previous_token: boolean;
  /** When that one ends. */
  token_ends_at: Date | null;
  /** The preview of the token that was presented: tells a key's tokens apart. */
  presented_preview: string;
  /** What the digest that was found is made from, and under which version of the signing key. */
  digest_algorithm: "hmac_sha256" | "sha256" | "sha512";
  signing_key_version: number;
  /** The key as the API shows it: as JSON where it is kept, else the row that it is made of when it is asked for. */
  record: string | Omit<ApiKeyRow, "scopes">;
};

/** The key as the API shows it, in JSON. */
export const recordOf = (key: PresentedKey): string =>
  typeof key.record === "string" ? key.record : JSON.stringify(viewOfPresented(key));

/** The same as what it is made of. */
export function viewOfPresented({ record, permissions, scopes }: PresentedKey): ApiKey {
  return typeof record === "string" ? JSON.parse(record) : viewOf({ ...record, permissions, scopes });
}

/** A presented key as it is judged; null when its organization is disabled or no one can say what it allows. */
export function candidateOf(key: PresentedKey | null): Candidate | null {
  return key !== null && key.organization_disabled_at === null && key.scopes !== null ? (key as Candidate) : null;
}
