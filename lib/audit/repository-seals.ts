import type { StoredEvent } from "@/lib/audit/event";
import { getDb, type Tx } from "@/lib/db";
import { Prisma } from "@/lib/generated/prisma/client";

/**
 * How far before the last sealed event an unsealed one is looked for. Events become visible when their transaction
 * commits, at most 10 s after their time; the rest is for a clock that is set back. Nothing older is ever read again.
 */
const LOOK_BACK = `interval '5 minutes'`;

const EVENT = `e.id, e.organization_id, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at, e.action,
  e.outcome::text AS outcome, e.principal_type::text AS principal_type, e.principal_id, e.principal_name, e.target_type,
  e.target_id, e.target_name, e.ip, e.request_id, e.changes`;

/** From when on events of an organization may be unsealed: some time before the last sealed one that is still there. */
const horizon = (organization: string): string => `coalesce((
  SELECT head.at - ${LOOK_BACK} FROM audit_seals s JOIN audit_events head ON head.id = s.event_id
  WHERE s.organization_id = ${organization} ORDER BY s.sequence DESC LIMIT 1), '-infinity')`;

const UNSEALED = `NOT EXISTS (SELECT FROM audit_seals s WHERE s.event_id = e.id)`;

// One index look-up per organization rather than a scan of the log. No foreign key: an organization that is gone
// still has its events.
const ORGANIZATIONS = `WITH RECURSIVE organization (id) AS (
    (SELECT organization_id FROM audit_events ORDER BY organization_id LIMIT 1)
    UNION ALL
    SELECT (SELECT e.organization_id FROM audit_events e WHERE e.organization_id > o.id ORDER BY e.organization_id LIMIT 1)
    FROM organization o WHERE o.id IS NOT NULL)`;

const LATELY_UNSEALED = {
  name: "latchkey_lately_unsealed",
  text: `SELECT DISTINCT e.organization_id AS id FROM audit_events e WHERE e.at >= now() - ${LOOK_BACK} AND ${UNSEALED}`,
};

/** The organizations with events of the last minutes that have no seal: all there are while the sealer keeps up. */
export async function organizationsLatelyUnsealed(): Promise<string[]> {
  const { rows } = await getDb().pool.query<{ id: string }>(LATELY_UNSEALED);
  return rows.map(({ id }) => id);
}

/** Every organization with a log. */
export async function organizationsWithLog(): Promise<string[]> {
  const { rows } = await getDb().pool.query<{ id: string }>(
    `${ORGANIZATIONS} SELECT id FROM organization WHERE id IS NOT NULL UNION SELECT organization_id FROM audit_seals ORDER BY id`,
  );
  return rows.map(({ id }) => id);
}

/** True if this transaction is now the only one, on any instance, that seals the organization's log. */
export async function lockChain(tx: Tx, organizationId: string): Promise<boolean> {
  const [lock] = await tx.$queryRaw<{ free: boolean }[]>`
    SELECT pg_try_advisory_xact_lock(hashtextextended(${`audit-seal:${organizationId}`}, 0)) AS free`;
  return lock?.free ?? false;
}

export type ChainHead = { sequence: bigint; hash: Uint8Array };

export async function findHead(organization_id: string, tx: Tx): Promise<ChainHead | null> {
  const [row] = await tx.$queryRaw<{ sequence: string; hash: Buffer }[]>`
    SELECT sequence, hash FROM audit_seals WHERE organization_id = ${organization_id} ORDER BY sequence DESC LIMIT 1`;
  return row ? { sequence: BigInt(row.sequence), hash: row.hash } : null;
}

/** The time from when on events of the organization may be unsealed, as PostgreSQL writes it. */
export async function findHorizon(tx: Tx, organizationId: string): Promise<string> {
  const [row] = await tx.$queryRaw<{ horizon: string }[]>`
    SELECT (${Prisma.raw(horizon("o.id"))})::text AS horizon FROM (SELECT ${organizationId}::text AS id) o`;
  return row?.horizon ?? "-infinity";
}

/** The oldest events, from a time on, that no seal covers yet, in the order in which they happened. */
export function selectUnsealed(tx: Tx, organizationId: string, from: string, limit: number): Promise<StoredEvent[]> {
  return tx.$queryRaw<StoredEvent[]>`
    SELECT ${Prisma.raw(EVENT)} FROM audit_events e
    WHERE e.organization_id = ${organizationId} AND e.at >= ${from}::text::timestamptz AND ${Prisma.raw(UNSEALED)}
    ORDER BY e.at, e.id LIMIT ${limit}`;
}

export type NewSeal = { sequence: bigint; event_id: string; previous_hash: Buffer; hash: Buffer };

/** Adds to the organization's chain in one statement. */
export async function insertSeals(tx: Tx, organizationId: string, seals: NewSeal[]): Promise<void> {
  const rows = seals.map(({ sequence, event_id, previous_hash, hash }) => ({
    sequence: sequence.toString(),
    event_id,
    previous_hash: previous_hash.toString("hex"),
    hash: hash.toString("hex"),
  }));
  await tx.$executeRaw`
    INSERT INTO audit_seals (organization_id, sequence, event_id, previous_hash, hash)
    SELECT ${organizationId}, sequence, event_id, decode(previous_hash, 'hex'), decode(hash, 'hex')
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS s (sequence bigint, event_id text, previous_hash text, hash text)`;
}

/** A seal with the event that it covers, whose columns are all null when it is gone. */
export type SealedRow = { sequence: string; event_id: string; previous_hash: Buffer; hash: Buffer } & (
  | StoredEvent
  | { id: null }
);

/** The chain from after `sequence`, in its order. */
export async function selectSeals(organizationId: string, after: bigint, limit: number): Promise<SealedRow[]> {
  const { rows } = await getDb().pool.query<SealedRow>(
    `SELECT s.sequence, s.event_id, s.previous_hash, s.hash, ${EVENT}
     FROM audit_seals s LEFT JOIN audit_events e ON e.id = s.event_id
     WHERE s.organization_id = $1 AND s.sequence > $2 ORDER BY s.sequence LIMIT $3`,
    [organizationId, after.toString(), limit],
  );
  return rows;
}

/** Events that no seal covers, wherever they stand; `late` ones are too old for the sealer to look at. */
export async function selectAllUnsealed(
  organizationId: string,
  limit: number,
): Promise<(StoredEvent & { late: boolean })[]> {
  const { rows } = await getDb().pool.query<StoredEvent & { late: boolean }>(
    `SELECT ${EVENT}, e.at < ${horizon("e.organization_id")} AS late FROM audit_events e
     WHERE e.organization_id = $1 AND ${UNSEALED} ORDER BY e.at, e.id LIMIT $2`,
    [organizationId, limit],
  );
  return rows;
}
