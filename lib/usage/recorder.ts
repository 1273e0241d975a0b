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
/** Counters in one statement: a second's work for a busy database, far from the time that a statement may take. */
const AT_ONCE = 2_000;

/**
 * A counter of one key, minute, outcome and token that is not in the database yet. `usedAt` is monotonic and in whole
 * milliseconds: a number with a fraction would be an object of its own.
 */
type Slot = Omit<UsedSlot, "age_ms"> & { usedAt: number };
type Recorder = {
  /** By key: one has few at a time. */
  slots: Map<string, Slot[]>;
  count: number;
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
  const { apiKeyId: api_key_id, outcome, ip } = use;
  const { preview: token_preview, previous: previous_token } = use.token;
  const usedAt = Math.round(performance.now());
  const known = find(current, { api_key_id, outcome, token_preview, previous_token, usedAt });
  if (known) addTo(known, 1, usedAt, ip);
  else {
    const { organizationId: organization_id } = use;
    const accepted = isAccepted(outcome);
    add(current, {
      api_key_id,
      organization_id,
      outcome,
      token_preview,
      previous_token,
      count: 1,
      ip,
      accepted,
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
  if (current.count === 0) return true;
  const batch = [...current.slots.values()].flat();
  current.slots = new Map();
  current.count = 0;
  let written = 0;
  try {
    for (; written < batch.length; written += AT_ONCE) await addUses(batch.slice(written, written + AT_ONCE).map(used));
    trimSometimes(current);
    return true;
  } catch (error) {
    const isAway = error instanceof AppError && error.code === "unavailable";
    if (!isAway && onceAMinute("usage-flush")) log.warn({ err: error }, "usage was not written; trying again");
    for (const slot of batch.slice(written)) add(current, slot);
    current.timer ??= setTimeout(() => void flushUsage(), FLUSH_MS).unref();
    return false;
  }
}

const used = ({ usedAt, ...slot }: Slot): UsedSlot => ({ ...slot, age_ms: Math.round(performance.now()) - usedAt });

type SlotId = Pick<Slot, "api_key_id" | "outcome" | "token_preview" | "previous_token" | "usedAt">;

/** Minutes are told apart so that what waits for the database to come back is still counted when it happened. */
function find({ slots }: Recorder, id: SlotId): Slot | undefined {
  const minute = Math.floor(id.usedAt / MINUTE_MS);
  for (const slot of slots.get(id.api_key_id) ?? []) {
    if (
      slot.outcome === id.outcome &&
      slot.token_preview === id.token_preview &&
      slot.previous_token === id.previous_token &&
      Math.floor(slot.usedAt / MINUTE_MS) === minute
    )
      return slot;
  }
  return undefined;
}

function add(current: Recorder, slot: Slot): void {
  const known = find(current, slot);
  if (known) addTo(known, slot.count, slot.usedAt, slot.ip);
  else if (current.count < MAX_SLOTS) {
    const ofKey = current.slots.get(slot.api_key_id);
    if (ofKey) ofKey.push(slot);
    else current.slots.set(slot.api_key_id, [slot]);
    current.count++;
  } else if (onceAMinute("usage-full")) log.warn("usage is not counted for some keys: too much waits to be written");
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
      count: 0,
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
