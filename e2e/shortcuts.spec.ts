import { expect, type Page, test } from "@playwright/test";
import { expectAccessible, expectNoSidewaysScroll, photograph, THEMES, useSession, useTheme } from "@/e2e/console";
import { createKey } from "@/e2e/traffic";
import { type Instance, OWNER_ENV, signInOverHttp, startInstance } from "@/lib/testing/instance";

let instance: Instance;
let cookie = "";
const complaints: string[] = [];

test.beforeAll(async () => {
  instance = await startInstance({ env: OWNER_ENV });
  cookie = await signInOverHttp(instance.url);
  for (const name of ["Backend service", "CI pipeline", "Nightly backup"])
    await createKey(instance, cookie, { name, permissions: ["serp_api:read"] });
});
test.afterAll(() => instance.stop());
test.beforeEach(async ({ page, context }) => {
  await useSession(context, instance.url, cookie);
  complaints.length = 0;
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
});
test.afterEach(() => expect(complaints).toEqual([]));

const palette = (page: Page) => page.getByRole("dialog", { name: "Command palette" });
const sheet = (page: Page) => page.getByRole("dialog", { name: "Keyboard shortcuts" });

async function open(page: Page, path: string): Promise<void> {
  await page.goto(instance.url + path);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  // The server's HTML cannot listen yet.
  await page.waitForLoadState("networkidle");
}

test("keys lead to the pages, to the search and to Create, from wherever one is", async ({ page }) => {
  await open(page, "/settings/regions");
  for (const [keys, heading] of [
    ["gu", "Usage"],
    ["ga", "Audit log"],
    ["gs", "Settings"],
    ["gk", "API Keys"],
  ] as const) {
    await page.keyboard.type(keys, { delay: 30 });
    await expect(page.getByRole("heading", { name: heading, level: 1 })).toBeVisible();
  }
  await page.keyboard.press("/");
  await expect(page.getByRole("searchbox")).toBeFocused();
  await expect(page.getByRole("searchbox")).toHaveValue("");

  await page.getByRole("heading", { name: "API Keys", level: 1 }).click();
  await page.keyboard.press("c");
  await expect(page.getByRole("dialog").getByLabel("Name", { exact: true })).toBeFocused();
  await expect(page.getByRole("dialog").getByLabel("Name", { exact: true })).toHaveValue("");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);

  await page.goto(`${instance.url}/usage`);
  await page.waitForLoadState("networkidle");
  await page.keyboard.press("c");
  await expect(page.getByRole("dialog").getByLabel("Name", { exact: true })).toBeFocused();
  await expect(page).toHaveURL(/\/api-keys$/);
});

test("nothing happens while one types, with a dialog or a menu open, or with a modifier held", async ({ page }) => {
  await open(page, "/api-keys");
  await page.getByRole("searchbox").pressSequentially("c?gu", { delay: 30 });
  await expect(page.getByRole("searchbox")).toHaveValue("c?gu");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page).toHaveURL(/search=c/);
  await page.getByRole("searchbox").fill("");
  await expect(page).toHaveURL(/\/api-keys$/);

  await page.getByRole("button", { name: "Create API Key" }).first().click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).focus();
  await page.keyboard.type("gu?", { delay: 30 });
  await page.keyboard.press("ControlOrMeta+k");
  await expect(page.getByRole("dialog")).toHaveCount(1);
  await expect(page).toHaveURL(/\/api-keys$/);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);

  await page.getByRole("button", { name: "Account menu" }).click();
  await page.keyboard.type("gu", { delay: 30 });
  await expect(page).toHaveURL(/\/api-keys$/);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Alt+c");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("the help sheet lists the shortcuts and turns the single keys off for good, but not the palette", async ({
  page,
}) => {
  await open(page, "/usage");
  await page.keyboard.press("?");
  await expect(sheet(page)).toContainText("Create an API key");
  const single = sheet(page).getByRole("switch", { name: "Single-key shortcuts" });
  await expect(single).toBeChecked();
  await single.click();
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await page.keyboard.type("gk", { delay: 30 });
  await expect(page.getByRole("dialog")).toHaveCount(0);

  await page.reload();
  await page.waitForLoadState("networkidle");
  await page.keyboard.press("c");
  await page.keyboard.type("gk", { delay: 30 });
  await expect(page).toHaveURL(/\/usage$/);
  await page.keyboard.press("ControlOrMeta+k");
  await expect(palette(page)).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Account menu" }).click();
  await page.getByRole("menuitem", { name: "Keyboard shortcuts" }).click();
  await expect(single).not.toBeChecked();
  await single.click();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Account menu" })).toBeFocused();
  await page.keyboard.type("gk", { delay: 30 });
  await expect(page).toHaveURL(/\/api-keys$/);
});

