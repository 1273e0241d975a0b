import { type Browser, expect, type Page, test } from "@playwright/test";
import {
  expectAccessible,
  expectNoSidewaysScroll,
  photograph,
  useSession as restoreSession,
  THEMES,
} from "@/e2e/console";
import { type Instance, OWNER, OWNER_ENV, signInOverHttp, startInstance } from "@/lib/testing/instance";

/*
 * Settings on an instance of their own: what is changed here (signed-out sessions, a new password, rotated signing keys)
 * must not reach the other specs. In order, from the empty organization to its end.
 */
test.describe.configure({ mode: "serial" });

const NEXT_PASSWORD = "seven quiet harbour lanterns";
const GRACE = { email: "grace@example.com", password: "nine velvet copper rivers" };

let instance: Instance;
test.beforeAll(async () => {
  instance = await startInstance({ env: OWNER_ENV });
});
test.afterAll(() => instance.stop());

async function signedIn(browser: Browser, who: { email: string; password: string }): Promise<Page> {
  const cookie = await signInOverHttp(instance.url, { ...OWNER, ...who });
  const context = await browser.newContext({ baseURL: instance.url });
  await restoreSession(context, instance.url, cookie);
  return context.newPage();
}

async function openMenu(page: Page, row: string, item: string): Promise<void> {
  await page.getByRole("button", { name: `Actions for ${row}`, exact: true }).click();
  await page.getByRole("menuitem", { name: item }).click();
}

async function confirmed(page: Page, verb: string): Promise<void> {
  const dialog = page.getByRole("alertdialog");
  await expect(dialog.getByRole("button", { name: "Cancel" })).toBeFocused();
  await dialog.getByRole("button", { name: verb }).click();
  await expect(dialog).toHaveCount(0);
}

/** No violation in either theme, in whatever state the page is. */
async function expectAccessibleInBoth(page: Page): Promise<void> {
  for (const colorScheme of THEMES) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await expectAccessible(page);
  }
}

test("every section opens from the index, is accessible and fits a small screen", async ({ browser }) => {
  test.setTimeout(90_000);
  const page = await signedIn(browser, OWNER);
  for (const name of ["Organization", "Members", "Regions", "Subaccounts", "Products", "Security"]) {
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto("/settings");
    await page
      .getByRole("main")
      .getByRole("link", { name: new RegExp(`^${name}`) })
      .click();
    await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
      await expectAccessible(page);
      await photograph(page, `settings-${name.toLowerCase()}`, theme, { fullPage: true });
    }
    await page.setViewportSize({ width: 320, height: 640 });
    await expectNoSidewaysScroll(page);
  }
  await page.context().close();
});

