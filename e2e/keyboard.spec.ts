import { expect, type Locator, type Page, test } from "@playwright/test";
import { type Instance, OWNER, OWNER_ENV, startInstance } from "@/lib/testing/instance";

let instance: Instance;
test.beforeAll(async () => {
  instance = await startInstance({ env: OWNER_ENV });
});
test.afterAll(() => instance.stop());

/** Presses Tab until `target` has the focus, as who has no mouse would. */
async function tabTo(page: Page, target: Locator, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  for (let i = 0; i < 120; i++) {
    if (await target.evaluate((element) => element === document.activeElement).catch(() => false)) return;
    await page.keyboard.press(key);
  }
  throw new Error("Tab never reached it.");
}

test("the main job by keyboard alone: sign in, create, copy, acknowledge, edit, revoke", async ({ page }) => {
  test.setTimeout(90_000);
  await page.goto(`${instance.url}/sign-in`);
  await tabTo(page, page.getByLabel("E-mail"));
  await page.keyboard.type(OWNER.email);
  await tabTo(page, page.getByLabel("Password", { exact: true }));
  await page.keyboard.type(OWNER.password);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/api-keys/);
  await expect(page.getByRole("heading", { name: "API Keys", level: 1 })).toBeVisible();

  await test.step("the skip link leads past the navigation", async () => {
    await page.reload();
    await page.keyboard.press("Tab");
    await expect(page.getByRole("link", { name: /skip/i })).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(page.locator("#main")).toBeFocused();
  });

  await test.step("the profile menu opens, moves and closes by keys, and gives the focus back", async () => {
    const menu = page.getByRole("button", { name: "Account menu" });
    await tabTo(page, menu, "Shift+Tab");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("menuitem", { name: "API Keys" })).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(menu).toBeFocused();
    await page.keyboard.press("Enter");
    for (let i = 0; i < 10; i++) {
      if (await page.getByRole("menuitem", { name: "API Keys" }).evaluate((item) => item === document.activeElement))
        break;
      await page.keyboard.press("ArrowDown");
    }
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "API Keys", level: 1 })).toBeVisible();
  });

  await test.step("create: the focus goes in, stays in, and an error leads back to its field", async () => {
    const open = page.getByRole("button", { name: "Create API Key" }).first();
    await tabTo(page, open);
    await page.keyboard.press("Enter");
    const name = page.getByRole("dialog").getByLabel("Name", { exact: true });
    await expect(name).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(name).toBeFocused();
    await expect(name).toHaveAttribute("aria-invalid", "true");
    await page.keyboard.type("By keyboard");
    await tabTo(page, page.getByRole("dialog").getByRole("button", { name: "Read All" }));
    await page.keyboard.press("Space");
    await tabTo(page, page.getByRole("dialog").getByRole("button", { name: "Create", exact: true }));
    await page.keyboard.press("Enter");
    await expect(page.getByRole("dialog", { name: "Copy your token now" })).toBeVisible();
  });

  await test.step("token: copy, tick, done; the focus comes back to where it began", async () => {
    await tabTo(page, page.getByRole("button", { name: "Copy token" }));
    await page.keyboard.press("Enter");
    const token = await page.evaluate(() => navigator.clipboard.readText());
    expect(token).toMatch(/^lk_prod_/);
    await tabTo(page, page.getByRole("checkbox", { name: "I have copied and stored this token" }));
    await page.keyboard.press("Space");
    await tabTo(page, page.getByRole("button", { name: "Done" }));
    await page.keyboard.press("Enter");
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await expect(page.getByRole("row", { name: /By keyboard/ })).toBeVisible();
    await expect(page.getByRole("button", { name: "Create API Key" }).first()).toBeFocused();
  });

  await test.step("the row's menu: edit the name, then revoke", async () => {
    const actions = page.getByRole("button", { name: /^Actions for By keyboard/ });
    await tabTo(page, actions);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("menuitem", { name: "Edit" })).toBeVisible();
    await page.getByRole("menuitem", { name: "Edit" }).focus();
    await page.keyboard.press("Enter");
    const name = page.getByRole("dialog").getByLabel("Name", { exact: true });
    await expect(name).toHaveValue("By keyboard");
    await tabTo(page, name);
    await page.keyboard.press("End");
    await page.keyboard.type(" only");
    await tabTo(page, page.getByRole("dialog").getByRole("button", { name: /^Save/ }));
    await page.keyboard.press("Enter");
    await expect(page.getByRole("row", { name: /By keyboard only/ })).toBeVisible();

    await tabTo(page, page.getByRole("button", { name: /^Revoke By keyboard only/ }));
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("alertdialog").or(page.getByRole("dialog"));
    await expect(dialog.getByRole("button", { name: "Cancel" })).toBeFocused();
    for (const box of await dialog.getByRole("checkbox").all()) {
      await tabTo(page, box);
      await page.keyboard.press("Space");
    }
    await tabTo(page, dialog.getByRole("button", { name: "Revoke key" }));
    await page.keyboard.press("Enter");
    await expect(page.getByRole("row", { name: /By keyboard only/ })).toHaveCount(0);
  });
});
