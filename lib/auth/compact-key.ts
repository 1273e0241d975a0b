import { type PresentedKey, recordOf } from "@/lib/api-keys/presented-key";
import type { CachedKey } from "@/lib/auth/token-cache";
import { BoundedMap } from "@/lib/bounded-map";

const texts = new BoundedMap<string>(10_000);
const lists = new BoundedMap<unknown[]>(10_000);

/** One copy of what thousands of keys have alike: ids of organizations and regions, lists of permissions and scopes. */
const shared = (text: string): string => texts.getOrMake(text, (same) => same);
/** Long lists are rarely alike, and to compare them they would have to be kept twice. */
const LONGEST_SHARED = 1_000;

/** What a key takes apart from its lists and its record, with its place in the cache. */
const BYTES = 700;

/** A key as it is kept in memory: nothing twice, and its record as it is answered. */
export function compact(key: PresentedKey, readAt: number): CachedKey {
  const record = asciiJson(recordOf(key));
  let bytes = BYTES + record.length;
  const sharedList = <T>(list: T[]): T[] => {
    const text = JSON.stringify(list);
    if (text.length <= LONGEST_SHARED) return lists.getOrMake(text, () => list) as T[];
    bytes += 2 * text.length;
    return list;
  };
  return {
    id: key.id,
    organization_id: shared(key.organization_id),
    environment: key.environment === "production" ? "production" : "preview",
    region_id: shared(key.region_id),
    name: key.name,
    permissions: sharedList(key.permissions),
    scopes: key.scopes && sharedList(key.scopes),
    all_subaccounts: key.all_subaccounts,
    allowed_subaccounts: sharedList(key.allowed_subaccounts),
    allowed_ips: sharedList(key.allowed_ips),
    expires_at: key.expires_at,
    disabled_at: key.disabled_at,
    revoked_at: key.revoked_at,
    organization_disabled_at: key.organization_disabled_at,
    previous_token: key.previous_token,
    token_ends_at: key.token_ends_at,
    presented_preview: key.presented_preview,
    digest_algorithm: key.digest_algorithm,
    signing_key_version: key.signing_key_version,
    grace_period_ends_at: key.grace_period_ends_at,
    now: key.now,
    record,
    read_at: readAt,
    // Last: the lists above have been added by now.
    bytes,
  };
}

/** The same JSON in ASCII: a string of it takes a byte for each character, in memory and on its way out. */
const asciiJson = (json: string): string =>
  json.replace(/[\u0080-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
