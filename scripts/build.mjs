// `npm run build`: the Prisma client, Next's build, and the server that runs both lanes (dist/server.mjs).
import { spawnSync } from "node:child_process";
import path from "node:path";
import { build } from "esbuild";

const bin = (name) => path.join("node_modules", ".bin", name);

export async function bundleServer() {
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
}

function run(command, args) {
  const { status } = spawnSync(bin(command), args, {
    stdio: "inherit",
    env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
  });
  if (status !== 0) process.exit(status ?? 1);
}

if (path.resolve(process.argv[1] ?? "") === import.meta.filename) {
  run("prisma", ["generate"]);
  run("next", ["build"]);
  await bundleServer();
}
