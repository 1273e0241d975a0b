import { randomUUID } from "node:crypto";
import { isRefusedStatement } from "@/lib/database-errors";
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
/** With five seconds for a connection and ten in a statement, a report is answered within twenty. */
const REPORT_PATIENCE_MS = 3_000;

/**
 * A counter of one key, minute, outcome and token that is not in the database yet. `usedAt` is monotonic and in whole
 * milliseconds: a number with a fraction would be an object of its own.
 */
type Slot = Omit<UsedSlot, "age_ms"> & { usedAt: number };
type Recorder = {
  /** Of this process: its writes are numbered. */
  id: string;
  /** The number of the last write that was begun. */
  number: number;
  /** By key: one has few at a time. */
  slots: Map<string, Slot[]>;
  count: number;
  /** The write of which nobody knows whether it was carried out: sent again, the same under its number, until it is. */
  unknown: Slot[] | null;
  timer: NodeJS.Timeout | null;
  flushing: Promise<boolean>;
  /** A flush that has not begun: it will write all that was counted before it begins. */
  next: Promise<boolean> | null;
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
  current.next ??= current.flushing.then(() => {
    current.next = null;
    return flush(current);
  });
  current.flushing = current.next;
  return current.next;
}

/**
 * Before a report: writes what was counted here, as far as that is done within a few seconds. A report that can be read
 * is given all the same, as it is without what other instances could not write yet.
 */
export async function flushForReport(): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, REPORT_PATIENCE_MS);
  });
  await Promise.race([flushUsage(), patience]);
  clearTimeout(timer);
}

async function flush(current: Recorder): Promise<boolean> {
  let batch: Slot[] = [];
  try {
    if (current.unknown) await write(current, current.unknown);
    batch = [...current.slots.values()].flat();
    current.slots = new Map();
    current.count = 0;
    while (batch.length > 0) {
      current.number++;
      await write(current, batch.splice(0, AT_ONCE));
    }
    trimSometimes(current);
    return true;
  } catch (error) {
    const isAway = error instanceof AppError && error.code === "unavailable";
    if (!isAway && onceAMinute("usage-flush")) log.warn({ err: error }, "usage was not written; trying again");
    for (const slot of batch) add(current, slot);
    current.timer ??= setTimeout(() => void flushUsage(), FLUSH_MS).unref();
    return false;
  }
}

/** What was refused is certainly not written, and counted on; unless it was sent before, and nobody knows of that time. */
async function write(current: Recorder, slots: Slot[]): Promise<void> {
  try {
    await addUses(slots.map(used), { recorder: current.id, number: current.number });
    current.unknown = null;
  } catch (error) {
    if (current.unknown === null && isRefusedStatement(error)) for (const slot of slots) add(current, slot);
    else current.unknown = slots;
    throw error;
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
  void trimUsage();
}

function recorder(): Recorder {
  if (!store.__latchkeyUsage) {
    store.__latchkeyUsage = {
      id: randomUUID(),
      number: 0,
      slots: new Map(),
      count: 0,
      unknown: null,
      timer: null,
      flushing: Promise.resolve(true),
      next: null,
      trimmedAt: Number.NEGATIVE_INFINITY,
    };
    // A statement that meets a lock or a lost connection has a second try before the process ends.
    atStop(async () => {
      if (!(await flushUsage())) await flushUsage();
    });
  }
  return store.__latchkeyUsage;
}
