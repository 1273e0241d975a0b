import { selectImportingOrganizations } from "@/lib/api-keys/repository-import";
import { log } from "@/lib/log";
import { onceAMinute } from "@/lib/once-a-minute";
import { reloadSigningKeys, signingKeysInUse } from "@/lib/organizations/signing-keys";

type State = {
  organizations: Set<string> | null;
  /** When they were read, by the monotonic clock. */
  readAt: number;
  watching: boolean;
};

const store = globalThis as { __latchkeyImporting?: State };

const WATCH_MS = 2_000;
const UNWATCHED_MS = 60_000;

/**
 * The organizations whose tokens may be of a foreign format, from memory: while there are none, a malformed token
 * costs no hashing and no statement. Another instance's first import is seen within two seconds; where nothing looks
 * for it in the background, after `maxAgeMs`.
 */
export async function importingOrganizations(maxAgeMs = UNWATCHED_MS): Promise<ReadonlySet<string>> {
  const { organizations, watching, readAt } = state();
  const isOld = !watching && performance.now() - readAt > maxAgeMs;
  return organizations === null || isOld ? readImporting() : organizations;
}

/** Makes an import of this instance known to it at once. */
export function noteImporting(organizationId: string): void {
  const current = state();
  // Before the first reading there is nothing to add to, and that reading will find it.
  current.organizations?.add(organizationId);
}

/**
 * Looks for other instances' first imports in the background, and for their rotations of the signing key: a token that
 * is found under an older version must not be taken for one under the newest.
 * @returns stops it.
 */
export function watchImporting(): () => Promise<void> {
  const current = state();
  current.watching = true;
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
    current.watching = false;
    clearInterval(timer);
  };
}

async function readImporting(): Promise<ReadonlySet<string>> {
  const current = state();
  const found = await selectImportingOrganizations();
  // Only ever more of them: a slow reading must not undo what was noted meanwhile.
  current.organizations = new Set([...(current.organizations ?? []), ...found]);
  current.readAt = performance.now();
  return current.organizations;
}

function state(): State {
  store.__latchkeyImporting ??= { organizations: null, readAt: 0, watching: false };
  return store.__latchkeyImporting;
}
