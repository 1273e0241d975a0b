// `npm run migration -- name`: writes prisma/migrations/<time>_name from what changed in prisma/schema.prisma since the last commit.
import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { startEmbedded } from "@/lib/postgres/embedded";
import { MIGRATIONS_DIRECTORY } from "@/lib/postgres/migrations";
import { withSchemaEngine } from "@/lib/postgres/schema-engine";

const name = process.argv[2];
if (!name || !/^[a-z0-9_]+$/.test(name)) {
  console.error("Usage: npm run migration -- name_of_the_change   (a-z, 0-9 and _)");
  process.exit(2);
}

const directory = await mkdtemp(path.join(tmpdir(), "latchkey-migration-"));
// As root, the server runs as another user, who must be able to pass.
await chmod(directory, 0o711);
const server = await startEmbedded(directory, { durable: false });
try {
  // Compared with the schema as it was committed, not with a migrated database: the engine in its WebAssembly form
  // cannot describe one of PostgreSQL 18, whose NOT NULLs are constraints too.
  const before = execFileSync("git", ["show", "HEAD:prisma/schema.prisma"], { encoding: "utf8" });
  const after = await readFile("prisma/schema.prisma", "utf8");
  const datamodel = (content: string) => ({
    tag: "schemaDatamodel" as const,
    files: [{ path: "schema.prisma", content }],
  });
  const { stdout } = await withSchemaEngine({ url: server.superuserUrl, schema: after }, (engine) =>
    engine.diff({
      from: datamodel(before),
      to: datamodel(after),
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    }),
  );
  if (!stdout || stdout.includes("-- This is an empty migration.")) {
    console.log("prisma/schema.prisma says what it said in the last commit: no migration was written.");
  } else {
    const stamp = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
    const target = path.join(MIGRATIONS_DIRECTORY, `${stamp}_${name}`);
    await mkdir(target);
    await writeFile(path.join(target, "migration.sql"), stdout);
    console.log(`Wrote ${path.relative(process.cwd(), target)}/migration.sql. Read it before you commit it.`);
  }
} finally {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
}
