// `npm run build`: the Prisma client, Next's build, and the server that runs both lanes. `server`: only the last.
import { spawnSync } from "node:child_process";
import { build } from "esbuild";

if (process.argv[2] !== "server") {
  run("node_modules/prisma/build/index.js", "generate");
  run("node_modules/next/dist/bin/next", "build");
}
await build({
  entryPoints: ["server.ts"],
  outfile: "dist/server.mjs",
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  packages: "external",
  sourcemap: true,
  logLevel: "warning",
});

function run(...args) {
  const env = { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit", env });
  if (status !== 0) process.exit(status ?? 1);
}
