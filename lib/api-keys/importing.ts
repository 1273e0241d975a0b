import { selectImportingOrganizations } from "@/lib/api-keys/repository-import";
import { keyCache } from "@/lib/coherence/key-coherence";
import { log } from "@/lib/log";
import { onceAMinute } from "@/lib/once-a-minute";
import { reloadSigningKeys, signingKeysInUse } from "@/lib/organizations/signing-keys";

type State = {
  organizations: Set<string> | null;
  /** When they were read, by the monotonic clock. */
  readAt: number;
  /** A process that serves: it believes nothing that another instance may have changed since. */
  serves: boolean;
};
type Kept = { organizations: ReadonlySet<string>; bytes: number };

const store = globalThis as { __latchkeyImporting?: State };

const WATCH_MS = 2_000;
const MAX_AGE_MS = 60_000;
/** Its place in the cache of keys: what is known of all tokens together is kept by the same protocol. */
const PLACE = "importing organizations";
/** What the database announces when a key is imported. */
export const IMPORTS = "imports";

/**
 * The organizations whose tokens may be of a foreign format. From memory where that is certain, so that a malformed
 * token costs no hashing and no statement while there are none; a server that cannot be certain asks the database.
 */
export async function importingOrganizations(): Promise<ReadonlySet<string>> {
  const kept = keyCache<Kept>().get(PLACE);
  if (kept) return kept.organizations;
  const { organizations, serves, readAt } = state();
  const isBelieved = organizations !== null && !serves && performance.now() - readAt <= MAX_AGE_MS;
  return isBelieved ? organizations : readImporting();
}

/** Reads them once in a process's life, if nothing has yet: a malformed token then finds them in memory. */
export async function rememberImporting(): Promise<void> {
  if (state().organizations === null) await readImporting();
}

/** Makes an import of this instance known to it at once. */
export function noteImporting(organizationId: string): void {
  const current = state();
  // Before the first reading there is nothing to add to, and that reading will find it.
  current.organizations?.add(organizationId);
}

/**
 * For a process that serves: keeps in memory who imports, and looks for other instances' rotations of the signing key,
 * because a token that is found under an older version must not be taken for one under the newest.
 * @returns stops it.
 */
export function watchImporting(): () => Promise<void> {
  const current = state();
  current.serves = true;
  const read = async () => {
    await readImporting();
    await reloadSigningKeys(await signingKeysInUse());
  };
  const look = () => {
    read().catch((error) => {
      if (onceAMinute("importing")) log.warn({ err: error }, "changes of other instances were not looked for");
    });
  };
  look();
  const timer = setInterval(look, WATCH_MS).unref();
  return async () => {
    current.serves = false;
    clearInterval(timer);
  };
}

async function readImporting(): Promise<ReadonlySet<string>> {
  const current = state();
  const fill = keyCache<Kept>().beginFill();
  try {
    const found = await selectImportingOrganizations();
    // Only ever more of them: a slow reading must not undo what was noted meanwhile.
    const organizations = new Set([...(current.organizations ?? []), ...found]);
    current.organizations = organizations;
    current.readAt = performance.now();
    fill.put(PLACE, { organizations, bytes: 100 * (1 + organizations.size) }, [IMPORTS]);
    return organizations;
  } finally {
    fill.end();
  }
}

function state(): State {
  store.__latchkeyImporting ??= { organizations: null, readAt: 0, serves: false };
  return store.__latchkeyImporting;
}
