import { genesis, sealOf } from "@/lib/audit/event";
import {
  findHead,
  findHorizon,
  insertSeals,
  lockChain,
  type NewSeal,
  organizationsLatelyUnsealed,
  organizationsWithLog,
  selectUnsealed,
} from "@/lib/audit/repository-seals";
import { AppError } from "@/lib/errors";
import { log } from "@/lib/log";
import { onceAMinute } from "@/lib/once-a-minute";
import { inTransaction } from "@/lib/transaction";

const INTERVAL_MS = 500;
const BATCH = 500;

/**
 * Seals the audit log in the background, so that every event is in its organization's chain at most a second after
 * its commit. Any number of instances may do it: one at a time seals an organization, the others pass by.
 * @returns stops it, after a last round.
 */
export function startSealer(): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let keepsUp = false;
  let running: Promise<void>;
  const round = async () => {
    keepsUp = await attempt(keepsUp);
    if (!stopped) timer = setTimeout(start, INTERVAL_MS).unref();
  };
  const start = () => {
    running = round();
  };
  running = round();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await running;
    await attempt(keepsUp);
  };
}

/** A round that fails is made up for by the next, which then looks at everything. */
async function attempt(keepsUp: boolean): Promise<boolean> {
  try {
    await sealAll({ lately: keepsUp });
    return true;
  } catch (error) {
    const isAway = error instanceof AppError && error.code === "unavailable";
    if (!isAway && onceAMinute("audit-sealer")) log.warn({ err: error }, "the audit log was not sealed; trying again");
    return false;
  }
}

/**
 * Links every committed event that has no seal into the chain of its organization. With `lately`, only events of the
 * last minutes are looked for, which costs the same however long the log is.
 */
export async function sealAll({ lately = false } = {}): Promise<void> {
  const organizations = lately ? await organizationsLatelyUnsealed() : await organizationsWithLog();
  for (const organizationId of organizations) {
    let from = await sealBatch(organizationId, null);
    while (from !== null) from = await sealBatch(organizationId, from);
  }
}

/**
 * Seals the oldest unsealed events. Returns the time to go on from; null when all are sealed, or when another instance
 * is doing it.
 */
async function sealBatch(organizationId: string, from: string | null): Promise<string | null> {
  return inTransaction(async (tx) => {
    if (!(await lockChain(tx, organizationId))) return null;
    const events = await selectUnsealed(tx, organizationId, from ?? (await findHorizon(tx, organizationId)), BATCH);
    if (events.length === 0) return null;
    const head = await findHead(organizationId, tx);
    let sequence = head?.sequence ?? 0n;
    let previous = head ? Buffer.from(head.hash) : genesis(organizationId);
    const seals = events.map((event): NewSeal => {
      const seal = { sequence: ++sequence, event_id: event.id, previous_hash: previous, hash: sealOf(previous, event) };
      previous = seal.hash;
      return seal;
    });
    await insertSeals(tx, organizationId, seals);
    return events.length === BATCH ? (events.at(-1)?.at ?? null) : null;
  });
}