test("the palette goes to pages and keys, creates and sets the theme, by keyboard alone", async ({ page }) => {
  await open(page, "/usage");
  const field = page.getByRole("combobox", { name: /Search pages/ });
  const current = page.getByRole("option", { selected: true });

  await page.keyboard.press("ControlOrMeta+k");
  await expect(field).toBeFocused();
  await expect(field).toHaveAttribute("aria-expanded", "true");
  const first = await current.textContent();
  await page.keyboard.press("ArrowUp");
  await expect(current).toHaveText(/Dark theme/);
  await page.keyboard.press("ArrowDown");
  await expect(current).toHaveText(first ?? "");
  await page.keyboard.type("members");
  await expect(current).toHaveText(/Members/);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/settings\/members$/);
  await expect(palette(page)).toHaveCount(0);

  await page.keyboard.press("ControlOrMeta+k");
  await page.keyboard.type("nightly");
  await expect(current).toHaveText(/Nightly backup/);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Nightly backup", level: 1 })).toBeVisible();

  await page.keyboard.press("ControlOrMeta+k");
  await page.keyboard.type("theme dark");
  await page.keyboard.press("Enter");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.getByRole("button", { name: "Account menu" }).click();
  await expect(page.getByRole("menuitemradio", { name: "Dark" })).toBeChecked();
  await page.keyboard.press("Escape");

  await page.keyboard.press("ControlOrMeta+k");
  await page.keyboard.type("create");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog").getByLabel("Name", { exact: true })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);

  await page.keyboard.press("ControlOrMeta+k");
  await page.keyboard.type("no such thing at all");
  await expect(palette(page).getByRole("status")).toHaveText("Nothing has this name or id.");
  await page.keyboard.press("Enter");
  await expect(palette(page)).toBeVisible();
});

test("SH-05 a token in the palette is sent nowhere", async ({ page }) => {
  const addresses: string[] = [];
  page.on("request", (request) => addresses.push(request.url()));
  await open(page, "/usage");
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByRole("combobox", { name: /Search pages/ }).fill(`lk_prod_${"a".repeat(49)}`);
  await expect(palette(page).getByRole("status")).toContainText("looks like a token");
  await page.waitForTimeout(500);
  expect(addresses.filter((url) => url.includes("lk_prod"))).toEqual([]);
});

test("the palette gives the focus back, and its button opens it too", async ({ page }) => {
  await open(page, "/usage");
  const button = page.getByRole("button", { name: "Search or go to" });
  await button.focus();
  await page.keyboard.press("Enter");
  await expect(palette(page)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(button).toBeFocused();
});

test("Sign out, from the palette, ends the session", async ({ page, context }) => {
  const own = await signInOverHttp(instance.url);
  await useSession(context, instance.url, own);
  await open(page, "/usage");
  await page.keyboard.press("ControlOrMeta+k");
  await page.keyboard.type("sign out");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/sign-in/);
});

for (const theme of THEMES) {
  test(`palette and help sheet are accessible in the ${theme} theme and fit a phone`, async ({ page, context }) => {
    await useTheme(context, instance.url, theme);
    await open(page, "/api-keys");
    await expectAccessible(page);
    await page.keyboard.press("ControlOrMeta+k");
    await page.keyboard.type("ke");
    await expect(page.getByRole("group", { name: "Go to" })).toBeVisible();
    await page.waitForTimeout(400);
    await expectAccessible(page, "[role=dialog]");
    await photograph(page, "palette", theme);
    await page.setViewportSize({ width: 320, height: 640 });
    await expectNoSidewaysScroll(page);
    await page.getByRole("button", { name: "Close" }).click();
    await expect(palette(page)).toHaveCount(0);
    await page.keyboard.press("?");
    await expect(sheet(page)).toBeVisible();
    await expectAccessible(page, "[role=dialog]");
    await expectNoSidewaysScroll(page);
    await photograph(page, "shortcuts", theme);
  });
}
