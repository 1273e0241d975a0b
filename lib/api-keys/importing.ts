import { type Remade, remakeDigests, selectImportingOrganizations } from "@/lib/api-keys/repository-import";
import { log } from "@/lib/log";
import { onceAMinute } from "@/lib/once-a-minute";
import { reloadSigningKeys, signingKeysInUse } from "@/lib/organizations/signing-keys";
import { atStop } from "@/lib/server/at-stop";

type State = {
  organizations: Set<string> | null;
  /** When they were read, by the monotonic clock. */
  readAt: number;
  watching: boolean;
  waiting: Map<string, Remade>;
  timer: NodeJS.Timeout | null;
};

const store = globalThis as { __latchkeyImporting?: State };

const WATCH_MS = 2_000;
const UNWATCHED_MS = 60_000;
const REMAKE_MS = 500;
const MAX_WAITING = 10_000;

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

/**
 * Has a digest made again from the token that was just seen, soon and not by the request. One that is lost, because
 * the process ends or too many wait, is made at the next use.
 */
export function remakeSoon(remade: Remade): void {
  const current = state();
  if (current.waiting.size >= MAX_WAITING) return;
  current.waiting.set(`${remade.api_key_id}:${remade.signing_key_version}`, remade);
  current.timer ??= setTimeout(() => void remakeNow(), REMAKE_MS).unref();
}

/** Writes what waits to be made again. */
export async function remakeNow(): Promise<void> {
  const current = state();
  if (current.timer) clearTimeout(current.timer);
  current.timer = null;
  const batch = [...current.waiting.values()];
  current.waiting.clear();
  if (batch.length === 0) return;
  await remakeDigests(batch).catch((error) => {
    if (onceAMinute("remake"))
      log.warn({ err: error }, "imported digests were not made again; trying at their next use");
  });
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
  if (!store.__latchkeyImporting) {
    store.__latchkeyImporting = { organizations: null, readAt: 0, watching: false, waiting: new Map(), timer: null };
    atStop(remakeNow);
  }
  return store.__latchkeyImporting;
}
