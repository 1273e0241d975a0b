import { genesis, sealOf } from "@/lib/audit/event";
import {
  findHead,
  insertSeals,
  lockChain,
  type NewSeal,
  organizationsToSeal,
  selectUnsealed,
} from "@/lib/audit/repository-seals";
import { AppError } from "@/lib/errors";
import { log } from "@/lib/log";
import { onceAMinute } from "@/lib/once-a-minute";
import { inTransaction } from "@/lib/operation";

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
  let running: Promise<void>;
  const next = () => {
    if (!stopped) timer = setTimeout(tick, INTERVAL_MS).unref();
  };
  const tick = () => {
    running = round().finally(next);
  };
  running = round().finally(next);
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await running;
    await round();
  };
}

/** Links every committed event that has no seal into the chain of its organization. */
export async function sealAll(): Promise<void> {
  for (const organizationId of await organizationsToSeal()) {
    while ((await sealBatch(organizationId)) === BATCH);
  }
}

/** Seals the oldest unsealed events; returns how many. None when another instance is doing it. */
async function sealBatch(organizationId: string): Promise<number> {
  return inTransaction(async (tx) => {
    if (!(await lockChain(tx, organizationId))) return 0;
    const head = await findHead(organizationId, tx);
    let sequence = head?.sequence ?? 0n;
    let previous = head ? Buffer.from(head.hash) : genesis(organizationId);
    const seals: NewSeal[] = [];
    for (const event of await selectUnsealed(tx, organizationId, BATCH)) {
      const hash = sealOf(previous, event);
      sequence += 1n;
      seals.push({ organization_id: organizationId, sequence, event_id: event.id, previous_hash: previous, hash });
      previous = hash;
    }
    if (seals.length > 0) await insertSeals(tx, seals);
    return seals.length;
  });
}

/** A round that fails is made up for by the next one: what it left is still unsealed. */
async function round(): Promise<void> {
  try {
    await sealAll();
  } catch (error) {
    const isAway = error instanceof AppError && error.code === "unavailable";
    if (!isAway && onceAMinute("audit-sealer")) log.warn({ err: error }, "the audit log was not sealed; trying again");
  }
}
