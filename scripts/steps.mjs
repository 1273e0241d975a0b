// What `npm start` and `npm test` share. Runs before anything is installed: nothing but node's own modules.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

const BUILD_STAMP = "dist/build.json";

/** What a build is made from. Tests are not: changing one must not cost a build. */
const SOURCES = [
  "app",
  "components",
  "lib",
  "prisma/schema.prisma",
  "public",
  "server.ts",
  "scripts/build.mjs",
  "next.config.mjs",
  "postcss.config.mjs",
  "prisma.config.ts",
  "tailwind.config.ts",
  "tsconfig.json",
  "package-lock.json",
];

/** Ends the program with a sentence about what to do instead of a stack. */
export function giveUp(message) {
  console.error(`\n${message}\n`);
  process.exit(1);
}

export function requireNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  giveUp(`Latchkey needs Node 20.19 or newer; this is ${process.versions.node}. Install one from https://nodejs.org.`);
}

/** Installs what package-lock.json lists, unless it is there. Development tools count only if they are asked for. */
export async function ensureInstalled({ withTools }) {
  if (isInstalled(withTools)) return;
  // Not `npm ci`: it refuses a lock file that lacks another platform's optional binaries, which some registries do not
  // have. `--no-save` keeps to the lock file just as well.
  const install = npm(["install", "--no-save", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"]);
  await runStep("Installing dependencies", install, {
    env: {
      PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: "1",
      // Its download is not needed (migrations run on WebAssembly) and may be blocked.
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    },
    advice: "Check the network and the npm registry, then try again. `npm install` shows the same error in full.",
  });
}

function isInstalled(withTools) {
  if (!existsSync("node_modules/.package-lock.json")) return false;
  const wanted = JSON.parse(readFileSync("package-lock.json", "utf8")).packages;
  const there = JSON.parse(readFileSync("node_modules/.package-lock.json", "utf8")).packages;
  return Object.entries(wanted).every(([name, { version, optional, dev }]) => {
    if (name === "" || there[name]?.version === version) return true;
    return there[name] === undefined && (optional || (dev && !withTools));
  });
}

function npm(args) {
  const cli = process.env.npm_execpath;
  return cli?.endsWith(".js") ? [process.execPath, [cli, ...args]] : ["npm", args];
}

const nodeBin = (file, args) => [process.execPath, [path.join("node_modules", file), ...args]];

/** Generates the Prisma client if the schema changed since. */
export async function ensureGenerated() {
  const stamp = "lib/generated/schema.sha256";
  const hash = hashOf(["prisma/schema.prisma", "package-lock.json"]);
  if (existsSync("lib/generated/prisma/client.ts") && readOr(stamp) === hash) return;
  await runStep("Generating the database client", nodeBin("prisma/build/index.js", ["generate"]), {
    advice: "`npx prisma generate` shows the same error in full.",
  });
  writeFileSync(stamp, hash);
}

/** Builds what `npm start` serves if a source changed since the last build. */
export async function ensureBuilt() {
  const sources = hashOf(SOURCES);
  const built =
    existsSync(".next/BUILD_ID") &&
    existsSync("dist/server.mjs") &&
    existsSync("dist/pages.mjs") &&
    existsSync("dist/migrate.mjs") &&
    existsSync("lib/generated/prisma/client.ts");
  if (built && readOr(BUILD_STAMP) === sources) return;
  rmSync(BUILD_STAMP, { force: true });
  await ensureGenerated();
  await runStep("Building the console", nodeBin("next/dist/bin/next", ["build"]), {
    advice: "`npm run build` shows the same error in full. After an interrupted build, deleting .next can help.",
  });
  await runStep("Bundling the server", [process.execPath, ["scripts/build.mjs", "server"]], {
    advice: "`npm run build` shows the same error in full.",
  });
  mkdirSync("dist", { recursive: true });
  writeFileSync(BUILD_STAMP, sources);
}

/** Runs a program quietly, with the time it takes shown; its output appears only if it fails. */
export async function runStep(title, [command, args], { env = {}, advice }) {
  const started = Date.now();
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
  const tty = process.stdout.isTTY;
  const show = () => tty && process.stdout.write(`\r  ${title} … ${seconds()} `);
  if (tty) show();
  else console.log(`  ${title} …`);
  const timer = setInterval(show, 1000);
  const { code, output } = await capture(command, args, env);
  clearInterval(timer);
  if (tty) process.stdout.write("\r");
  if (code === 0) {
    console.log(`  ${title}: done in ${seconds()}.   `);
    return;
  }
  giveUp(`${title} failed:\n\n${shortened(output)}\n\n${advice}`);
}

/** Some programs put the reason first and some last. */
function shortened(output) {
  const lines = output.trim().split("\n");
  return (lines.length <= 60 ? lines : [...lines.slice(0, 25), "…", ...lines.slice(-30)]).join("\n");
}

function capture(command, args, env) {
  return new Promise((resolve) => {
    let output = "";
    const child = spawn(command, args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", ...env },
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        output = (output + text).slice(-100_000);
      });
    }
    child.on("error", (error) => resolve({ code: 1, output: error.message }));
    child.on("close", (code) => resolve({ code, output }));
  });
}

function hashOf(roots) {
  const hash = createHash("sha256").update(process.versions.node);
  for (const root of roots)
    for (const file of filesOf(root)) hash.update(`${file}\0`).update(readFileSync(file)).update("\0");
  return hash.digest("hex");
}

function filesOf(root) {
  if (!existsSync(root)) return [];
  const entries = readdirOrNull(root);
  if (entries === null) return [root];
  return entries
    .filter((entry) => entry.name !== "generated" && entry.name !== "testing" && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => path.join(root, entry.name))
    .sort()
    .flatMap(filesOf);
}

function readdirOrNull(file) {
  try {
    return readdirSync(file, { withFileTypes: true });
  } catch {
    return null;
  }
}

function readOr(file, otherwise = "") {
  return existsSync(file) ? readFileSync(file, "utf8") : otherwise;
}
