// `npm run build`: the Prisma client, Next's build, the server and the process that renders its pages, and the client
// for services. `server`: without the first two.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

if (process.argv[2] !== "server") {
  run("node_modules/prisma/build/index.js", "generate");
  run("node_modules/next/dist/bin/next", "build");
}
await build({
  entryPoints: { server: "server.ts", pages: "lib/server/pages-main.ts", migrate: "lib/server/migrate-main.ts" },
  outdir: "dist",
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  packages: "external",
  sourcemap: true,
  logLevel: "warning",
  plugins: [queryCompilerAsFile()],
});
await buildClient();

/**
 * Prisma's query compiler comes as a module of base64, of which a process keeps the source, the text and the bytes, 13
 * MB together. Here it is a file beside the bundles, read when the first query is compiled.
 */
function queryCompilerAsFile() {
  const file = "query-compiler.wasm";
  return {
    name: "query-compiler-as-file",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^@prisma\/client\/runtime\/query_compiler_.*\.wasm-base64\.mjs$/ }, ({ path }) => ({
        path,
        namespace: "base64",
      }));
      onLoad({ filter: /.*/, namespace: "base64" }, async ({ path }) => {
        const { wasm } = await import(path);
        mkdirSync("dist", { recursive: true });
        writeFileSync(`dist/${file}`, Buffer.from(wasm, "base64"));
        // The generated client makes a Buffer of it, "from base64", which takes bytes as they are.
        const contents = `import { readFileSync } from "node:fs";
          export const wasm = readFileSync(new URL("./${file}", import.meta.url));`;
        return { contents, loader: "js" };
      });
    },
  };
}

/** `latchkey/client`: one file for Node and edge runtimes, and the declarations beside it. */
async function buildClient() {
  await build({
    entryPoints: ["lib/client/public.ts"],
    outfile: "dist/client.mjs",
    bundle: true,
    platform: "neutral",
    target: "es2022",
    format: "esm",
    logLevel: "warning",
  });
  const directory = "dist/client";
  rmSync(directory, { recursive: true, force: true });
  run("node_modules/typescript/bin/tsc", "-p", "lib/client");
  // Whoever installs the package knows nothing of this repository's alias.
  for (const file of readdirSync(directory)) {
    const text = readFileSync(`${directory}/${file}`, "utf8");
    writeFileSync(`${directory}/${file}`, text.replaceAll(/"@\/lib\/client\/([a-z-]+)"/g, '"./$1.js"'));
  }
}

function run(...args) {
  const env = { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit", env });
  if (status !== 0) process.exit(status ?? 1);
}
