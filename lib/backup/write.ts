import { createWriteStream, existsSync } from "node:fs";
import { link, rm, stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { type BackupHeader, copyIn, copyOut, END_OF_BACKUP, END_OF_ROWS, writeHeader } from "@/lib/backup/format";
import { tablesToKeep } from "@/lib/backup/tables";

export type Written = { file: string; bytes: number; rows: number; takenAt: string };

/**
 * Writes everything that the database holds at one moment to a new file of mode 0600. Instances may go on serving: it
 * reads one snapshot and locks nothing that they need. The file appears when it is whole and on the disk.
 * @param url the login that owns the tables.
 * @throws Error when there is such a file, it cannot be written, or the database is not Latchkey's.
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
    const contents = new Contents(client);
    const disk = createWriteStream(partial, { flags: "wx", mode: 0o600, flush: true });
    let fault: Error | null = null;
    disk.once("error", (error) => {
      fault = error;
    });
    await pipeline(contents.parts(), createGzip(), disk).catch((error: unknown) => {
      if (!(error instanceof Error) || error !== fault) throw error;
      throw new Error(`${file} cannot be written: ${error.message}.`, { cause: error });
    });
    // Unlike a rename, this replaces nothing.
    await link(partial, file);
    return { file, bytes: (await stat(file)).size, rows: contents.rows, takenAt: contents.takenAt };
  } finally {
    // Where nothing could be written nothing can be removed either, and why is what matters.
    await rm(partial, { force: true }).catch(() => undefined);
    await client.end().catch(() => undefined);
  }
}

/** What a backup says, part by part, and when it has been read, of what. */
class Contents {
  rows = 0;
  takenAt = "";

  constructor(private readonly client: pg.Client) {}

  async *parts(): AsyncGenerator<string | Buffer> {
    await this.client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    yield writeHeader(await this.header());
    for (const table of await tablesToKeep(this.client)) {
      yield `\n${copyIn(table)};\n`;
      const reading = this.client.query(copyTo(copyOut(table)));
      yield* reading;
      yield END_OF_ROWS;
      this.rows += reading.rowCount;
    }
    yield `\n${END_OF_BACKUP}\n`;
    await this.client.query("COMMIT");
  }

  private async header(): Promise<BackupHeader> {
    const { rows: facts } = await this.client.query<{ taken_at: Date; server: string }>(
      "SELECT now() AS taken_at, current_setting('server_version') AS server",
    );
    const { rows: migrations } = await this.client.query<{ name: string; checksum: string }>(
      `SELECT migration_name AS name, checksum FROM public._prisma_migrations
        WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY migration_name`,
    );
    this.takenAt = facts[0]?.taken_at.toISOString() ?? "";
    return { format: 1, taken_at: this.takenAt, server: facts[0]?.server ?? "", migrations };
  }
}
