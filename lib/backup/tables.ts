import type pg from "pg";
import type { TableRows } from "@/lib/backup/format";

/**
 * Not worth keeping, or wrong to bring back: who serves, and what each has written of its counts, which no process that
 * starts after a restore asks for; and sessions, since one that was signed out of later would be open again. What is
 * unlogged is not kept either.
 */
const LEFT_OUT = ["instances", "sessions", "usage_recorders"];

/** The tables that a backup has, each after those that it refers to. The catalogue names them: none can be forgotten. */
export async function tablesToKeep(client: pg.ClientBase): Promise<TableRows[]> {
  const { rows } = await client.query<{ name: string; columns: string; refers_to: string[] }>(
    `SELECT c.relname AS name,
        (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a
          WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '') AS columns,
        ARRAY(SELECT f.confrelid::regclass::text FROM pg_constraint f
          WHERE f.conrelid = c.oid AND f.contype = 'f' AND f.confrelid <> c.oid) AS refers_to
      FROM pg_class c
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relpersistence = 'p'
        AND c.relname <> '_prisma_migrations' AND c.relname <> ALL ($1)
      ORDER BY c.relname`,
    [LEFT_OUT],
  );
  const sorted: typeof rows = [];
  const left = new Set(rows);
  while (left.size > 0) {
    const waitingFor = new Set([...left].map(({ name }) => name));
    const free = [...left].filter((table) => !table.refers_to.some((name) => waitingFor.has(name)));
    if (free.length === 0) throw new Error(`These tables refer to each other: ${[...waitingFor].join(", ")}.`);
    for (const table of free) {
      sorted.push(table);
      left.delete(table);
    }
  }
  return sorted.map(({ name, columns }) => ({ table: `public."${name}"`, columns }));
}