test("regions: create, refuse a taken name at its field, make default, keep one key, delete", async ({ browser }) => {
  const page = await signedIn(browser, OWNER);
  await page.goto("/settings/regions");
  const create = page.getByRole("main").getByRole("button", { name: "Create region" });
  const dialog = page.getByRole("dialog");
  await create.click();
  await dialog.getByLabel("Name").fill("dEFAULT");
  await dialog.getByRole("button", { name: "Create region" }).click();
  await expect(dialog.getByLabel("Name")).toHaveAttribute("aria-invalid", "true");
  await expect(dialog).toContainText("There is a region named");
  await expectAccessibleInBoth(page);
  await dialog.getByLabel("Name").fill("Europe");
  await dialog.getByRole("button", { name: "Create region" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(create).toBeFocused();
  await expect(page.getByRole("row", { name: /Europe/ })).toBeVisible();

  await openMenu(page, "Europe", "Make default");
  await expect(page.getByRole("row", { name: /Europe/ }).getByText("Default", { exact: true })).toBeVisible();
  const keepOne = page.getByRole("switch", { name: "Always keep one active key in Europe" });
  await keepOne.click();
  await expect(keepOne).toHaveAttribute("aria-checked", "true");
  await openMenu(page, "Europe", "Delete");
  await confirmed(page, "Delete region");
  await expect(page.getByRole("row", { name: /Europe/ })).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Actions for Default" })).toBeVisible();
  await page.context().close();
});

test("CC-05 an edit that someone else overtook is not saved, and a reload shows theirs", async ({ browser }) => {
  const page = await signedIn(browser, OWNER);
  await page.goto("/settings/regions");
  await openMenu(page, "Default", "Edit");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Description").fill("Mine");
  await page.evaluate(async () => {
    const list = await (await fetch("/v4/account/regions")).json();
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ description: "Theirs" });
    await fetch(`/v4/account/regions/${list.data[0].id}`, { method: "PATCH", headers, body });
  });
  await dialog.getByRole("button", { name: "Save changes" }).click();
  await expect(dialog.getByRole("alert")).toContainText("This was changed in the meantime");
  await expect(dialog.getByLabel("Description")).toHaveValue("Mine");
  await dialog.getByRole("button", { name: "Reload" }).click();
  await expect(dialog.getByLabel("Description")).toHaveValue("Theirs");
  await dialog.getByLabel("Description").fill("Both");
  await dialog.getByRole("button", { name: "Save changes" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole("row", { name: /Both/ })).toBeVisible();
  await page.context().close();
});

test("typed changes are not lost without a question", async ({ browser }) => {
  const page = await signedIn(browser, OWNER);
  await page.goto("/settings/subaccounts");
  await page.getByRole("button", { name: "Create subaccount" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Customer One");
  await page.keyboard.press("Escape");
  await page.getByRole("alertdialog").getByRole("button", { name: "Keep editing" }).click();
  await expect(dialog.getByLabel("Name")).toHaveValue("Customer One");
  await dialog.getByRole("button", { name: "Create subaccount" }).click();
  await expect(page.getByRole("row", { name: /Customer One/ })).toBeVisible();
  await page.context().close();
});

test("products: actions as tags, in use is explained, retire instead", async ({ browser }) => {
  const page = await signedIn(browser, OWNER);
  await page.goto("/settings/products");
  await page.evaluate(async () => {
    const body = JSON.stringify({ name: "CI", permissions: ["residential:read"] });
    await fetch("/v4/account/api-keys", { method: "POST", headers: { "content-type": "application/json" }, body });
  });
  await page.getByRole("button", { name: "Create product" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Title").fill("Scraping browser");
  await dialog.getByLabel("ID", { exact: true }).fill("Scraping Browser");
  await dialog.getByLabel("Actions", { exact: true }).fill("no spaces allowed!,");
  await dialog.getByRole("button", { name: "Create product" }).click();
  await expect(dialog.getByLabel("ID", { exact: true })).toHaveAttribute("aria-invalid", "true");
  await expect(dialog).toContainText("lower-case letters");
  await expectAccessibleInBoth(page);
  await dialog.getByLabel("ID", { exact: true }).fill("scraping_browser");
  for (const tag of ["no", "spaces", "allowed!"]) {
    const remove = dialog.getByRole("button", { name: new RegExp(`^Remove ${tag}`) });
    if ((await remove.count()) > 0) await remove.click();
  }
  // What is still being typed counts, though nothing ended it.
  await dialog.getByLabel("Actions", { exact: true }).fill("export and_more_that_takes_another_line archive_it_all");
  await dialog.getByRole("button", { name: "Create product" }).click();
  await expect(page.getByRole("row", { name: /scraping_browser/ })).toContainText("archive_it_all");

  await page.reload();
  await page.getByRole("button", { name: "Actions for Residential", exact: true }).click();
  await expect(page.getByRole("menuitem", { name: /^Delete/ })).toHaveAttribute("aria-disabled", "true");
  await expect(page.getByRole("menu")).toContainText(/Used by \d+ keys?\. Retire it instead\./);
  await page.keyboard.press("Escape");
  await openMenu(page, "Residential", "Retire");
  await confirmed(page, "Retire product");
  await expect(page.getByRole("row", { name: /Residential residential / })).toContainText("Retired");
  await page.context().close();
});

test("members: invited by a link shown once, limited, demoted, deactivated; their keys are reviewed", async ({
  browser,
}) => {
  test.setTimeout(120_000);
  const page = await signedIn(browser, OWNER);
  await page.goto("/settings/members");
  await page.getByRole("button", { name: "Invite member" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("E-mail").fill("not an address");
  await dialog.getByRole("button", { name: "Create invitation link" }).click();
  await expect(dialog).toContainText("Enter an e-mail address");
  await dialog.getByLabel("E-mail").fill(GRACE.email);
  await dialog.getByRole("radio", { name: /^Admin/ }).check();
  await expectAccessibleInBoth(page);
  await dialog.getByRole("button", { name: "Create invitation link" }).click();
  const link = await page.getByRole("textbox", { name: "Invitation link" }).inputValue();
  expect(link).toMatch(/\/invite\/[\w-]{43}$/);
  await page.keyboard.press("Escape");
  await expect(dialog).toBeVisible();
  await expectAccessibleInBoth(page);
  await dialog.getByRole("button", { name: "Done" }).click();
  expect(await page.content()).not.toContain(link.slice(-43));

  const guest = await browser.newPage({ baseURL: instance.url });
  await guest.goto(link);
  await guest.getByLabel("Your name").fill("Grace");
  await guest.getByLabel("Password", { exact: true }).fill(GRACE.password);
  await guest.getByRole("button", { name: "Join" }).click();
  await expect(guest).toHaveURL(/sign-in/);
  await guest.close();

  const grace = await signedIn(browser, GRACE);
  await grace.goto("/settings/members");
  await grace.getByRole("button", { name: "Actions for ada" }).click();
  await expect(grace.getByRole("menu")).toContainText("Only an owner manages owners.");
  await grace.evaluate(async () => {
    const body = JSON.stringify({ name: "Grace's key", permissions: ["account:apikeys:read"] });
    await fetch("/v4/account/api-keys", { method: "POST", headers: { "content-type": "application/json" }, body });
  });

  await page.reload();
  await openMenu(page, "Grace", "Edit limits");
  await dialog.getByRole("group", { name: "Permissions that they may hand out" }).getByRole("radio").nth(1).check();
  await dialog.getByRole("button", { name: "Read All" }).click();
  await expectAccessibleInBoth(page);
  await dialog.getByRole("button", { name: "Save limits" }).click();
  await expect(page.getByRole("row", { name: /grace@example/ })).toContainText(/\d permissions/);

  await openMenu(page, "Grace", "Edit name and role");
  await dialog.getByRole("radio", { name: /^Viewer/ }).check();
  await dialog.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByRole("row", { name: /grace@example/ })).toContainText("Viewer");
  await grace.goto("/settings/regions");
  await expect(grace).toHaveURL(/sign-in/);
  await grace.context().close();

  await openMenu(page, "Grace", "Deactivate");
  await confirmed(page, "Deactivate member");
  await page.getByRole("link", { name: "Review keys" }).click();
  await expect(page.getByRole("row", { name: /Grace's key/ })).toContainText("deactivated");
  await expectAccessibleInBoth(page);
  await expect(page.getByRole("link", { name: "Grace's key" })).toHaveAttribute("href", /^\/api-keys\/key_/);
  await expect(page.getByRole("button", { name: "Disable Grace's key" })).toBeVisible();
  await page.getByRole("button", { name: "Keep Grace's key" }).click();
  await expect(page.getByRole("heading", { name: "No key to review" })).toBeVisible();
  await page.goto("/settings/members");
  await openMenu(page, "Grace", "Reactivate");
  await confirmed(page, "Reactivate member");
  await expect(page.getByRole("row", { name: /grace@example/ })).toContainText("Active");
  await page.context().close();
});

test("a viewer sees every section and is told why nothing can be changed", async ({ browser }) => {
  const page = await signedIn(browser, GRACE);
  for (const section of ["organization", "regions", "subaccounts", "products"]) {
    await page.goto(`/settings/${section}`);
    await expect(page.getByRole("main")).toContainText("You can look, but not change anything here");
  }
  const create = page.getByRole("button", { name: /^Create product ?\. Only owners and admins/ });
  await expect(create).toBeDisabled();
  await create.focus();
  await expect(page.getByRole("tooltip")).toContainText("Only owners and admins change products.");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.goto("/settings/regions");
  const keepOne = page.getByRole("switch").first();
  await expect(keepOne).toBeDisabled();
  await keepOne.focus();
  await expect(page.getByRole("tooltip")).toContainText("Only owners and admins change regions.");
  await page.keyboard.press("Space");
  await expect(keepOne).toHaveAttribute("aria-checked", "false");
  await page.goto("/settings/members");
  await expect(page.getByRole("main")).toContainText("Owners and admins see the members");
  await page.goto("/settings/security");
  await expect(page.getByRole("main")).toContainText("Only owners and admins see its versions");
  await expectAccessibleInBoth(page);
  await page.context().close();
});

test("security: other sessions end, the password changes, the signing key rotates", async ({ browser }) => {
  test.setTimeout(60_000);
  const page = await signedIn(browser, OWNER);
  const other = await signedIn(browser, OWNER);
  await page.goto("/settings/security");
  await expect(page.getByText("This session")).toHaveCount(1);
  await page.getByRole("button", { name: "Sign out everywhere else" }).click();
  await confirmed(page, "Sign out everywhere else");
  await expect(page.getByText("You are signed in nowhere else.")).toBeVisible();
  await other.goto("/settings");
  await expect(other).toHaveURL(/sign-in/);
  await other.context().close();

  const current = page.getByLabel("Current password");
  await current.fill("this is not the password");
  await page.getByLabel("New password").fill(NEXT_PASSWORD);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("This is not your current password.")).toBeVisible();
  await expect(current).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("New password")).toHaveValue(NEXT_PASSWORD);
  await current.fill(OWNER.password);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("Your password is changed").first()).toBeVisible();
  await expect(signInOverHttp(instance.url, OWNER)).rejects.toThrow();

  await page.getByRole("button", { name: "Rotate signing key…" }).click();
  await expectAccessibleInBoth(page);
  await confirmed(page, "Rotate signing key");
  await expect(page.getByRole("row", { name: /^2 Done|^2/ }).first()).toContainText("Current");
  await page.context().close();
});

test("the organization is renamed, and deleted only with its name typed", async ({ browser }) => {
  const page = await signedIn(browser, { email: OWNER.email, password: NEXT_PASSWORD });
  await page.goto("/settings/organization");
  // Until the page is alive, what is typed may be joined to what the server wrote there.
  await page.waitForLoadState("networkidle");
  await page.getByLabel("Name").fill("Acme & Sons");
  await page.getByRole("button", { name: "Save name" }).click();
  await expect(page.getByRole("banner")).toContainText("Acme & Sons");
  await page.getByRole("button", { name: "Delete organization…" }).click();
  const dialog = page.getByRole("alertdialog");
  const remove = dialog.getByRole("button", { name: "Delete organization" });
  await expect(remove).toBeDisabled();
  await dialog.getByRole("textbox").fill("Acme");
  await expect(remove).toBeDisabled();
  await expectAccessibleInBoth(page);
  await dialog.getByRole("textbox").fill("Acme & Sons");
  await remove.click();
  await expect(page).toHaveURL(/sign-in/);
  await expect(signInOverHttp(instance.url, { ...OWNER, password: NEXT_PASSWORD })).rejects.toThrow();
  await page.context().close();
});
