// A browser for the end-to-end tests: the one that is there, else Playwright's download, else Debian's by apt.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { giveUp } from "./steps.mjs";

const SYSTEM_BROWSERS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Makes sure that a browser can be started, and returns its path; undefined means Playwright's own. */
export async function ensureBrowser() {
  const { chromium } = await import("@playwright/test");
  const found = await firstThatStarts(chromium);
  if (found) return found.path;
  console.log("  Looking for a browser: Playwright's own download …");
  run(process.execPath, ["node_modules/@playwright/test/cli.js", "install", "chromium"]);
  const downloaded = await firstThatStarts(chromium);
  if (downloaded) return downloaded.path;
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    console.log("  Looking for a browser: Debian's chromium, by apt …");
    run("apt-get", ["update"]);
    run("apt-get", ["install", "-y", "--no-install-recommends", "chromium"]);
    const installed = await firstThatStarts(chromium);
    if (installed) return installed.path;
  }
  giveUp(
    "No browser for the end-to-end tests could be started or installed.\n" +
      "Install one (`apt-get install chromium` as root, or `npx playwright install --with-deps chromium`), or name one " +
      "with CHROMIUM_PATH. `npm test -- lint types unit db` runs everything else.",
  );
}

async function firstThatStarts(chromium) {
  const own = { path: undefined, file: chromium.executablePath() };
  const given = process.env.CHROMIUM_PATH;
  const candidates = given
    ? [{ path: given, file: given }]
    : [own, ...SYSTEM_BROWSERS.map((file) => ({ path: file, file }))];
  for (const { path, file } of candidates) {
    if (!existsSync(file)) continue;
    try {
      const browser = await chromium.launch({ executablePath: path, args: ["--no-sandbox", "--disable-gpu"] });
      await browser.close();
      return { path };
    } catch {
      // Present but not startable, for lack of a system library: the next one may be.
    }
  }
  return null;
}

function run(command, args) {
  spawnSync(command, args, {
    stdio: ["ignore", "ignore", "ignore"],
    timeout: 240_000,
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
}
