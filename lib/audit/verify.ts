import { genesis, isGenuine, type StoredEvent, sealOf } from "@/lib/audit/event";
import { type SealedRow, selectAllUnsealed, selectSeals } from "@/lib/audit/repository-seals";

/** The first record that is not as it was sealed. `sequence` is its place in the chain, if it has one. */
export type Broken = {
  kind: "changed" | "deleted" | "inserted" | "seal_changed" | "seal_deleted";
  sequence: bigint | null;
  event_id: string;
  detail: string;
};

export type Verdict = {
  organization_id: string;
  sealed: bigint;
  /** Events of the last moments, which the sealer has not come to yet. */
  pending: number;
  /** The chain's last hash, to be kept elsewhere: `expected` of a later verification. */
  head: string;
  broken: Broken | null;
};

/** A place of the chain and the hash (hexadecimal) that it had when it was noted. */
export type Expected = { sequence: bigint; hash: string };

const PAGE = 1000;

/**
 * Walks an organization's chain from its beginning and names the first broken record: an event that was changed or
 * deleted, a seal that was changed or deleted, an event that was put in without going through Latchkey. That the
 * newest records were cut off shows only against an `expected` head that was kept elsewhere.
 */
export async function verifyLog(organizationId: string, expected?: Expected): Promise<Verdict> {
  let sequence = 0n;
  let previous = genesis(organizationId);
  let broken: Broken | null = null;
  for await (const row of chainOf(organizationId)) {
    broken = judge(row, sequence + 1n, previous) ?? compare(row, expected);
    if (broken) break;
    sequence = BigInt(row.sequence);
    previous = row.hash;
  }
  if (!broken && expected && sequence < expected.sequence) broken = cutOff(sequence, expected);
  const unsealed = await judgeUnsealed(organizationId);
  const head = previous.toString("hex");
  return {
    organization_id: organizationId,
    sealed: sequence,
    pending: unsealed.pending,
    head,
    broken: broken ?? unsealed.broken,
  };
}

async function* chainOf(organizationId: string): AsyncGenerator<SealedRow> {
  let after = 0n;
  for (;;) {
    const rows = await selectSeals(organizationId, after, PAGE);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = BigInt(last.sequence);
  }
}

function judge(row: SealedRow, sequence: bigint, previous: Buffer): Broken | null {
  const found = BigInt(row.sequence);
  const at = { sequence: found, event_id: row.event_id };
  if (found !== sequence) {
    return {
      kind: "seal_deleted",
      sequence,
      event_id: "",
      detail: `Seal ${sequence} is gone: ${found} follows ${sequence - 1n}.`,
    };
  }
  if (!row.previous_hash.equals(previous)) {
    return { ...at, kind: "seal_changed", detail: "It does not continue the chain of the seal before it." };
  }
  if (row.id === null) return { ...at, kind: "deleted", detail: "The event was deleted after it was sealed." };
  const { sequence: _, event_id, previous_hash, hash, ...event } = row;
  if (!hash.equals(sealOf(previous_hash, event))) {
    return { ...at, kind: "changed", detail: "The event or its seal was changed after it was sealed." };
  }
  if (!isGenuine(event))
    return {
      ...at,
      kind: "inserted",
      detail: "It was not written by this installation, or its master key is another now.",
    };
  return null;
}

function compare(row: SealedRow, expected: Expected | undefined): Broken | null {
  const sequence = BigInt(row.sequence);
  if (sequence !== expected?.sequence || row.hash.toString("hex") === expected.hash) return null;
  const detail = "The hash here is another than the one that was noted: the chain was made anew.";
  return { kind: "seal_changed", sequence, event_id: row.event_id, detail };
}

/** Bounded: one broken event is enough, and of those that wait for the sealer there are few. */
const MOST_UNSEALED = 10_000;

async function judgeUnsealed(organizationId: string): Promise<{ pending: number; broken: Broken | null }> {
  const events = await selectAllUnsealed(organizationId, MOST_UNSEALED);
  const wrong = events.find((event) => event.late || !isGenuine(contentOf(event)));
  if (!wrong) return { pending: events.length, broken: null };
  const why = wrong.late
    ? "later events were sealed long before it appeared"
    : "it was not written by this installation";
  const detail = `The event of ${wrong.at} was put in: ${why}.`;
  return { pending: events.length, broken: { kind: "inserted", sequence: null, event_id: wrong.id, detail } };
}

const contentOf = ({ late: _, ...event }: StoredEvent & { late: boolean }): StoredEvent => event;

function cutOff(sequence: bigint, expected: Expected): Broken {
  const detail = `The chain ends at ${sequence}; it had ${expected.sequence} records when the expected hash was noted.`;
  return { kind: "seal_deleted", sequence: sequence + 1n, event_id: "", detail };
}
