import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type ConsoleMessage, expect, type Page, test } from "@playwright/test";
import { expectAccessible, expectNoSidewaysScroll, photograph, THEMES, useSession, useTheme } from "@/e2e/console";
import { asMember, callWith, createKey, type Traffic } from "@/e2e/traffic";
import { type Instance, OWNER_ENV, signInOverHttp, startInstance } from "@/lib/testing/instance";

const KEYS = "/v4/account/api-keys";

test.describe("in the console", () => {
  let instance: Instance;
  let cookie = "";
  let busy: Traffic;
  let newToken = "";

  test.beforeAll(async () => {
    instance = await startInstance({ env: OWNER_ENV });
    cookie = await signInOverHttp(instance.url);
    const name = "A name as long as a name may be, so that it has to be cut somewhere in the table";
    const wide = await createKey(instance, cookie, { name, permissions: ["account:apikeys:read"] });
    await callWith(instance, wide.token, KEYS);
    const gateway = await createKey(instance, cookie, { name: "Gateway", permissions: ["account:apikeys:verify"] });
    busy = await createKey(instance, cookie, {
      name: "Billing service",
      description: "Reads invoices every minute",
      permissions: ["account:apikeys:read", "residential:read"],
      scopes: [{ action: "read", resource: "PLACE/Site/42/*" }],
    });
    await createKey(instance, cookie, { name: "=Never+used", permissions: ["residential:read"] });
    for (let i = 0; i < 7; i++) await callWith(instance, busy.token, KEYS);
    for (let i = 0; i < 2; i++)
      await callWith(instance, busy.token, KEYS, { name: "x", permissions: ["residential:read"] });
    await callWith(instance, gateway.token, "/v4/verify", { token: busy.token, permissions: ["serp_api:read"] });
    await callWith(instance, gateway.token, "/v4/verify", { token: busy.token, action: "write", resource: "PLACE/X" });
    const regenerated = await asMember(instance, cookie, "POST", `${KEYS}/${busy.id}/regenerate`, {
      grace_period_seconds: 3600,
    });
    newToken = regenerated.body.token;
    await callWith(instance, newToken, KEYS);
    for (let i = 0; i < 3; i++) await callWith(instance, busy.token, KEYS);
  });
  test.afterAll(() => instance.stop());
  test.beforeEach(async ({ context }) => useSession(context, instance.url, cookie));

  test("real requests appear in the chart, in words and in the table, by outcome", async ({ page }) => {
    // 11 by the busy key, 2 by the gateway and 1 by the long name's; 2 requests and 2 checks denied.
    const chart = page.getByRole("img", {
      name: /18 requests: 14 allowed, 4 denied\. Most often denied for: missing permission/,
    });
    // The serving process writes what it has counted each second; a page shows what is written.
    await expect(async () => {
      await page.goto(`${instance.url}/usage?range=1h`);
      await expect(chart).toBeVisible({ timeout: 1_000 });
    }).toPass({ timeout: 15_000 });
    expect(await chart.locator("rect.fill-accent").count()).toBeGreaterThan(0);
    expect(await chart.locator("rect.fill-danger").count()).toBeGreaterThan(0);
    await page.getByRole("tab", { name: "Table" }).click();
    const table = page.getByRole("table", { name: "Requests per minute" });
    await expect(table.getByRole("columnheader", { name: "Missing permission" })).toBeVisible();
    await expect(table.getByRole("row").nth(1)).toContainText("14");
    const keys = page.getByRole("table", { name: "Keys with the most requests" });
    await expect(keys.getByRole("row").nth(1)).toContainText("Billing service");
  });

  test("the range is an address that survives a reload, and an unknown one shows the default", async ({ page }) => {
    await page.goto(`${instance.url}/usage`);
    await page.getByRole("link", { name: "7 days" }).click();
    await expect(page).toHaveURL(/\/usage\?range=7d$/);
    await expect(page.getByRole("link", { name: "7 days" })).toBeFocused();
    await page.reload();
    await expect(page.getByRole("navigation", { name: "Range" }).locator("[aria-current]")).toHaveText("7 days");
    await page.goto(`${instance.url}/usage?range=forever`);
    await expect(page.getByRole("navigation", { name: "Range" }).locator("[aria-current]")).toHaveText("24 hours");
  });

  test("the menus lead there, in their order", async ({ page }) => {
    await page.goto(`${instance.url}/api-keys`);
    await page.getByRole("button", { name: "Account menu" }).click();
    const items = await page.getByRole("menuitem").allTextContents();
    expect(items.slice(0, 4)).toEqual(["API Keys", "Usage", "Audit log", "Settings"]);
    await page.getByRole("menuitem", { name: "Usage" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Usage" })).toBeVisible();
  });

  test("the CSV has the same numbers, and is refused without a session", async ({ page, request }) => {
    await page.goto(`${instance.url}/usage?range=1h`);
    const waiting = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download CSV" }).click();
    const file = await waiting;
    expect(file.suggestedFilename()).toBe("usage.csv");
    const csv = await (await page.request.get(file.url())).text();
    const rows = csv
      .trim()
      .split("\r\n")
      .slice(1)
      .map((line) => line.split(","));
    expect(rows.reduce((sum, [, allowed]) => sum + Number(allowed), 0)).toBe(14);
    expect(rows.reduce((sum, [, , denied]) => sum + Number(denied), 0)).toBe(4);
    const refused = await request.get(`${instance.url}/usage/csv`);
    expect([refused.status(), refused.headers()["content-type"]]).toEqual([401, "application/problem+json"]);
    const wrong = await page.request.get(`${instance.url}/usage/csv?interval=week`);
    expect([wrong.status(), (await wrong.json()).errors[0].pointer]).toEqual([422, "/interval"]);
  });

  test("a key's page says what it can do, how it is used, and ends an overlap", async ({ page }) => {
    await page.goto(`${instance.url}/api-keys/${busy.id}`);
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Billing service");
    await expect(page.getByText(/^Can read .* from any address, without an expiry\.$/)).toBeVisible();
    await expect(page.getByText("With the old token")).toBeVisible();
    await expect(page.getByText("The key lacks serp_api:read.")).toBeVisible();
    await expect(page.getByRole("table", { name: "Audit events" })).toContainText("API key regenerated");

    await page.getByRole("tab", { name: "Python" }).click();
    await expect(page.getByRole("tabpanel", { name: "Python" })).toContainText(
      `${instance.url}${KEYS}/allowed-permissions`,
    );

    await page.getByRole("button", { name: "End now" }).click();
    await expect(page.getByRole("alertdialog").getByRole("button", { name: "Cancel" })).toBeFocused();
    await page.getByRole("alertdialog").getByRole("button", { name: "End overlap" }).click();
    await expect(page.getByText("Two tokens work at the moment")).toHaveCount(0);
    expect(await callWith(instance, busy.token, KEYS)).toBe(401);
    expect(await callWith(instance, newToken, KEYS)).toBe(200);
  });

  test("a key is edited, disabled and reactivated from its page; one that is not there is not found", async ({
    page,
  }) => {
    await page.goto(`${instance.url}/api-keys/${busy.id}`);
    await page.getByRole("button", { name: "Disable" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Disable key" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Disabled");
    await page.getByRole("button", { name: "Reactivate" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Active");
    await page.getByRole("button", { name: "Edit" }).click();
    await page.getByRole("dialog").getByLabel("Name", { exact: true }).fill("Invoices");
    await page.getByRole("dialog").getByRole("button", { name: /^Save/ }).click();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Invoices");
    await page.goto(`${instance.url}/api-keys/key_000000000000000000000000`);
    await expect(page.getByRole("heading", { name: "This key does not exist" })).toBeVisible();
    await expect(page).toHaveTitle("No such key · Latchkey");
    const nowhere = await page.goto(`${instance.url}/nonsense`);
    expect(nowhere?.status()).toBe(404);
    await expect(page.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
    await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
  });

  for (const theme of THEMES) {
    test(`usage and the key's page are accessible in the ${theme} theme, down to 320 px`, async ({ page, context }) => {
      test.setTimeout(90_000);
      await useTheme(context, instance.url, theme);
      for (const [name, address] of [
        ["usage", "/usage?range=1h"],
        ["usage-90d", "/usage?range=90d"],
        ["key", `/api-keys/${busy.id}`],
      ] as const) {
        const refused = await refusedStyles(page, () => page.goto(instance.url + address));
        expect(refused).toEqual([]);
        await expectAccessible(page);
        await photograph(page, name, theme, { fullPage: true });
        await page.setViewportSize({ width: 320, height: 640 });
        await expectNoSidewaysScroll(page);
        expect(await overflowingMillions(page)).toEqual([]);
        await expectNoSidewaysScroll(page);
        await page.setViewportSize({ width: 1440, height: 900 });
      }
      await page.goto(`${instance.url}/usage?range=1h`);
      await page.getByRole("tab", { name: "Table" }).click();
      await expectAccessible(page);
      await photograph(page, "usage-table", theme);
    });
  }
});

/** The totals that have no room for seven digits, which are put in their place: nobody makes so many requests for a test. */
function overflowingMillions(page: Page): Promise<string[]> {
  return page.locator("dt", { hasText: /^(?:Requests|Allowed|Denied)$/ }).evaluateAll((names) =>
    names.flatMap(({ textContent, nextElementSibling: value }) => {
      if (!value?.firstChild) return [`${textContent} has no value`];
      value.firstChild.textContent = "9,999,999";
      return value.scrollWidth > value.clientWidth ? [textContent] : [];
    }),
  );
}

/** What the browser refuses by the content security policy while `visit` loads a page. */
async function refusedStyles(page: Page, visit: () => Promise<unknown>): Promise<string[]> {
  const refused: string[] = [];
  const listen = (message: ConsoleMessage) => {
    if (message.text().includes("Content Security Policy")) refused.push(message.text());
  };
  page.on("console", listen);
  await visit();
  page.off("console", listen);
  return refused;
}

test.describe("a process that ends", () => {
  let directory = "";
  test.beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "latchkey-usage-"));
    await chmod(directory, 0o711);
  });
  test.afterEach(() => rm(directory, { recursive: true, force: true }));

  const start = () => startInstance({ env: { ...OWNER_ENV, LATCHKEY_DATA_DIR: directory } });
  const counted = async (instance: Instance, id: string): Promise<number> => {
    const cookie = await signInOverHttp(instance.url);
    return (await asMember(instance, cookie, "GET", `/v4/account/usage?api_key_id=${id}`)).body.total.allowed;
  };
  const send = async (instance: Instance, token: string, count: number) => {
    for (let i = 0; i < count; i++) expect(await callWith(instance, token, KEYS)).toBe(200);
  };

  test("on SIGTERM loses no count, however fresh", async () => {
    const first = await start();
    const key = await createKey(first, await signInOverHttp(first.url), {
      name: "Counted",
      permissions: ["account:apikeys:read"],
    });
    await send(first, key.token, 50);
    await first.stop();
    const second = await start();
    expect(await counted(second, key.id)).toBe(50);
    await second.stop();
  });

  test("on kill -9 loses at most what was counted in the last second", async () => {
    const first = await start();
    const key = await createKey(first, await signInOverHttp(first.url), {
      name: "Counted",
      permissions: ["account:apikeys:read"],
    });
    await send(first, key.token, 40);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await send(first, key.token, 5);
    process.kill(first.pid, "SIGKILL");
    await new Promise((resolve) => setTimeout(resolve, 300));
    const second = await start();
    const count = await counted(second, key.id);
    expect(count).toBeGreaterThanOrEqual(40);
    expect(count).toBeLessThanOrEqual(45);
    await second.stop();
  });
});
