import type { ApiKeyRow } from "@/lib/api-keys/repository";
import type { Candidate } from "@/lib/api-keys/verification";
import type { Scope } from "@/lib/principal";

/** The key of a presented token, in whatever state it is, as far as a decision about the token needs it. */
export type PresentedKey = Omit<ApiKeyRow, "scopes"> & {
  /** Null: a hand-made row breaks the grammar, and no one can say what the key allows. `permissions` are those that count today. */
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
};

/** A presented key as it is judged; null when its organization is disabled or no one can say what it allows. */
export function candidateOf(key: PresentedKey | null, subaccountExists: boolean): Candidate | null {
  if (key === null || key.organization_disabled_at !== null || key.scopes === null) return null;
  return { ...key, scopes: key.scopes, subaccount_exists: subaccountExists };
}
