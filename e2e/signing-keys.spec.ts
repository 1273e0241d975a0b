import { expect, test } from "@playwright/test";
import {
  expectAccessible,
  expectNoSidewaysScroll,
  photograph,
  useSession as restoreSession,
  THEMES,
} from "@/e2e/console";
import { asMember, callWith, createKey } from "@/e2e/traffic";
import { type Instance, OWNER_ENV, signInOverHttp, startInstance } from "@/lib/testing/instance";

// An instance of its own: retired versions of the signing key must not reach the other specs.

const PERMISSIONS = ["account:apikeys:read"];

let instance: Instance;
let cookie = "";
test.beforeAll(async () => {
  instance = await startInstance({ env: OWNER_ENV });
  cookie = await signInOverHttp(instance.url);
});
test.afterAll(() => instance.stop());

test("an owner retires a version: asked for its name while tokens depend on it, and in force at once", async ({
  browser,
}) => {
  test.setTimeout(90_000);
  const left = await createKey(instance, cookie, { name: "Left behind", permissions: PERMISSIONS });
  await asMember(instance, cookie, "POST", "/v4/account/signing-keys/rotate");
  const fresh = await createKey(instance, cookie, { name: "Fresh", permissions: PERMISSIONS });
  await asMember(instance, cookie, "POST", "/v4/account/signing-keys/rotate");
  const context = await browser.newContext({ baseURL: instance.url });
  await restoreSession(context, instance.url, cookie);
  const page = await context.newPage();
  await page.goto("/settings/security");
  const table = page.getByRole("table", { name: "Versions of the signing key" });
  const rowOf = (version: number) =>
    table
      .getByRole("row")
      .filter({ has: page.getByText(`${version}`, { exact: true }) })
      .first();
  await expect(table.getByRole("button", { name: /Retire version/ })).toHaveCount(2);
  await expect(rowOf(3)).toContainText("Current");

  await table.getByRole("button", { name: "Retire version 1" }).click();
  const dialog = page.getByRole("alertdialog");
  await expect(dialog).toContainText("1 token is still under it. It stops working at once and for good");
  await expect(dialog.getByRole("button", { name: "Cancel" })).toBeFocused();
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    await expectAccessible(page);
    await photograph(page, "signing-key-retire", theme);
  }
  const retire = dialog.getByRole("button", { name: "Retire version 1" });
  await dialog.getByRole("textbox").fill("version 2");
  await expect(retire).toBeDisabled();
  await dialog.getByRole("textbox").fill("version 1");
  await retire.click();
  await expect(dialog).toHaveCount(0);
  await expect(table.getByText("1 ended")).toBeVisible();
  await expect(table.getByText("Retired", { exact: true })).toHaveCount(1);
  await expect(table.getByRole("button", { name: /Retire version/ })).toHaveCount(1);
  expect(await callWith(instance, left.token, "/v4/account/api-keys")).toBe(401);
  expect(await callWith(instance, fresh.token, "/v4/account/api-keys")).toBe(200);

  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    await expectAccessible(page);
    await photograph(page, "signing-keys", theme, { fullPage: true });
  }
  await page.setViewportSize({ width: 320, height: 640 });
  await expectNoSidewaysScroll(page);
  await page.goto("/audit-log");
  await expect(page.getByRole("main")).toContainText("Signing key retired");
  await context.close();
});
