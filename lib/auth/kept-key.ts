import { type PresentedKey, viewOfPresented } from "@/lib/api-keys/presented-key";
import type { ApiKey } from "@/lib/api-keys/view";
import { BoundedMap } from "@/lib/bounded-map";

/** What thousands of keys have alike, once for all of them; `record` is their part of it, without its opening brace. */
type Alike = Pick<
  PresentedKey,
  | "organization_id"
  | "environment"
  | "region_id"
  | "permissions"
  | "scopes"
  | "all_subaccounts"
  | "allowed_subaccounts"
  | "allowed_ips"
  | "digest_algorithm"
  | "signing_key_version"
  | "previous_token"
> & { record: string };

type Times = Pick<
  PresentedKey,
  "expires_at" | "disabled_at" | "revoked_at" | "organization_disabled_at" | "token_ends_at" | "grace_period_ends_at"
>;

const NEVER: Times = {
  expires_at: null,
  disabled_at: null,
  revoked_at: null,
  organization_disabled_at: null,
  token_ends_at: null,
  grace_period_ends_at: null,
};

/** Members of the record that two keys hardly ever have in common, except when both are null. */
const OWN = new Set<string>([
  "id",
  "name",
  "description",
  "token_preview",
  "expires_at",
  "created_at",
  "updated_at",
  "last_used_at",
  "revoked_at",
  "regenerated_at",
  "grace_period_ends_at",
] satisfies (keyof ApiKey)[]);

/** Longer ones are rarely alike, and to compare them they would have to be kept twice. */
const LONGEST_SHARED = 2_000;
const known = new BoundedMap<Alike>(2_000, LONGEST_SHARED);
/** What lists take as objects, for each character of their JSON. */
const BYTES_OF_A_CHARACTER = 4;

/** What a key takes with its place in the cache, besides its texts. */
const BYTES = 500;

/**
 * A presented key as it is kept in memory, where there are a hundred thousand: what is its own, once, and a reference to
 * what it has in common with others.
 */
export class KeptKey implements PresentedKey {
  readonly id: string;
  readonly name: string;
  readonly presented_preview: string;
  readonly now: Date;
  /** When the database was asked, by our monotonic clock: whole milliseconds, which take no memory of their own. */
  readonly read_at: number;
  /** What it takes of memory, about. */
  readonly bytes: number;
  private readonly alike: Alike;
  private readonly times: Times;
  /** Its own part of the record, without its closing brace. */
  private readonly own: string;

  constructor(key: PresentedKey, readAt: number) {
    const own: Record<string, unknown> = {};
    const common: Record<string, unknown> = {};
    const view = viewOfPresented(key);
    for (const [member, value] of Object.entries(view))
      (OWN.has(member) && value !== null ? own : common)[member] = value;
    const written = asciiJson(JSON.stringify(own).slice(0, -1));
    const shared = asciiJson(JSON.stringify(common));
    this.id = key.id;
    this.name = key.name;
    this.presented_preview = key.presented_preview;
    this.now = key.now;
    this.read_at = Math.floor(readAt);
    this.own = written;
    let made = 0;
    this.alike = known.getOrMake(`${textOf(key)}${shared}`, () => {
      made = BYTES_OF_A_CHARACTER * shared.length;
      return alikeOf(key, shared);
    });
    this.times = timesOf(key);
    // What others have too is put down to who brought it.
    this.bytes = BYTES + written.length + made;
  }

  /** As JSON in ASCII: a string of it takes a byte for each character, in memory and on its way out. */
  get record(): string {
    return `${this.own},${this.alike.record}`;
  }

  get organization_id() {
    return this.alike.organization_id;
  }
  get environment() {
    return this.alike.environment;
  }
  get region_id() {
    return this.alike.region_id;
  }
  get permissions() {
    return this.alike.permissions;
  }
  get scopes() {
    return this.alike.scopes;
  }
  get all_subaccounts() {
    return this.alike.all_subaccounts;
  }
  get allowed_subaccounts() {
    return this.alike.allowed_subaccounts;
  }
  get allowed_ips() {
    return this.alike.allowed_ips;
  }
  get digest_algorithm() {
    return this.alike.digest_algorithm;
  }
  get signing_key_version() {
    return this.alike.signing_key_version;
  }
  get previous_token() {
    return this.alike.previous_token;
  }
  get expires_at() {
    return this.times.expires_at;
  }
  get disabled_at() {
    return this.times.disabled_at;
  }
  get revoked_at() {
    return this.times.revoked_at;
  }
  get organization_disabled_at() {
    return this.times.organization_disabled_at;
  }
  get token_ends_at() {
    return this.times.token_ends_at;
  }
  get grace_period_ends_at() {
    return this.times.grace_period_ends_at;
  }
}

/** What is alike besides the record's part, as a text that is the same only where all of it is. */
const textOf = (key: PresentedKey): string =>
  JSON.stringify([
    key.organization_id,
    key.digest_algorithm,
    key.signing_key_version,
    key.previous_token,
    key.scopes === null,
  ]);

function alikeOf(key: PresentedKey, shared: string): Alike {
  return {
    organization_id: key.organization_id,
    environment: key.environment,
    region_id: key.region_id,
    permissions: key.permissions,
    scopes: key.scopes,
    all_subaccounts: key.all_subaccounts,
    allowed_subaccounts: key.allowed_subaccounts,
    allowed_ips: key.allowed_ips,
    digest_algorithm: key.digest_algorithm,
    signing_key_version: key.signing_key_version,
    previous_token: key.previous_token,
    record: shared.slice(1),
  };
}

function timesOf(key: PresentedKey): Times {
  const { expires_at, disabled_at, revoked_at, organization_disabled_at, token_ends_at, grace_period_ends_at } = key;
  const times = { expires_at, disabled_at, revoked_at, organization_disabled_at, token_ends_at, grace_period_ends_at };
  return Object.values(times).every((time) => time === null) ? NEVER : times;
}

/**
 * The same JSON in ASCII, by way of bytes: what is left of a text with characters beyond Latin-1 would otherwise go on
 * taking two bytes for each.
 */
function asciiJson(json: string): string {
  const escaped = json.replace(/[\u0080-\uffff]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return Buffer.from(escaped, "latin1").toString("latin1");
}
