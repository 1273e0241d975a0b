import { existsSync, mkdirSync, statSync } from "node:fs";
import { chromium, type Page } from "@playwright/test";
import { signInOverHttp } from "@/lib/testing/instance";
import { OWNER_SIGN_IN, startDemo } from "@/scripts/demo/instance";

const DIRECTORY = "docs/screenshots";
const MAX_BYTES = 200_000;

type Picture = { name: string; theme?: "dark"; show: (page: Page) => Promise<void> };

const PICTURES: Picture[] = [
  { name: "api-keys-light", show: showKeys },
  { name: "api-keys-dark", theme: "dark", show: showKeys },
  { name: "create-key", show: fillCreateDialog },
  {
    name: "token",
    async show(page) {
      await fillCreateDialog(page);
      await page.getByRole("dialog").getByRole("button", { name: "Create", exact: true }).click();
      await page.getByRole("dialog", { name: "Copy your token now" }).waitFor();
    },
  },
  {
    name: "key-page",
    async show(page) {
      await page.goto("/api-keys?search=Customer+dashboard");
      await page.getByRole("link", { name: "Customer dashboard" }).click();
      await page.getByRole("heading", { name: "Customer dashboard" }).waitFor();
    },
  },
  {
    name: "usage",
    async show(page) {
      await page.goto("/usage?range=90d");
      await page.getByRole("heading", { name: "Requests over time" }).waitFor();
    },
  },
  {
    name: "audit-log",
    async show(page) {
      await page.goto("/audit-log");
      await page
        .getByRole("row", { name: /API key regenerated/ })
        .first()
        .waitFor();
    },
  },
];

async function showKeys(page: Page): Promise<void> {
  await page.goto("/api-keys");
  await page.getByRole("row", { name: /Customer dashboard/ }).waitFor();
}

async function fillCreateDialog(page: Page): Promise<void> {
  await showKeys(page);
  await page.getByRole("button", { name: "Create API Key" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill("Reporting service");
  await dialog.getByRole("button", { name: "Read All" }).click();
}

/** The pictures of the README, of the demonstration's organization. */
async function main(): Promise<void> {
  mkdirSync(DIRECTORY, { recursive: true });
  const demo = await startDemo();
  const executablePath = existsSync(chromium.executablePath()) ? undefined : "/usr/bin/chromium";
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  try {
    const cookie = await signInOverHttp(demo.url, OWNER_SIGN_IN);
    const equals = cookie.indexOf("=");
    const session = { name: cookie.slice(0, equals), value: cookie.slice(equals + 1), url: demo.url };
    for (const { name, theme = "light", show } of PICTURES) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 720 }, baseURL: demo.url });
      await context.addCookies([session, { name: "lk_theme", value: theme, url: demo.url }]);
      const page = await context.newPage();
      await show(page);
      // The browser's first moment: times count from now, and a chart has its size.
      await page.waitForTimeout(500);
      const path = `${DIRECTORY}/${name}.png`;
      await page.screenshot({ path, animations: "disabled" });
      await context.close();
      const { size } = statSync(path);
      console.log(`${path}  ${Math.round(size / 1000)} kB`);
      if (size > MAX_BYTES) throw new Error(`${path} is larger than ${MAX_BYTES / 1000} kB.`);
    }
  } finally {
    await browser.close();
    await demo.stop();
  }
}

await main();
