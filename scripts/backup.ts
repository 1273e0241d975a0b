// `npm run backup [-- --out file]`: everything in the database at this moment, in one file. Latchkey may go on serving.
import path from "node:path";
import { parseArgs } from "node:util";
import { placeOfMasterKey, withOwnerUrl } from "@/lib/backup/open-database";
import { writeBackup } from "@/lib/backup/write";

try {
  const { values } = parseArgs({ options: { out: { type: "string" } } });
  const file = path.resolve(values.out ?? `latchkey-${new Date().toISOString().replace(/[-:]|\.\d+/g, "")}.backup`);
  const { bytes, rows, takenAt } = await withOwnerUrl((url) => writeBackup(url, file));
  console.log(`\n  ${file}: ${rows} rows, ${bytes} bytes, as of ${takenAt}.\n`);
  console.log("  THE MASTER KEY IS NOT IN IT, and without it no token can be recognized after a restore.");
  console.log(`  Keep it too, in another place than the backup: ${placeOfMasterKey()}\n`);
} catch (error) {
  console.error(`No backup was made. ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
