import { existsSync, mkdirSync } from "node:fs";
import { chromium } from "@playwright/test";
import { OWNER_ENV, signInOverHttp, startInstance } from "@/lib/testing/instance";

const DIRECTORY = "docs/screenshots";
const DAY = 86_400;
const now = Math.floor(Date.now() / 1000);

const KEYS = [
  {
    name: "Warehouse sync",
    description: "Nightly stock export",
    permissions: ["datacenter_dedicated:read", "datacenter_dedicated:write"],
    allowed_ips: ["198.51.100.0/24"],
  },
  { name: "Mobile app preview", environment: "preview", permissions: ["residential:read"], expires_at: now + 90 * DAY },
  {
    name: "Partner integration",
    description: "Northwind, read only",
    permissions: ["serp_api:read"],
    scopes: [{ action: "read", resource: "PLACE/Site/42/*" }],
    expires_at: now + 6 * DAY + 3600,
  },
  {
    name: "CI pipeline",
    description: "Creates keys for test runs",
    permissions: ["account:apikeys:create", "account:apikeys:read", "datacenter_shared:read"],
    allowed_ips: ["203.0.113.0/24", "2001:db8:7::/48"],
  },
  { name: "Backend service", permissions: ["residential:read", "residential:write", "residential_unlimited:read"] },
];

/** The pictures of the README, from a throw-away instance of the production build. */
async function main(): Promise<void> {
  mkdirSync(DIRECTORY, { recursive: true });
  const instance = await startInstance({ env: OWNER_ENV });
  const executablePath = existsSync(chromium.executablePath()) ? undefined : "/usr/bin/chromium";
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  try {
    const cookie = await signInOverHttp(instance.url);
    for (const key of KEYS) {
      const headers = { cookie, origin: instance.url, "content-type": "application/json" };
      const answer = await fetch(`${instance.url}/v4/account/api-keys`, {
        method: "POST",
        headers,
        body: JSON.stringify(key),
      });
      if (answer.status !== 201) throw new Error(await answer.text());
    }
    for (const theme of ["light", "dark"]) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 720 } });
      const [name = "", value = ""] = [cookie.slice(0, cookie.indexOf("=")), cookie.slice(cookie.indexOf("=") + 1)];
      await context.addCookies([
        { name, value, url: instance.url },
        { name: "lk_theme", value: theme, url: instance.url },
      ]);
      const page = await context.newPage();
      await page.goto(`${instance.url}/api-keys`);
      await page.getByText("Backend service").waitFor();
      await page.screenshot({ path: `${DIRECTORY}/api-keys-${theme}.png`, animations: "disabled" });
      await context.close();
    }
  } finally {
    await browser.close();
    await instance.stop();
  }
}

await main();
