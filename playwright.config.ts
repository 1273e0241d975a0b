import { existsSync } from "node:fs";
import { chromium, defineConfig } from "@playwright/test";

const systemBrowser = existsSync(chromium.executablePath()) ? undefined : "/usr/bin/chromium";

/** The production build on a database of its own, both started by the global setup, which also sets the variables. */
export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results/e2e",
  globalSetup: "./e2e/start-server.ts",
  workers: 1,
  // A busy machine may time out once; what fails twice is broken. Counted as flaky in the report.
  retries: process.env.CI ? 1 : 0,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env.CI),
  use: {
    baseURL: process.env.LATCHKEY_E2E_URL,
    permissions: ["clipboard-read", "clipboard-write"],
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH ?? systemBrowser,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
