import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { applyScripts, dropSchema, scriptsOf } from "@/lib/backup/database-schema";
import { type DisabledKeys, disableKeys } from "@/lib/backup/disable-keys";
import { type BackupHeader, copyIn } from "@/lib/backup/format";
import { BackupReader, type TableSource } from "@/lib/backup/read";
import { requireReadable, UnreadableSigningKeys } from "@/lib/organizations/signing-keys";
import { withServerOptions } from "@/lib/postgres/connection-url";
import { MIGRATION_LOCK } from "@/lib/postgres/migrate";

/** The database that was to be restored into holds an organization. */
export class NotEmpty extends Error {}

export type RestoreOptions = {
  /** Whether an organization that is there may be replaced. */
  replace: boolean;
  /** Whether every key comes disabled. */
  disableKeys?: boolean;
};

/** `disabled` is null where keys came as they were. */
export type Restored = { takenAt: string; rows: number; disabled: DisabledKeys | null };

/**
 * Makes the database what it was when the backup was taken, in one transaction: it is restored whole and readable with
 * the master key that is there, its keys disabled if that was asked for, or it stays as it is. It is left at the schema
 * of the backup, to be migrated; what was disabled is to be told to the audit log after that.
 * @param url the login that owns the database.
 * @throws NotEmpty unless the database is empty or `replace` is given.
 * @throws Error when an instance is connected, the backup is damaged, or another master key made it.
 */
export async function restoreBackup(url: string, file: string, options: RestoreOptions): Promise<Restored> {
  const reader = new BackupReader(file);
  const client = new pg.Client({
    connectionString: withServerOptions(url, { lock_timeout: "10s", timezone: "UTC" }),
    application_name: "restore of latchkey",
    connectionTimeoutMillis: 5_000,
  });
  client.on("error", () => undefined);
  try {
    const header = await reader.header();
    const scripts = await scriptsOf(header);
    await client.connect();
    await client.query("BEGIN");
    // An instance that is started meanwhile waits here with its migrations.
    await client.query("SELECT pg_advisory_xact_lock($1)", [MIGRATION_LOCK]);
    await refuseInUse(client);
    if (!options.replace && (await holdsOrganization(client))) {
      throw new NotEmpty("The database holds an organization already.");
    }
    await dropSchema(client);
    await applyScripts(client, scripts);
    const rows = await load(client, reader);
    await requireMasterKey(client);
    const disabled = options.disableKeys ? await disableKeys(client) : null;
    await client.query("COMMIT");
    await client.query("ANALYZE");
    return { takenAt: header.taken_at, rows, disabled };
  } finally {
    reader.close();
    await client.end().catch(() => undefined);
  }
}

/** What the first line of a backup says. */
export async function headerOf(file: string): Promise<BackupHeader> {
  const reader = new BackupReader(file);
  try {
    return await reader.header();
  } finally {
    reader.close();
  }
}

async function load(client: pg.Client, reader: BackupReader): Promise<number> {
  let rows = 0;
  for await (const table of reader.tables()) rows += await copy(client, table);
  return rows;
}

async function copy(client: pg.Client, table: TableSource): Promise<number> {
  const writing = client.query(copyFrom(copyIn(table)));
  await pipeline(Readable.from(table.rows), writing);
  return writing.rowCount;
}

/** Every connection of an instance, and of nothing else here, carries a name that begins so. */
async function refuseInUse(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'latchkey%'`,
  );
  if (rows[0]?.n) throw new Error("An instance uses this database. Stop every instance first.");
}

async function holdsOrganization(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query("SELECT to_regclass('public.organizations') IS NOT NULL AS there");
  if (!rows[0]?.there) return false;
  return (await client.query("SELECT FROM public.organizations LIMIT 1")).rowCount === 1;
}

async function requireMasterKey(client: pg.Client): Promise<void> {
  const { rows } = await client.query("SELECT organization_id, version, nonce, ciphertext FROM public.signing_keys");
  try {
    requireReadable(rows);
  } catch (error) {
    if (!(error instanceof UnreadableSigningKeys)) throw error;
    throw new Error(
      "The master key that is here is not the one that was in use when the backup was made: no token would be " +
        "recognized. Set LATCHKEY_MASTER_KEY, or put the master.key of then into the data directory.",
      { cause: error },
    );
  }
}
