import type pg from "pg";
import type { Workload } from "@/lib/testing/workload";

/** Each finds what a change that was made by half, lost, or made twice would leave behind. No rows: nothing found. */
const CHECKS: Record<string, string> = {
  "a key without its one digest": `
    SELECT id FROM api_keys k WHERE (SELECT count(*) FROM token_digests d WHERE d.api_key_id = k.id) <> 1`,
  "a key whose creation is not in the audit log exactly once": `
    SELECT id FROM api_keys k WHERE (SELECT count(*) FROM audit_events e
      WHERE e.target_id = k.id AND e.action = 'api_key.created' AND e.outcome = 'done') <> 1`,
  "a key whose version is not the number of its events": `
    SELECT id FROM api_keys k WHERE version <> (SELECT count(*) FROM audit_events e
      WHERE e.target_id = k.id AND e.outcome = 'done' AND e.action LIKE 'api_key.%' AND e.action <> 'api_key.used')`,
  "a key's event without the key": `
    SELECT target_id AS id FROM audit_events e WHERE target_type = 'api_key' AND outcome = 'done'
      AND NOT EXISTS (SELECT FROM api_keys k WHERE k.id = e.target_id)`,
  "an idempotency record without its key": `
    SELECT idempotency_key AS id FROM idempotency_records r
      WHERE NOT EXISTS (SELECT FROM api_keys k WHERE k.id = r.response->'key'->>'id')`,
  "a key of the workload whose tokens and idempotency records differ in number": `
    SELECT id FROM api_keys k WHERE name LIKE 'work %' AND (SELECT count(*) FROM idempotency_records r
      WHERE r.response->'key'->>'id' = k.id) <> (SELECT count(*) FROM audit_events e WHERE e.target_id = k.id
      AND e.outcome = 'done' AND e.action IN ('api_key.created', 'api_key.regenerated'))`,
  "a name that was given to two keys": `
    SELECT name AS id FROM api_keys WHERE name LIKE 'work %' GROUP BY name HAVING count(*) > 1`,
  "an event twice for one request": `
    SELECT request_id AS id FROM audit_events WHERE target_type = 'api_key' AND outcome = 'done'
      GROUP BY request_id, target_id HAVING count(*) > 1`,
};

/**
 * What is wrong in the database after the workload: rows that do not belong together, acknowledged changes that are
 * not there, keys in a state that no order of events explains. `client` sees every row.
 */
export async function findInconsistencies(client: pg.Client, workload: Workload): Promise<string[]> {
  const found: string[] = [];
  for (const [what, sql] of Object.entries(CHECKS)) {
    const { rows } = await client.query<{ id: string }>(sql);
    for (const { id } of rows) found.push(`${what}: ${id}`);
  }
  return [...found, ...(await lost(client, workload)), ...(await unexplained(client, workload))];
}

/** An acknowledged change is in the audit log under its request's id, in the change's own transaction. */
async function lost(client: pg.Client, { acknowledged }: Workload): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT a.id FROM unnest($1::text[]) AS a (id)
       WHERE NOT EXISTS (SELECT FROM audit_events e WHERE e.request_id = a.id AND e.outcome = 'done')`,
    [acknowledged],
  );
  return rows.map(({ id }) => `an acknowledged change is lost: ${id}`);
}

type Found = { id: string; name: string; version: number; status: string };

async function unexplained(client: pg.Client, { keys, maybeMade, prefix }: Workload): Promise<string[]> {
  const { rows } = await client.query<Found>(
    `SELECT id, name, version, CASE WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN disabled_at IS NOT NULL
       THEN 'disabled' ELSE 'active' END AS status FROM api_keys WHERE starts_with(name, $1)`,
    [prefix],
  );
  const stored = new Map(rows.map((row) => [row.id, row]));
  const wrong = keys.flatMap(({ id, model }) => {
    const row = stored.get(id);
    const problem = row ? model.settled(row) : "it is gone";
    return problem ? [`${id}: ${problem}`] : [];
  });
  const known = new Set(keys.map(({ id }) => id));
  const strangers = rows.filter((row) => !known.has(row.id) && !maybeMade.includes(row.name));
  return [...wrong, ...strangers.map((row) => `a key that nobody asked for: ${row.id} ${row.name}`)];
}
