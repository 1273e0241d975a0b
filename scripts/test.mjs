// `npm test`: installs what is missing, then every check. `npm test -- unit db` runs the stages that are named.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ensureBuilt, ensureGenerated, ensureInstalled, giveUp, requireNode } from "./steps.mjs";

const RESULTS = "test-results/counts";

const STAGES = {
  lint: () => single([["@biomejs/biome/bin/biome", "ci", `--colors=${process.stdout.isTTY ? "force" : "off"}`, "."]]),
  types: () =>
    single([
      ["next/dist/bin/next", "typegen"],
      ["typescript/bin/tsc", "--noEmit"],
    ]),
  unit: () => vitest("unit"),
  db: () => vitest("db"),
  e2e: endToEnd,
};

requireNode();
process.chdir(path.dirname(import.meta.dirname));
process.env.NEXT_TELEMETRY_DISABLED = "1";
// The tests bring their own database and settings; an operator's must not be touched by them.
for (const name of Object.keys(process.env)) if (/^(LATCHKEY_|DATABASE_URL$)/.test(name)) delete process.env[name];

// A log file keeps escape codes that a terminal would have taken.
if (!process.stdout.isTTY) {
  delete process.env.FORCE_COLOR;
  process.env.NO_COLOR = "1";
}

const named = process.argv.slice(2);
const unknown = named.filter((name) => !(name in STAGES));
if (unknown.length > 0) giveUp(`There is no stage ${unknown.join(", ")}. Stages: ${Object.keys(STAGES).join(", ")}.`);

rmSync(RESULTS, { recursive: true, force: true });
mkdirSync(RESULTS, { recursive: true });
await ensureInstalled({ withTools: true });
await ensureGenerated();

const counts = { passed: 0, failed: 0 };
for (const [name, run] of Object.entries(STAGES)) {
  if (named.length > 0 && !named.includes(name)) continue;
  console.log(`\n== ${name}`);
  const { passed, failed } = await run();
  counts.passed += passed;
  counts.failed += failed;
  console.log(`== ${name}: ${passed} passed, ${failed} failed`);
}
const summary = `${counts.passed} passed, ${counts.failed} failed`;
writeFileSync(path.join(RESULTS, "summary.txt"), `${summary}\n`);
console.log(`\n${summary}`);
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;

function node(args, env = {}) {
  const [file, ...rest] = args;
  const command = [path.join("node_modules", file), ...rest];
  return spawnSync(process.execPath, command, { stdio: "inherit", env: { ...process.env, ...env } }).status === 0;
}

/** A check that passes or fails as a whole counts as one test. */
function single(commands) {
  const ok = commands.every((command) => node(command));
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1 };
}

function vitest(project) {
  const file = path.join(RESULTS, `${project}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const ok = node(["vitest/vitest.mjs", "run", "--project", project, ...reporters], { NODE_ENV: "test" });
  const report = readJson(file);
  return atLeastOne(ok, report?.numPassedTests ?? 0, report?.numFailedTests ?? 0);
}

async function endToEnd() {
  await ensureBuilt();
  const { ensureBrowser } = await import("./browser.mjs");
  const browser = await ensureBrowser();
  const file = path.join(RESULTS, "e2e.json");
  const ok = node(["@playwright/test/cli.js", "test", "--reporter=list,json"], {
    PLAYWRIGHT_JSON_OUTPUT_NAME: file,
    ...(browser ? { CHROMIUM_PATH: browser } : {}),
  });
  const stats = readJson(file)?.stats;
  return atLeastOne(ok, (stats?.expected ?? 0) + (stats?.flaky ?? 0), stats?.unexpected ?? 0);
}

/** A stage that failed without a failed test (it crashed, or found none) counts as one failure. */
function atLeastOne(ok, passed, failed) {
  return { passed, failed: failed === 0 && (!ok || passed === 0) ? 1 : failed };
}

function readJson(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null;
}
