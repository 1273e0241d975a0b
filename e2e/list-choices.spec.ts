import { expect, type Page, test } from "@playwright/test";
import { expectAccessible, expectNoSidewaysScroll, photograph, THEMES, useSession, useTheme } from "@/e2e/console";
import { createKey } from "@/e2e/traffic";
import { type Instance, OWNER_ENV, signInOverHttp, startInstance } from "@/lib/testing/instance";

let instance: Instance;
let cookie = "";

test.beforeAll(async () => {
  instance = await startInstance({ env: OWNER_ENV });
  cookie = await signInOverHttp(instance.url);
  const now = Math.floor(Date.now() / 1000);
  for (const [name, expires_at] of [
    ["Ends in days", now + 5 * 86_400],
    ["Ends in weeks", now + 20 * 86_400],
    ["Never ends", null],
  ])
    await createKey(instance, cookie, { name, expires_at, permissions: ["serp_api:read"] });
});
test.afterAll(() => instance.stop());
test.beforeEach(({ context }) => useSession(context, instance.url, cookie));

const rows = (page: Page) => page.getByRole("row").filter({ hasText: /end/i });
const columns = (page: Page) => page.getByRole("columnheader");

async function open(page: Page, path = "/api-keys"): Promise<void> {
  await page.goto(instance.url + path);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.waitForLoadState("networkidle");
}

test("rare filters go into the address, stand as chips and can be taken away one by one or together", async ({
  page,
}) => {
  await open(page);
  await expect(rows(page)).toHaveCount(3);
  await page.getByRole("button", { name: "More filters" }).click();
  await page.getByLabel("Expiring").selectOption({ label: "Within 7 days" });
  await expect(page).toHaveURL(/expires_within=604800/);
  await expect(rows(page)).toHaveCount(1);
  await page.getByLabel("Created by").selectOption({ label: "Me" });
  await expect(page).toHaveURL(/created_by=usr_/);
  await page.keyboard.press("Escape");
  const more = page.getByRole("button", { name: "More filters (2)" });
  await expect(more).toBeFocused();

  await page.reload();
  const chips = page.getByRole("list", { name: "Filters in force" });
  await expect(chips).toContainText("Expiring within 7 days");
  await expect(chips).toContainText("Created by me");
  await page.waitForLoadState("networkidle");
  await chips.getByRole("button", { name: "Remove filter: Expiring within 7 days" }).click();
  await expect(page).not.toHaveURL(/expires_within/);
  await expect(rows(page)).toHaveCount(3);
  await expect(page.getByRole("button", { name: "More filters (1)" })).toBeFocused();

  await page.getByRole("searchbox").fill("never");
  await expect(rows(page)).toHaveCount(1);
  await chips.getByRole("button", { name: "Clear filters" }).click();
  await expect(page).toHaveURL(/\/api-keys$/);
  await expect(page.getByRole("searchbox")).toHaveValue("");
  await expect(rows(page)).toHaveCount(3);
});

test("what nobody used for 90 days is no key that was just made", async ({ page }) => {
  await open(page, "/api-keys?unused_for=7776000");
  await expect(page.getByRole("list", { name: "Filters in force" })).toContainText("Unused for 90 days");
  await expect(page.getByRole("heading", { name: "No key matches" })).toBeVisible();
});

test("columns are chosen by keyboard, remembered, and gone from the server's own HTML", async ({ page, request }) => {
  await open(page);
  await expect(columns(page)).toHaveCount(11);
  await page.getByRole("button", { name: "Columns" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menuitemcheckbox", { name: "IP restrictions" }).focus();
  await page.keyboard.press("Space");
  await page.getByRole("menuitemcheckbox", { name: "Token" }).focus();
  await page.keyboard.press("Space");
  await expect(page.getByRole("menuitemcheckbox", { name: "Token" })).not.toBeChecked();
  await page.keyboard.press("Escape");
  await expect(columns(page)).toHaveCount(9);

  const html = await request.get(`${instance.url}/api-keys`, {
    headers: { cookie: `${cookie}; lk_columns=allowed_ips` },
  });
  expect((await html.text()).match(/<th\b/g)).toHaveLength(10);
  await page.reload();
  await expect(columns(page)).toHaveCount(9);
  for (const name of ["Name", "Status", "Actions"])
    await expect(columns(page).filter({ hasText: name })).toHaveCount(1);

  await page.setViewportSize({ width: 390, height: 844 });
  await expect(rows(page).first()).not.toContainText("lk_prod");
  await expect(rows(page).first()).toContainText("Expires");
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.waitForLoadState("networkidle");
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("menuitem", { name: "Show all" }).click();
  await expect(columns(page)).toHaveCount(11);
});

for (const theme of THEMES) {
  test(`filters and columns are accessible in the ${theme} theme and fit a phone`, async ({ page, context }) => {
    await useTheme(context, instance.url, theme);
    await open(page, "/api-keys?expires_within=2592000&unused_for=7776000&status=all");
    await expectAccessible(page);
    await page.getByRole("button", { name: /More filters/ }).click();
    await expectAccessible(page, "[role=dialog]");
    await photograph(page, "more-filters", theme);
    await page.setViewportSize({ width: 320, height: 640 });
    await expectNoSidewaysScroll(page);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Columns" }).click();
    await expectAccessible(page, "[role=menu]");
    await photograph(page, "columns", theme);
  });
}
