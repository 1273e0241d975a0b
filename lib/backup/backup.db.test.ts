import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { sealAll } from "@/lib/audit/sealer";
import { verifyLog } from "@/lib/audit/verify";
import { recordDisabledKeys } from "@/lib/backup/disable-keys";
import { headerOf, restoreBackup } from "@/lib/backup/restore";
import { writeBackup } from "@/lib/backup/write";
import { closeDb, getDb } from "@/lib/db";
import { withDatabase } from "@/lib/postgres/connection-url";
import { startEmbedded } from "@/lib/postgres/embedded";
import { migrationNames } from "@/lib/postgres/migrations";
import { runningPostmaster } from "@/lib/postgres/postmaster";
import { prepareDatabase } from "@/lib/postgres/prepare";
import { ownDatabase, truncateAll, withClient } from "@/lib/testing/database";
import { makeKey, makeOrganization, type TestOrganization } from "@/lib/testing/factories";
import { flushUsage } from "@/lib/usage/recorder";

const KEYS = "/v4/account/api-keys";
const TARGET = `restored_${process.env.VITEST_POOL_ID ?? "0"}`;

const directory = mkdtempSync(path.join(tmpdir(), "latchkey-backup-"));
const source = process.env.DATABASE_URL;
let count = 0;
const newFile = () => path.join(directory, `${++count}.backup`);

let organization: TestOrganization;
let target = "";

beforeEach(async () => {
  await truncateAll();
  organization = await makeOrganization();
  const { superuserUrl, ownerUrl } = inject("template");
  target = withDatabase(ownerUrl, TARGET);
  await withClient(withDatabase(superuserUrl, "postgres"), async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${TARGET} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${TARGET} OWNER latchkey_owner`);
  });
});
afterEach(() => servingFrom(source ?? ""));
afterAll(async () => {
  rmSync(directory, { recursive: true });
  await withClient(withDatabase(inject("template").superuserUrl, "postgres"), (client) =>
    client.query(`DROP DATABASE IF EXISTS ${TARGET} WITH (FORCE)`),
  );
});

/** From here on the application uses that database, as after a start with another DATABASE_URL. */
async function servingFrom(url: string): Promise<void> {
  await closeDb();
  process.env.DATABASE_URL = url;
}

async function backUp(): Promise<string> {
  const file = newFile();
  await writeBackup((await ownDatabase()).ownerUrl, file);
  return file;
}

/** Restores into the empty database and makes the application serve from it. */
async function restoreAndServe(file: string): Promise<void> {
  await restoreBackup(target, file, { replace: false });
  await serveRestored();
}

async function serveRestored(): Promise<void> {
  await servingFrom(await prepareDatabase(target, withDatabase(inject("template").appUrl, TARGET)));
}

async function rowsOf(url: string): Promise<Record<string, number>> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
        AND relname NOT IN ('instances', 'sessions', 'usage_recorders', 'rate_limit_counts', '_prisma_migrations') ORDER BY 1`,
    );
    const counts: Record<string, number> = {};
    for (const { name } of rows) {
      const { rows: counted } = await client.query(`SELECT count(*)::int AS n FROM "${name}"`);
      counts[name] = counted[0].n;
    }
    return counts;
  });
}

