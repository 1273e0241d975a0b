import { hostname } from "node:os";
import type pg from "pg";
import { acknowledgementsFor, acknowledgementTexts, CHANGES, markerText } from "@/lib/coherence/announcements";
import type { InstanceRow } from "@/lib/coherence/propagation";

/** Runs one statement: on the listening connection, or on one of the pool. */
export type Run = <R extends pg.QueryResultRow>(text: string, values?: unknown[]) => Promise<pg.QueryResult<R>>;

type Told = { now: Date };

/** Makes the row of `id`, and deletes those of its former lives. Returns the database's time. */
export async function register(run: Run, id: string, former: string[], origin: string): Promise<Date> {
  const { rows } = await run<Told>(
    `WITH gone AS (DELETE FROM instances WHERE id = ANY ($2::text[]))
     INSERT INTO instances (id, host, pid, origin) VALUES ($1, $3, $4, $5) RETURNING clock_timestamp() AS now`,
    [id, former, hostname(), process.pid, origin],
  );
  return (rows[0] as Told).now;
}

/** Renews the row, and returns the database's time; null when the row is fenced or deleted. */
export async function renew(run: Run, id: string): Promise<Date | null> {
  const { rows } = await run<Told>(
    "UPDATE instances SET beat = beat + 1 WHERE id = $1 AND NOT fenced RETURNING clock_timestamp() AS now",
    [id],
  );
  return rows[0]?.now ?? null;
}

/** All instances, after those of `fenced` have been kept from renewing. */
export async function readInstances(run: Run, fenced: string[]): Promise<InstanceRow[]> {
  if (fenced.length > 0) await run("UPDATE instances SET fenced = true WHERE id = ANY ($1::text[])", [fenced]);
  const { rows } = await run<InstanceRow>("SELECT id, beat::float8 AS beat, fenced FROM instances");
  return rows;
}

/** Instances that go by another origin, and how far their beats are. */
export async function readOtherOrigins(
  run: Run,
  origin: string,
): Promise<{ id: string; origin: string; beat: number }[]> {
  const { rows } = await run<{ id: string; origin: string; beat: number }>(
    "SELECT id, origin, beat::float8 AS beat FROM instances WHERE origin <> $1",
    [origin],
  );
  return rows;
}

/** Deletes instances that have not been renewed since their beat was read. */
export async function remove(run: Run, rows: InstanceRow[]): Promise<void> {
  await run(
    `DELETE FROM instances i USING unnest($1::text[], $2::bigint[]) AS g (id, beat)
     WHERE i.id = g.id AND i.beat = g.beat`,
    [rows.map(({ id }) => id), rows.map(({ beat }) => beat)],
  );
}

export async function leave(run: Run, ids: string[]): Promise<void> {
  await run("DELETE FROM instances WHERE id = ANY ($1::text[])", [ids]);
}

/** Says once more that these changes are complete. */
export async function announceAgain(run: Run, writer: string, changes: string[]): Promise<void> {
  await run("SELECT pg_notify($1, text) FROM unnest($2::text[]) AS a (text)", [
    CHANGES,
    changes.map((change) => markerText(change, writer)),
  ]);
}

export type Acknowledgement = { writer: string; change: string; instance: string };

/** Tells writers that their changes were taken in: all of them in one statement. */
export async function acknowledge(run: Run, acknowledgements: Acknowledgement[]): Promise<void> {
  const groups = new Map<string, { channel: string; instance: string; changes: string[] }>();
  for (const { writer, change, instance } of acknowledgements) {
    const name = `${writer}:${instance}`;
    const group = groups.get(name) ?? { channel: acknowledgementsFor(writer), instance, changes: [] };
    group.changes.push(change);
    groups.set(name, group);
  }
  const sent = [...groups.values()].flatMap(({ channel, instance, changes }) =>
    acknowledgementTexts(instance, changes).map((text) => ({ channel, text })),
  );
  await run("SELECT pg_notify(channel, text) FROM unnest($1::text[], $2::text[]) AS a (channel, text)", [
    sent.map(({ channel }) => channel),
    sent.map(({ text }) => text),
  ]);
}
