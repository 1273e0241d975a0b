// `npm run restore -- file [--replace] [--disable-keys]`: makes the database what it was when the backup was taken.
import path from "node:path";
import { parseArgs } from "node:util";
import { recordDisabledKeys } from "@/lib/backup/disable-keys";
import { withOwnerUrl } from "@/lib/backup/open-database";
import { NotEmpty, type Restored, type RestoreOptions, restoreBackup } from "@/lib/backup/restore";
import { writeBackup } from "@/lib/backup/write";
import { closeDb } from "@/lib/db";
import { prepareDatabase } from "@/lib/postgres/prepare";

let restored: Restored | null = null;
try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { replace: { type: "boolean", default: false }, "disable-keys": { type: "boolean", default: false } },
  });
  const [given] = positionals;
  if (given === undefined || positionals.length > 1) {
    throw new Error("Name the backup: npm run restore -- file [--replace] [--disable-keys]");
  }
  const file = path.resolve(given);
  await withOwnerUrl(async (url) => {
    restored = await restore(url, file, { replace: values.replace, disableKeys: values["disable-keys"] });
    const { takenAt, rows, disabled } = restored;
    console.log(`\n  Restored: ${rows} rows, as of ${takenAt}.`);
    process.env.DATABASE_URL = await prepareDatabase(url, url);
    if (disabled) {
      // Closed again before the embedded server stops.
      await recordDisabledKeys(disabled).finally(closeDb);
      console.log(`  Disabled: ${disabled.count} keys. Reactivate those that may work again.\n`);
    } else {
      console.log(`  What was revoked, disabled or narrowed after ${takenAt} WORKS AGAIN as it did then: revoke it`);
      console.log("  once more (Settings, Security, Revoke keys by date), or restore with --disable-keys.\n");
    }
  });
} catch (error) {
  console.error(explain(error));
  process.exitCode = 1;
}

/** What is replaced is first kept in a backup of its own. */
async function restore(url: string, file: string, options: RestoreOptions): Promise<Restored> {
  try {
    return await restoreBackup(url, file, { ...options, replace: false });
  } catch (error) {
    if (!(error instanceof NotEmpty) || !options.replace) throw error;
    const kept = path.resolve(`latchkey-before-restore-${Date.now()}.backup`);
    await writeBackup(url, kept);
    console.log(`\n  What was there is kept in ${kept}.`);
    return restoreBackup(url, file, options);
  }
}

function explain(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  if (restored) {
    const keys = restored.disabled
      ? `${restored.disabled.count} keys are disabled, but the audit log may not say so of each.`
      : "Every key of the backup may be working.";
    return `It was restored, but then: ${reason}\n${keys}`;
  }
  if (!(error instanceof NotEmpty)) return `Nothing was restored. ${reason}`;
  return `Nothing was restored. ${reason} To replace it, with a backup of it made first, add --replace.`;
}
