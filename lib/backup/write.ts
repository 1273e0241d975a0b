import { once } from "node:events";
import { createWriteStream, existsSync } from "node:fs";
import { link, rm, stat } from "node:fs/promises";
import { finished } from "node:stream/promises";
import { createGzip, type Gzip } from "node:zlib";
import pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { copyIn, copyOut, END_OF_BACKUP, END_OF_ROWS, writeHeader } from "@/lib/backup/format";
import { tablesToKeep } from "@/lib/backup/tables";

export type Written = { file: string; bytes: number; rows: number; takenAt: string };

/**
 * Writes everything that the database holds at one moment to a new file of mode 0600. Instances may go on serving: it
 * reads one snapshot and locks nothing that they need. The file appears when it is whole and on the disk.
 * @param url the login that owns the tables.
 * @throws Error when there is such a file, or the database is not Latchkey's.
 */
export async function writeBackup(url: string, file: string): Promise<Written> {
  const client = new pg.Client({
    connectionString: url,
    application_name: "backup of latchkey",
    connectionTimeoutMillis: 5_000,
  });
  client.on("error", () => undefined);
  const partial = `${file}.${process.pid}.partial`;
  try {
    if (existsSync(file)) throw new Error(`There is a ${file} already.`);
    await client.connect();
    const written = await write(client, partial);
    // Unlike a rename, this replaces nothing.
    await link(partial, file);
    return { file, bytes: (await stat(file)).size, ...written };
  } finally {
    await rm(partial, { force: true });
    await client.end().catch(() => undefined);
  }
}

async function write(client: pg.Client, file: string): Promise<{ rows: number; takenAt: string }> {
  const disk = createWriteStream(file, { flags: "wx", mode: 0o600, flush: true });
  const gzip = createGzip();
  gzip.pipe(disk);
  disk.on("error", (error) => gzip.destroy(error));
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const { rows: facts } = await client.query<{ taken_at: Date; server: string }>(
      "SELECT now() AS taken_at, current_setting('server_version') AS server",
    );
    const { rows: migrations } = await client.query<{ name: string; checksum: string }>(
      `SELECT migration_name AS name, checksum FROM public._prisma_migrations
        WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY migration_name`,
    );
    const takenAt = facts[0]?.taken_at.toISOString() ?? "";
    await put(gzip, writeHeader({ format: 1, taken_at: takenAt, server: facts[0]?.server ?? "", migrations }));
    let rows = 0;
    for (const table of await tablesToKeep(client)) {
      await put(gzip, `\n${copyIn(table)};\n`);
      const reading = client.query(copyTo(copyOut(table)));
      for await (const chunk of reading) await put(gzip, chunk);
      await put(gzip, END_OF_ROWS);
      rows += reading.rowCount;
    }
    await put(gzip, `\n${END_OF_BACKUP}\n`);
    await client.query("COMMIT");
    return { rows, takenAt };
  } finally {
    gzip.end();
    await finished(disk);
  }
}

async function put(gzip: Gzip, part: string | Buffer): Promise<void> {
  if (!gzip.write(part)) await once(gzip, "drain");
}
