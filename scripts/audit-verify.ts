// `npm run audit:verify [-- organization:sequence:hash …]`: checks the audit log's hash chain of every organization.
// Exits with 1 at a broken record. The heads that it prints, kept elsewhere and given again later, also show when the
// newest records were cut off.
import { existsSync } from "node:fs";
import path from "node:path";
import { organizationsWithLog } from "@/lib/audit/repository-seals";
import { type Expected, type Verdict, verifyLog } from "@/lib/audit/verify";
import { closeDb } from "@/lib/db";
import { getEnv } from "@/lib/env";
import { type EmbeddedServer, startEmbedded } from "@/lib/postgres/embedded";

const HEAD = /^(org_[0-9a-z]{24}):(\d{1,19}):([0-9a-f]{64})$/;

let embedded: EmbeddedServer | null = null;
try {
  embedded = await openDatabase();
  process.exitCode = (await verifyAll(expectedHeads(process.argv.slice(2)))) ? 0 : 1;
} catch (error) {
  // Neither intact nor broken: nothing was verified.
  console.error(`The audit log could not be verified. ${error instanceof Error ? error.message : error}`);
  process.exitCode = 2;
} finally {
  await closeDb();
  await embedded?.stop();
}

function expectedHeads(texts: string[]): Map<string, Expected> {
  const heads = texts.map((text): [string, Expected] => {
    const [, organization = "", sequence = "0", hash = ""] = HEAD.exec(text) ?? [];
    if (!organization)
      throw new Error(`${text} is no head: give it as organization:sequence:hash, the way this prints it.`);
    return [organization, { sequence: BigInt(sequence), hash }];
  });
  return new Map(heads);
}

async function openDatabase(): Promise<EmbeddedServer | null> {
  const { databaseUrl, dataDir, masterKey } = getEnv();
  // Without it, a new master key would be made here, under which every event would seem forged.
  if (masterKey === null && !existsSync(path.join(dataDir, "master.key"))) {
    throw new Error(
      `There is no master key in ${dataDir}. Set LATCHKEY_DATA_DIR or LATCHKEY_MASTER_KEY as Latchkey runs with them.`,
    );
  }
  if (databaseUrl !== null) return null;
  const server = await startEmbedded(dataDir);
  process.env.DATABASE_URL = server.appUrl;
  return server;
}

async function verifyAll(expected: Map<string, Expected>): Promise<boolean> {
  const organizations = new Set([...(await organizationsWithLog()), ...expected.keys()]);
  if (organizations.size === 0) console.log("The audit log is empty.");
  let intact = true;
  for (const organization of organizations) {
    const verdict = await verifyLog(organization, expected.get(organization));
    console.log(sentence(verdict));
    if (verdict.broken) intact = false;
  }
  return intact;
}

function sentence({ organization_id, sealed, pending, head, broken }: Verdict): string {
  if (!broken) {
    const waiting = pending > 0 ? `, ${pending} not sealed yet` : "";
    return `${organization_id}: intact, ${sealed} events sealed${waiting}. Head: ${organization_id}:${sealed}:${head}`;
  }
  const place = broken.sequence === null ? "outside the chain" : `record ${broken.sequence}`;
  return `${organization_id}: BROKEN at ${place}${broken.event_id ? ` (${broken.event_id})` : ""}: ${broken.kind}. ${broken.detail}`;
}
