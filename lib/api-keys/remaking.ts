import { importedDigests } from "@/lib/api-keys/imported-token";
import type { PresentedKey } from "@/lib/api-keys/presented-key";
import { type Remade, remakeDigests } from "@/lib/api-keys/repository-remaking";
import { digestToken, parseToken } from "@/lib/api-keys/token";
import { log } from "@/lib/log";
import { onceAMinute } from "@/lib/once-a-minute";
import type { SigningKey } from "@/lib/organizations/signing-keys";
import { atStop } from "@/lib/server/at-stop";

type State = { waiting: Map<string, Remade>; timer: NodeJS.Timeout | null };

const store = globalThis as { __latchkeyRemaking?: State };

const REMAKE_MS = 500;
const MAX_WAITING = 10_000;
/** Digests in one statement: it holds their rows, and the next one lets others in between. */
const BATCH = 500;

/**
 * Has the digest of a token that was just found made anew, if it is not as it would be made today: because the token
 * was imported, or is under an older signing key, which can be retired once no token is left under it. Soon, and not by
 * the request. One that is lost, because the process ends or too many wait, is made at the next use.
 * @param signingKeys every one in use that this instance knows, the versions of an organization in ascending order.
 * @returns the key, as it was found.
 */
export function remakeIfOld(token: string, key: PresentedKey, signingKeys: readonly SigningKey[]): PresentedKey {
  const own = ({ organization_id }: SigningKey) => organization_id === key.organization_id;
  const newest = signingKeys.findLast(own);
  if (!newest) return key;
  if (key.digest_algorithm === "hmac_sha256" && key.signing_key_version >= newest.version) return key;
  const older = signingKeys.find((one) => own(one) && one.version === key.signing_key_version);
  const { waiting } = state();
  if (!older || waiting.size >= MAX_WAITING) return key;
  const remade = remadeOf(token, key, older, newest);
  waiting.set(remade.found.toString("latin1"), remade);
  state().timer ??= setTimeout(() => void remakeNow(), REMAKE_MS).unref();
  return key;
}

/** Writes what waits to be made again. */
export async function remakeNow(): Promise<void> {
  const current = state();
  if (current.timer) clearTimeout(current.timer);
  current.timer = null;
  const remade = [...current.waiting.values()];
  current.waiting.clear();
  try {
    for (let start = 0; start < remade.length; start += BATCH) await remakeDigests(remade.slice(start, start + BATCH));
  } catch (error) {
    if (onceAMinute("remake")) log.warn({ err: error }, "digests were not made again; trying at their next use");
  }
}

function remadeOf(token: string, key: PresentedKey, older: SigningKey, newest: SigningKey): Remade {
  const { organization_id, digest_algorithm } = key;
  const into = { organization_id, digest: digestToken(token, newest.secret), signing_key_version: newest.version };
  if (parseToken(token) !== null) return { ...into, found: digestToken(token, older.secret), seals: [] };
  const [digest, sha256, sha512] = importedDigests(token, older.secret);
  const [, sha256Today, sha512Today] = importedDigests(token, newest.secret);
  if (!digest || !sha256 || !sha512 || !sha256Today || !sha512Today) throw new Error("An import has two seals.");
  // After the first use nothing says any more which of the two the token was imported by.
  const seals = [
    { before: sha256, today: sha256Today },
    { before: sha512, today: sha512Today },
  ];
  return { ...into, found: { hmac_sha256: digest, sha256, sha512 }[digest_algorithm], seals };
}

function state(): State {
  if (!store.__latchkeyRemaking) {
    store.__latchkeyRemaking = { waiting: new Map(), timer: null };
    atStop(remakeNow);
  }
  return store.__latchkeyRemaking;
}
