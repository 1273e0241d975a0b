import { AppError } from "@/lib/errors";
import { log } from "@/lib/log";
import { onceAMinute } from "@/lib/once-a-minute";
import { atStop } from "@/lib/server/at-stop";
import { isAccepted, type Outcome } from "@/lib/usage/outcome";
import { addUses, trimUsage, type UsedSlot } from "@/lib/usage/repository";

export type Use = {
  organizationId: string;
  apiKeyId: string;
  outcome: Outcome;
  token: UsedToken;
  /** Canonical client address; null when it cannot be determined. */
  ip: string | null;
};

/** Which of a key's tokens was used; `previous` = the one from before a regeneration, in its overlap. */
export type UsedToken = { preview: string; previous: boolean };

/** The same of a presented token's row. */
export const usedToken = (row: { presented_preview: string; previous_token: boolean }): UsedToken => ({
  preview: row.presented_preview,
  previous: row.previous_token,
});

const FLUSH_MS = 1_000;
const MINUTE_MS = 60_000;
const TRIM_MS = 3_600_000;
/** Counters that wait in memory, each of some 300 bytes. Beyond it, keys that have none yet are not counted. */
const MAX_SLOTS = 100_000;

/** A counter of one key, minute, outcome and token that is not in the database yet. `usedAt` is monotonic. */
type Slot = Omit<UsedSlot, "age_ms"> & { usedAt: number };
type Recorder = {
  slots: Map<string, Slot>;
  timer: NodeJS.Timeout | null;
  flushing: Promise<boolean>;
  trimmedAt: number;
};

const store = globalThis as { __latchkeyUsage?: Recorder };

/**
 * Counts one use of a key. Costs the request no write and no waiting: counts are added up in memory, and within a
 * second written together. A crash (`kill -9`) loses what was counted since the last write, a second at most while the
 * database is there; a stop loses nothing.
 */
export function recordUse(use: Use): void {
  const current = recorder();
  const usedAt = performance.now();
  const known = current.slots.get(slotId(use.apiKeyId, use.token.preview, use.token.previous, use.outcome, usedAt));
  if (known) addTo(known, 1, usedAt, use.ip);
  else {
    add(current, {
      api_key_id: use.apiKeyId,
      organization_id: use.organizationId,
      outcome: use.outcome,
      token_preview: use.token.preview,
      previous_token: use.token.previous,
      count: 1,
      ip: use.ip,
      accepted: isAccepted(use.outcome),
      usedAt,
    });
  }
  current.timer ??= setTimeout(() => void flushUsage(), FLUSH_MS).unref();
}

/** Writes all that was counted so far. What cannot be written now is kept for the next time. True when nothing is left. */
export function flushUsage(): Promise<boolean> {
  const current = recorder();
  if (current.timer) clearTimeout(current.timer);
  current.timer = null;
  current.flushing = current.flushing.then(() => flush(current));
  return current.flushing;
}

async function flush(current: Recorder): Promise<boolean> {
  const batch = current.slots;
  if (batch.size === 0) return true;
  current.slots = new Map();
  const now = performance.now();
  try {
    await addUses([...batch.values()].map(({ usedAt, ...slot }) => ({ ...slot, age_ms: now - usedAt })));
    trimSometimes(current);
    return true;
  } catch (error) {
    const isAway = error instanceof AppError && error.code === "unavailable";
    if (!isAway && onceAMinute("usage-flush")) log.warn({ err: error }, "usage was not written; trying again");
    for (const slot of batch.values()) add(current, slot);
    current.timer ??= setTimeout(() => void flushUsage(), FLUSH_MS).unref();
    return false;
  }
}

/** Minutes are told apart so that what waits for the database to come back is still counted when it happened. */
const slotId = (keyId: string, preview: string, previous: boolean, outcome: Outcome, usedAt: number): string =>
  `${keyId} ${preview} ${previous} ${outcome} ${Math.floor(usedAt / MINUTE_MS)}`;

function add({ slots }: Recorder, slot: Slot): void {
  const id = slotId(slot.api_key_id, slot.token_preview, slot.previous_token, slot.outcome, slot.usedAt);
  const known = slots.get(id);
  if (known) addTo(known, slot.count, slot.usedAt, slot.ip);
  else if (slots.size < MAX_SLOTS) slots.set(id, slot);
  else if (onceAMinute("usage-full")) log.warn("usage is not counted for some keys: too much waits to be written");
}

function addTo(known: Slot, count: number, usedAt: number, ip: string | null): void {
  known.count += count;
  if (usedAt < known.usedAt) return;
  known.usedAt = usedAt;
  known.ip = ip ?? known.ip;
}

/** What is past its time goes once an hour, beside the counting rather than before it. */
function trimSometimes(current: Recorder): void {
  const now = performance.now();
  if (now - current.trimmedAt < TRIM_MS) return;
  current.trimmedAt = now;
  trimUsage().catch((error) => log.warn({ err: error }, "old usage was not removed"));
}

function recorder(): Recorder {
  if (!store.__latchkeyUsage) {
    store.__latchkeyUsage = {
      slots: new Map(),
      timer: null,
      flushing: Promise.resolve(true),
      trimmedAt: Number.NEGATIVE_INFINITY,
    };
    // A statement that meets a lock or a lost connection has a second try before the process ends.
    atStop(async () => {
      if (!(await flushUsage())) await flushUsage();
    });
  }
  return store.__latchkeyUsage;
}