describe("a restored backup", () => {
  test("has the keys of then, whose tokens work, and not those of later", async () => {
    const [before, revoked] = [await makeKey(organization), await makeKey(organization)];
    await organization.owner.client.post(`${KEYS}/${before.id}/regenerate`, { grace_period_seconds: 3600 });
    const file = await backUp();
    await organization.owner.client.delete(`${KEYS}/${revoked.id}`);
    const after = await makeKey(organization);
    await restoreAndServe(file);
    expect((await before.client.get(KEYS)).status).toBe(200);
    expect((await revoked.client.get(KEYS)).status).toBe(200);
    expect((await after.client.get(KEYS)).status).toBe(401);
  });

  test("is complete: every table but sessions and who serves, and the log's chain is intact and closed", async () => {
    await makeKey(organization);
    await sealAll();
    // What was counted before is written each second: not between the two readings.
    await flushUsage();
    const file = await backUp();
    const counts = await rowsOf((await ownDatabase()).ownerUrl);
    expect(counts).toMatchObject({ organizations: 1, api_keys: 1, token_digests: 1, signing_keys: 1 });
    expect(counts.audit_seals).toBeGreaterThan(0);
    await restoreAndServe(file);
    expect(await rowsOf(target)).toEqual(counts);
    expect(await verifyLog(organization.id)).toMatchObject({ broken: null, sealed: BigInt(counts.audit_seals ?? 0) });
    await expect(getDb().pool.query("DELETE FROM audit_events")).rejects.toThrow("permission denied");
    await withClient(target, async (owner) => {
      await expect(owner.query("DELETE FROM audit_events")).rejects.toThrow("append-only");
    });
    expect((await organization.owner.client.get(KEYS)).status).toBe(401);
  });

  test("says what it said, whatever it was", async () => {
    const hostile = 'tab\there, \\ and \\N\n\\.\nCOPY public."x" (y) FROM stdin;\r\n-- End of the backup\n\'é😀';
    const { id } = await makeKey(organization);
    await getDb().pool.query("UPDATE api_keys SET description = $1 WHERE id = $2", [hostile, id]);
    await restoreAndServe(await backUp());
    const { rows } = await getDb().pool.query("SELECT description FROM api_keys WHERE id = $1", [id]);
    expect(rows).toEqual([{ description: hostile }]);
  });

  test("of older migrations is restored at their schema, and migrated from there", async () => {
    const file = await backUp();
    const older = (await migrationNames()).filter((name) => !name.endsWith("rate_limit_counts"));
    const text = gunzipSync(readFileSync(file)).toString();
    const header = await headerOf(file);
    expect(header.migrations.map(({ name }) => name)).toEqual(await migrationNames());
    const migrations = header.migrations.filter(({ name }) => older.includes(name));
    const withOlder = newFile();
    const lines = [`-- Latchkey backup ${JSON.stringify({ ...header, migrations })}`, ...text.split("\n").slice(1)];
    writeFileSync(withOlder, gzipSync(lines.join("\n")));
    await restoreBackup(target, withOlder, { replace: false });
    const there = () =>
      withClient(target, (client) => client.query("SELECT to_regclass('rate_limit_counts') IS NOT NULL AS there"));
    expect((await there()).rows).toEqual([{ there: false }]);
    await prepareDatabase(target);
    expect((await there()).rows).toEqual([{ there: true }]);
  });

  test("SH-15 can come with every key disabled from the first moment on, each in the log afterwards", async () => {
    const keys = [await makeKey(organization), await makeKey(organization)];
    const [off, revoked] = [await makeKey(organization), await makeKey(organization)];
    await organization.owner.client.patch(`${KEYS}/${off.id}`, { is_active: false });
    await organization.owner.client.delete(`${KEYS}/${revoked.id}`);
    await organization.owner.client.patch(`/v4/account/regions/${organization.regionId}`, {
      always_keep_one_active_key: true,
    });
    const { disabled } = await restoreBackup(target, await backUp(), { replace: false, disableKeys: true });
    expect(disabled?.count).toBe(2);
    // What a restore leaves that is killed here.
    const working = "SELECT id FROM api_keys WHERE revoked_at IS NULL AND disabled_at IS NULL";
    expect((await withClient(target, (client) => client.query(working))).rows).toEqual([]);
    await serveRestored();
    if (disabled) await recordDisabledKeys(disabled);
    for (const { client } of keys) expect((await client.get(KEYS)).status).toBe(401);
    const { rows } = await getDb().pool.query(
      `SELECT target_id, principal_type, changes FROM audit_events
        WHERE action = 'api_key.disabled' AND principal_type = 'system' ORDER BY target_id`,
    );
    expect(rows.map((row) => row.target_id)).toEqual(keys.map(({ id }) => id).sort());
    expect(rows[0]).toMatchObject({ principal_type: "system", changes: { is_active: [true, false] } });
    await sealAll();
    expect((await verifyLog(organization.id)).broken).toBeNull();
  });
});

