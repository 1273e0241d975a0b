// Runs a TypeScript program of this repository: `node scripts/run.mjs scripts/name.ts [arguments]`.
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const [source, ...rest] = process.argv.slice(2);
// Beside the other build output, so that bare imports resolve from this repository's node_modules.
const outfile = path.resolve("dist", `${path.basename(source, ".ts")}.${randomBytes(4).toString("hex")}.mjs`);
await build({
  entryPoints: [source],
  outfile,
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  packages: "external",
  sourcemap: "inline",
  logLevel: "warning",
});
process.argv = [process.argv[0], source, ...rest];
// However the program ends: some say how by process.exit.
process.on("exit", () => rmSync(outfile, { force: true }));
await import(pathToFileURL(outfile).href);
