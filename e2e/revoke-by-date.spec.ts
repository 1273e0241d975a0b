import { type Browser, expect, type Page, test } from "@playwright/test";
import { expectAccessible, photograph, useSession as restoreSession, THEMES } from "@/e2e/console";
import { asMember, createKey } from "@/e2e/traffic";
import { type Instance, OWNER_ENV, signInOverHttp, startInstance } from "@/lib/testing/instance";

/* An instance of its own: here every key ends. In order, each test with what the one before left. */
test.describe.configure({ mode: "serial" });

let instance: Instance;
let cookie = "";
test.beforeAll(async () => {
  instance = await startInstance({ env: OWNER_ENV });
  cookie = await signInOverHttp(instance.url);
});
test.afterAll(() => instance.stop());

async function openedDialog(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ baseURL: instance.url });
  await restoreSession(context, instance.url, cookie);
  const page = await context.newPage();
  await page.goto("/settings/security");
  await page.getByRole("button", { name: "Revoke keys by date…" }).click();
  return page;
}

const readerKey = (name: string) => createKey(instance, cookie, { name, permissions: ["account:apikeys:read"] });

const statusOf = async (token: string): Promise<number> =>
  (await fetch(`${instance.url}/v4/account/api-keys`, { headers: { authorization: `Bearer ${token}` } })).status;

test("SH-15 keys are counted, and revoked once that is typed", async ({ browser }) => {
  const keys = [await readerKey("First"), await readerKey("Second")];
  const page = await openedDialog(browser);
  const dialog = page.getByRole("alertdialog");
  await expect(dialog.getByRole("status")).toHaveText("2 keys match, disabled and expired ones included.");
  await expect(dialog.getByRole("list", { name: "Keys that match" }).getByRole("listitem")).toHaveCount(2);
  for (const colorScheme of THEMES) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await expectAccessible(page);
    await photograph(page, "revoke-by-date", colorScheme);
  }
  await dialog.getByText("Issued before a moment").click();
  await expect(dialog.getByRole("status")).toHaveText("No key matches.");
  await expect(dialog.getByRole("button", { name: "Revoke 0 keys" })).toBeDisabled();
  await dialog.getByLabel("Date and time").fill("");
  await expect(dialog.getByRole("status")).toHaveText("Give a date and a time.");
  await dialog.getByLabel("Date and time").fill("2020-01-01T00:00");
  await dialog.getByText("Changed since a moment").click();
  const revoke = dialog.getByRole("button", { name: "Revoke 2 keys" });
  await expect(revoke).toBeDisabled();
  await dialog.getByRole("textbox", { name: /to confirm/ }).fill("revoke 2 key");
  await expect(revoke).toBeDisabled();
  await dialog.getByRole("textbox", { name: /to confirm/ }).fill("revoke 2 keys");
  await revoke.click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByText("2 keys revoked").first()).toBeVisible();
  for (const { token } of keys) expect(await statusOf(token)).toBe(401);
  await page.context().close();
});

test("what a region keeps is said", async ({ browser }) => {
  const key = await readerKey("Last");
  const regions = await asMember(instance, cookie, "GET", "/v4/account/regions");
  const region = `/v4/account/regions/${regions.body.data[0].id}`;
  await asMember(instance, cookie, "PATCH", region, { always_keep_one_active_key: true });
  const page = await openedDialog(browser);
  await page.getByRole("textbox", { name: /to confirm/ }).fill("revoke 1 key");
  await page.getByRole("button", { name: "Revoke 1 key" }).click();
  const dialog = page.getByRole("dialog", { name: "0 keys revoked, 1 key kept" });
  await expect(dialog).toContainText("Create another one first.");
  for (const colorScheme of THEMES) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await expectAccessible(page);
    await photograph(page, "revoke-by-date-kept", colorScheme);
  }
  expect(await statusOf(key.token)).toBe(200);
  await page.context().close();
});