describe("nothing is changed", () => {
  let file = "";
  let holds: Record<string, number> = {};
  beforeEach(async () => {
    await makeKey(organization);
    file = await backUp();
    await restoreBackup(target, file, { replace: false });
    await prepareDatabase(target);
    holds = await rowsOf(target);
  });
  const refused = async (given: string, replace: boolean, reason: RegExp) => {
    await expect(restoreBackup(target, given, { replace })).rejects.toThrow(reason);
    expect(await rowsOf(target)).toEqual(holds);
  };

  test("in a database that holds an organization, unless it is to be replaced", async () => {
    await refused(file, false, /holds an organization already/);
    await makeKey(organization);
    await restoreBackup(target, await backUp(), { replace: true });
    expect((await rowsOf(target)).api_keys).toBe(2);
  });

  test("by a backup that is cut off, damaged, or none at all", async () => {
    const whole = readFileSync(file);
    const text = gunzipSync(whole).toString();
    const middle = whole.length >> 1;
    const damages: [Buffer, RegExp][] = [
      [whole.subarray(0, whole.length - 20), /damaged or not whole/],
      [whole.subarray(0, whole.length - 6), /damaged or not whole/],
      [Buffer.from(whole).fill(0, middle, middle + 40), /damaged or not whole/],
      [gzipSync(text.slice(0, text.indexOf('COPY public."signing_keys'))), /damaged or not whole/],
      [gzipSync("CREATE TABLE x ();\n"), /not a backup/],
      [Buffer.from("PGDMP"), /damaged or not whole|not a backup/],
    ];
    for (const [bytes, reason] of damages) {
      const damaged = newFile();
      writeFileSync(damaged, bytes);
      await refused(damaged, true, reason);
    }
  });

  test("with another master key than the backup's", async () => {
    const store = globalThis as { __latchkeyMasterKey?: Buffer | undefined };
    const kept = store.__latchkeyMasterKey;
    store.__latchkeyMasterKey = randomBytes(32);
    try {
      await refused(file, true, /master key that is here is not the one/);
    } finally {
      store.__latchkeyMasterKey = kept;
    }
  });

  test("while an instance is connected", async () => {
    await servingFrom(target);
    await getDb().pool.query("SELECT 1");
    await refused(file, true, /Stop every instance first/);
  });

  test("where tables are not Latchkey's", async () => {
    await withClient(target, (client) => client.query("CREATE TABLE invoices (id int)"));
    holds = await rowsOf(target);
    await refused(file, true, /not Latchkey's \(invoices\)/);
  });

  test("by a backup of a newer Latchkey, or of other migrations", async () => {
    const text = gunzipSync(readFileSync(file)).toString();
    for (const [changed, reason] of [
      [text.replace("20261120174720_init", "20991120174720_later"), /A newer Latchkey made this backup/],
      [text.replace(/"checksum":"\w+"/, '"checksum":"0"'), /another one here/],
      [text.replace('"format":1', '"format":2'), /A newer Latchkey made this backup/],
    ] as const) {
      const other = newFile();
      writeFileSync(other, gzipSync(changed));
      await refused(other, true, reason);
    }
  });
});

describe("the file", () => {
  test("is the owner's alone, and is never written over another", async () => {
    const file = await backUp();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const before = readFileSync(file);
    await expect(writeBackup((await ownDatabase()).ownerUrl, file)).rejects.toThrow("already");
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test("that cannot be written is named, and nothing else happens", async () => {
    const { ownerUrl } = await ownDatabase();
    const other = await backUp();
    for (const place of [path.join(directory, "absent", "a.backup"), path.join(other, "a.backup")]) {
      await expect(writeBackup(ownerUrl, place)).rejects.toThrow(`${place} cannot be written: `);
    }
  });

  test("holds no token and no session", async () => {
    const { token } = await makeKey(organization);
    const text = gunzipSync(readFileSync(await backUp())).toString();
    expect(text).not.toContain(token);
    expect(text).not.toContain('public."sessions"');
  });

  test("needs no sequence, for no table has one", async () => {
    const { rows } = await getDb().pool.query("SELECT FROM pg_class WHERE relkind = 'S'");
    expect(rows).toHaveLength(0);
  });
});

/** The commands, on an embedded server that is not running, and into a data directory that has only the master key. */
test("npm run backup and npm run restore", async () => {
  const place = () => {
    const made = mkdtempSync(path.join(tmpdir(), "latchkey-backup-home-"));
    chmodSync(made, 0o711);
    return made;
  };
  const [from, to] = [place(), place()];
  const run = (script: string, dataDir: string, ...args: string[]) =>
    promisify(execFile)(process.execPath, ["scripts/run.mjs", `scripts/${script}.ts`, ...args], {
      env: { ...process.env, DATABASE_URL: "", LATCHKEY_DATA_DIR: dataDir },
    });
  try {
    const embedded = await startEmbedded(from, { durable: false });
    await withClient(embedded.ownerUrl, async () => {
      await servingFrom(await prepareDatabase(embedded.ownerUrl, embedded.appUrl));
      await makeOrganization();
      await closeDb();
    });
    await embedded.stop();
    const nowhere = path.join(from, "absent", "x.backup");
    await expect(run("backup", from, "--out", nowhere)).rejects.toMatchObject({
      stderr: expect.stringMatching(/^No backup was made\. \S+ cannot be written: ENOENT/),
    });
    expect(runningPostmaster(path.join(from, "postgres", "data"))).toBeNull();
    const file = newFile();
    const backup = await run("backup", from, "--out", file);
    expect(backup.stdout).toContain("THE MASTER KEY IS NOT IN IT");
    const restored = await run("restore", to, file, "--disable-keys");
    expect(restored.stdout).toMatch(/Restored: \d+ rows/);
    expect(restored.stdout).toContain("Disabled: 0 keys");
    await expect(run("restore", to, file)).rejects.toMatchObject({ stderr: expect.stringContaining("add --replace") });
    const again = await run("restore", to, file, "--replace");
    expect(again.stdout).toContain("WORKS AGAIN");
    const kept = /kept in (\S+)\./.exec(again.stdout)?.[1] ?? "";
    expect((await headerOf(kept)).migrations.length).toBeGreaterThan(5);
    rmSync(kept);
    const verified = await run("audit-verify", to);
    expect(verified.stdout).toMatch(/intact/);
  } finally {
    rmSync(from, { recursive: true });
    rmSync(to, { recursive: true });
  }
}, 120_000);
