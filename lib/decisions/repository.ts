import { visibleTo } from "@/lib/api-keys/repository";
import type { Check, VerificationCode } from "@/lib/api-keys/verification";
import { getDb } from "@/lib/db";
import { RETAINED, RETAINED_DAYS } from "@/lib/decisions/retention";
import type { Principal } from "@/lib/principal";

export type DecisionRow = {
  request_id: string;
  organization_id: string;
  source: "verify" | "authorize";
  code: VerificationCode;
  checks: Check[];
  api_key_id: string | null;
  asked_by: string | null;
  ip: string | null;
};

export type StoredDecision = Omit<DecisionRow, "checks"> & { checks: unknown; at: Date; is_key_visible: boolean };

/** Writes a batch in one statement. `age_ms`: how long ago each was decided. One that is written already stays. */
export async function insertDecisions(rows: (DecisionRow & { age_ms: number })[]): Promise<void> {
  await getDb().prisma.$executeRaw`
    INSERT INTO decision_records (request_id, organization_id, at, source, code, checks, api_key_id, caller_id, ip)
    SELECT request_id, organization_id, now() - age_ms * interval '1 millisecond', source, code, checks, api_key_id,
      asked_by, ip
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r (request_id text, organization_id text, age_ms int,
      source text, code text, checks jsonb, api_key_id text, asked_by text, ip text)
    ON CONFLICT (request_id) DO NOTHING`;
}

/** Removes what is past its time, and of these organizations what is beyond the newest that are kept. */
export async function trimDecisions(organizationIds: string[]): Promise<void> {
  const { prisma } = getDb();
  await prisma.$executeRaw`
    DELETE FROM decision_records d USING unnest(${organizationIds}::text[]) AS o (id),
      LATERAL (SELECT at, request_id FROM decision_records l WHERE l.organization_id = o.id
        ORDER BY at DESC, request_id DESC OFFSET ${RETAINED - 1} LIMIT 1) AS oldest
    WHERE d.organization_id = o.id AND (d.at, d.request_id) < (oldest.at, oldest.request_id)`;
  await prisma.$executeRaw`DELETE FROM decision_records WHERE at < now() - make_interval(days => ${RETAINED_DAYS}::int)`;
}

/** The newest decisions that the principal may see: about keys that it can see, and those that it asked for itself. */
export function selectDecisions(
  principal: Principal,
  { requestId, apiKeyId, limit }: { requestId?: string; apiKeyId?: string; limit: number },
): Promise<StoredDecision[]> {
  const seesAll = principal.type === "user" && principal.subaccounts === null;
  return getDb().prisma.$queryRaw<StoredDecision[]>`
    SELECT * FROM (
      SELECT d.request_id, d.organization_id, d.at, d.source, d.code, d.checks, d.api_key_id,
        d.caller_id AS asked_by, d.ip,
        (${seesAll}::boolean OR EXISTS (SELECT 1 FROM api_keys k WHERE k.id = d.api_key_id AND ${visibleTo(principal)}))
          AS is_key_visible
      FROM decision_records d
      WHERE d.organization_id = ${principal.organization_id}
        AND d.at > now() - make_interval(days => ${RETAINED_DAYS}::int)
        AND (${requestId ?? null}::text IS NULL OR d.request_id = ${requestId ?? null})
        AND (${apiKeyId ?? null}::text IS NULL OR d.api_key_id = ${apiKeyId ?? null})
    ) AS seen
    WHERE is_key_visible OR asked_by = ${principal.id}
    ORDER BY at DESC, request_id DESC LIMIT ${limit}`;
}
