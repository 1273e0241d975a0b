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

const TO_SEAL = {
  name: "latchkey_organizations_to_seal",
  text: `${ORGANIZATIONS} SELECT o.id FROM organization o WHERE o.id IS NOT NULL AND EXISTS (
    SELECT FROM audit_events e WHERE e.organization_id = o.id AND e.at >= ${horizon("o.id")} AND ${UNSEALED})`,
};

/** The organizations that have events without a seal. */
export async function organizationsToSeal(): Promise<string[]> {
  const { rows } = await getDb().pool.query<{ id: string }>(TO_SEAL);
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

export async function findHead(organization_id: string, tx?: Tx): Promise<ChainHead | null> {
  return (tx ?? getDb().prisma).auditSeal.findFirst({
    where: { organization_id },
    orderBy: { sequence: "desc" },
    select: { sequence: true, hash: true },
  });
}

/** Events that no seal covers yet, in the order in which they happened. */
export function selectUnsealed(tx: Tx, organizationId: string, limit: number): Promise<StoredEvent[]> {
  return tx.$queryRaw<StoredEvent[]>`
    SELECT ${Prisma.raw(EVENT)} FROM audit_events e
    WHERE e.organization_id = ${organizationId} AND e.at >= ${Prisma.raw(horizon("e.organization_id"))}
      AND ${Prisma.raw(UNSEALED)}
    ORDER BY e.at, e.id LIMIT ${limit}`;
}

export type NewSeal = {
  organization_id: string;
  sequence: bigint;
  event_id: string;
  previous_hash: Buffer;
  hash: Buffer;
};

export async function insertSeals(tx: Tx, seals: NewSeal[]): Promise<void> {
  const bytes = (buffer: Buffer) => new Uint8Array(buffer);
  await tx.auditSeal.createMany({
    data: seals.map(({ previous_hash, hash, ...rest }) => ({
      ...rest,
      previous_hash: bytes(previous_hash),
      hash: bytes(hash),
    })),
  });
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
