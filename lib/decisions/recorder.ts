import type { Decision } from "@/lib/api-keys/verification";
import { type DecisionRow, insertDecisions, trimDecisions } from "@/lib/decisions/repository";
import { RETAINED } from "@/lib/decisions/retention";
import type { OrganizationId } from "@/lib/ids";
import { log } from "@/lib/log";
import { onceAMinute } from "@/lib/once-a-minute";
import { atStop } from "@/lib/server/at-stop";
import { recordUse, usedToken } from "@/lib/usage/recorder";

export type NotedDecision = {
  decision: Decision;
  /** Which surface decided. */
  source: "verify" | "authorize";
  requestId: string;
  organizationId: OrganizationId;
  /** The key that the token belongs to, if it was found. */
  key: { id: string; previous_token: boolean; presented_preview: string } | null;
  /** Who asked; null for a gateway, which asks in the client's name. */
  askedBy: string | null;
  /** The address that was judged. */
  ip: string | null;
};

const FLUSH_MS = 500;
/** What waits in memory, over all organizations. */
const MAX_WAITING = 20_000;

type Waiting = DecisionRow & { since: number };
type Recorder = {
  waiting: Map<string, Waiting[]>;
  count: number;
  timer: NodeJS.Timeout | null;
  flushing: Promise<void>;
};

const store = globalThis as { __latchkeyDecisions?: Recorder };

/**
 * Counts the decision for its key, and keeps why a request was denied; allowed ones are not kept. Costs the request no
 * write: records wait in memory and are written in batches, so a crash can lose the last half second of them. The
 * token is not among what is kept.
 */
export function noteDecision({ decision, source, requestId, organizationId, key, askedBy, ip }: NotedDecision): void {
  if (key) {
    recordUse({ organizationId, apiKeyId: key.id, outcome: decision.code, token: usedToken(key), ip });
  }
  if (decision.code === "VALID") return;
  const current = recorder();
  const ours = current.waiting.get(organizationId) ?? [];
  // Older ones than are kept anyway need not be written, and a full memory drops rather than grows.
  if (ours.length >= RETAINED) {
    ours.shift();
    current.count--;
  }
  if (current.count >= MAX_WAITING) {
    if (onceAMinute("decisions-full")) log.warn("decision records are dropped: too many wait to be written");
    return;
  }
  const { code, checks } = decision;
  ours.push({
    request_id: requestId,
    organization_id: organizationId,
    source,
    code,
    checks,
    api_key_id: key?.id ?? null,
    asked_by: askedBy,
    ip,
    since: performance.now(),
  });
  current.count++;
  current.waiting.set(organizationId, ours);
  current.timer ??= setTimeout(() => void flushDecisions(), FLUSH_MS).unref();
}

/** Writes all that waits. What cannot be written now waits for the next time. */
export function flushDecisions(): Promise<void> {
  const current = recorder();
  if (current.timer) clearTimeout(current.timer);
  current.timer = null;
  current.flushing = current.flushing.then(() => flush(current));
  return current.flushing;
}

async function flush(current: Recorder): Promise<void> {
  if (current.count === 0) return;
  const batch = [...current.waiting.values()].flat();
  const organizations = [...current.waiting.keys()];
  current.waiting = new Map();
  current.count = 0;
  const now = performance.now();
  try {
    await insertDecisions(batch.map(({ since, ...row }) => ({ ...row, age_ms: Math.round(now - since) })));
    await trimDecisions(organizations);
  } catch (error) {
    if (onceAMinute("decisions-flush")) log.warn({ err: error }, "decision records were not written");
    keepForLater(current, batch);
  }
}

/** The newest of what could not be written, before what has come since. */
function keepForLater(current: Recorder, batch: Waiting[]): void {
  for (const row of batch) {
    if (current.count >= MAX_WAITING) break;
    const ours = current.waiting.get(row.organization_id) ?? [];
    if (ours.length >= RETAINED) continue;
    current.waiting.set(row.organization_id, [...ours, row]);
    current.count++;
  }
  current.timer ??= setTimeout(() => void flushDecisions(), FLUSH_MS * 10).unref();
}

function recorder(): Recorder {
  if (!store.__latchkeyDecisions) {
    store.__latchkeyDecisions = { waiting: new Map(), count: 0, timer: null, flushing: Promise.resolve() };
    atStop(flushDecisions);
  }
  return store.__latchkeyDecisions;
}
