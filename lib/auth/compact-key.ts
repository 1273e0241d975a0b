import type { PresentedKey } from "@/lib/api-keys/presented-key";
import type { CachedKey } from "@/lib/auth/token-cache";
import { BoundedMap } from "@/lib/bounded-map";

const texts = new BoundedMap<string>(10_000);
const lists = new BoundedMap<unknown[]>(10_000);

/** One copy of what thousands of keys have alike: ids of organizations and regions, lists of permissions and scopes. */
const shared = (text: string): string => texts.getOrMake(text, (same) => same);
/** Long lists are rarely alike, and to compare them they would have to be kept twice. */
const LONGEST_SHARED = 1_000;

/** What a key takes apart from its lists, with its place in the cache. */
const BYTES = 1_500;

/** A key as it is kept in memory: nothing twice, and nothing of the row that no one asks for. */
export function compact(key: PresentedKey, readAt: number): CachedKey {
  let bytes = BYTES;
  const sharedList = <T>(list: T[]): T[] => {
    const text = JSON.stringify(list);
    bytes += 2 * text.length;
    return text.length > LONGEST_SHARED ? list : (lists.getOrMake(text, () => list) as T[]);
  };
  return {
    id: key.id,
    organization_id: shared(key.organization_id),
    environment: key.environment === "production" ? "production" : "preview",
    region_id: shared(key.region_id),
    name: key.name,
    description: key.description,
    permissions: sharedList(key.permissions),
    scopes: key.scopes && sharedList(key.scopes),
    all_subaccounts: key.all_subaccounts,
    allowed_subaccounts: sharedList(key.allowed_subaccounts),
    allowed_ips: sharedList(key.allowed_ips),
    expires_at: key.expires_at,
    disabled_at: key.disabled_at,
    revoked_at: key.revoked_at,
    token_preview: key.token_preview,
    version: key.version,
    created_by_type: key.created_by_type,
    created_by_id: shared(key.created_by_id),
    created_by_name: shared(key.created_by_name),
    created_at: key.created_at,
    updated_at: key.updated_at.getTime() === key.created_at.getTime() ? key.created_at : key.updated_at,
    regenerated_at: key.regenerated_at,
    last_used_at: key.last_used_at,
    last_used_ip: key.last_used_ip === null ? null : shared(key.last_used_ip),
    grace_period_ends_at: key.grace_period_ends_at,
    now: key.created_at,
    organization_disabled_at: key.organization_disabled_at,
    previous_token: key.previous_token,
    token_ends_at: key.token_ends_at,
    presented_preview: key.presented_preview === key.token_preview ? key.token_preview : key.presented_preview,
    digest_algorithm: key.digest_algorithm,
    signing_key_version: key.signing_key_version,
    read_at: readAt,
    // Last: the lists above have been added by now.
    bytes,
  };
}
