import { expect, type Page, test } from "@playwright/test";
import { expectAccessible, expectNoSidewaysScroll, photograph, THEMES, useSession, useTheme } from "@/e2e/console";
import { asMember, callWith, createKey } from "@/e2e/traffic";
import { type Instance, OWNER_ENV, signInOverHttp, startInstance } from "@/lib/testing/instance";

const KEYS = "/v4/account/api-keys";

let instance: Instance;
let cookie = "";

test.beforeAll(async () => {
  instance = await startInstance({ env: OWNER_ENV });
  cookie = await signInOverHttp(instance.url);
});
test.afterAll(() => instance.stop());
test.beforeEach(async ({ context }) => useSession(context, instance.url, cookie));

const make = (name: string, fields: Record<string, unknown> = {}) =>
  createKey(instance, cookie, { name, permissions: ["account:apikeys:read"], ...fields });
const read = async (id: string) => (await asMember(instance, cookie, "GET", `${KEYS}/${id}`)).body;
const change = (id: string, body: unknown) => asMember(instance, cookie, "PATCH", `${KEYS}/${id}`, body);
const save = (page: Page) => page.getByRole("button", { name: "Save changes" }).click();
const field = (page: Page, name: string) => page.getByRole("group", { name, exact: true });

async function openEdit(page: Page, id: string): Promise<void> {
  await page.goto(`${instance.url}/api-keys/${id}`);
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await expect(page.getByRole("dialog").getByLabel("Name", { exact: true })).toBeVisible();
}

test("a path is tried on the scopes as they are typed, without being saved with them", async ({ page }) => {
  const { id } = await make("Tried", { scopes: [{ action: "read", resource: "PLACE/Site/42/*" }] });
  await openEdit(page, id);
  const path = page.getByLabel("Path to try");
  const verdict = page.getByRole("group", { name: "Try a path" }).getByRole("status");

  await path.fill("PLACE/Site/42/THING/7");
  await expect(verdict).toContainText("Yes: the scopes allow read on this path.");
  await path.fill("PLACE/Site/43/THING/7");
  await expect(verdict).toContainText("No: no scope allows read on this path.");
  await expect(verdict).toContainText("Scope 1: segment 3 has to be 42, not 43.");
  await page.getByLabel("Resource filter of scope 1").fill("PLACE/Site/#/*");
  await expect(verdict).toContainText("Yes");
  await page.getByLabel("Action to try").selectOption("write");
  await expect(verdict).toContainText("read does not include write");
  await page.getByLabel("Action of scope 1").selectOption("admin");
  await expect(verdict).toContainText("Yes: the scopes allow write on this path.");
  await path.fill("/PLACE");
  await expect(path).toHaveAccessibleDescription(/empty segment/);

  await path.press("Enter");
  await expect(page.getByRole("dialog", { name: "Edit Tried" })).toBeVisible();
  expect((await read(id)).scopes).toEqual([{ action: "read", resource: "PLACE/Site/42/*" }]);
  await save(page);
  await expect(page.getByRole("dialog")).toHaveCount(0);
  expect((await read(id)).scopes).toEqual([{ action: "admin", resource: "PLACE/Site/#/*" }]);
});

test("CC-05 two tabs edit one key: both edits are kept, and a field that both changed is chosen by hand", async ({
  page,
  context,
}) => {
  const { id } = await make("Two tabs", { description: "Before" });
  const other = await context.newPage();
  await Promise.all([openEdit(page, id), openEdit(other, id)]);
  await other.getByLabel("Description").fill("Theirs");
  await other.getByLabel(/IP restrictions/).fill("192.0.2.0/24");
  await save(other);
  await expect(other.getByRole("dialog")).toHaveCount(0);

  await page.getByLabel("Name", { exact: true }).fill("Renamed by me");
  await page.getByLabel("Description").fill("Mine");
  await save(page);
  const merge = page.getByRole("alertdialog", { name: "Someone else changed Two tabs" });
  await expect(merge).toBeVisible();
  await expect(field(page, "Name").getByRole("radio", { name: /^Yours/ })).toBeChecked();
  await expect(field(page, "IP restrictions").getByRole("radio", { name: /^Theirs/ })).toBeChecked();
  await expect(field(page, "Description")).toContainText("Both of you changed this. Before: Before.");
  await expect(field(page, "Description").getByRole("radio", { checked: true })).toHaveCount(0);
  await merge.getByRole("button", { name: "Save these choices" }).click();
  await expect(merge).toContainText("Choose for: Description.");
  await expect(field(page, "Description").getByRole("radio", { name: /^Yours/ })).toBeFocused();
  expect((await read(id)).name).toBe("Two tabs");

  await merge.getByRole("button", { name: "Back to the form" }).click();
  await expect(page.getByLabel("Description")).toHaveValue("Mine");
  await save(page);
  await field(page, "Description")
    .getByRole("radio", { name: /^Yours/ })
    .check();
  await merge.getByRole("button", { name: "Save these choices" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(merge).toHaveCount(0);
  expect(await read(id)).toMatchObject({
    name: "Renamed by me",
    description: "Mine",
    allowed_ips: ["192.0.2.0/24"],
  });
  await expect(page.getByRole("button", { name: "Edit", exact: true })).toBeFocused();
});

test("a third change, a lost connection and a refusal in the middle of merging lose nothing typed", async ({
  page,
}) => {
  const { id } = await make("Contested");
  await openEdit(page, id);
  await page.getByLabel("Description").fill("Mine");
  await change(id, { name: "First" });
  await save(page);
  const merge = page.getByRole("alertdialog");
  await expect(field(page, "Name")).toContainText("First");
  await change(id, { name: "Second", is_active: false });
  const saveMerged = merge.getByRole("button", { name: "Save these choices" });
  await saveMerged.click();
  await expect(field(page, "Name")).toContainText("Second");
  await expect(merge).toContainText("They also disabled it.");

  await page.route(`**${KEYS}/${id}`, (route) => route.abort("connectionreset"));
  await saveMerged.click();
  await expect(merge).toContainText("Check your connection");
  await page.unroute(`**${KEYS}/${id}`);
  const problem = { type: "x", title: "The request is not valid", status: 422, code: "validation_failed", detail: "x" };
  const errors = [{ pointer: "/description", code: "taken", detail: "Not this description." }];
  await page.route(`**${KEYS}/${id}`, (route) =>
    route.fulfill({ status: 422, contentType: "application/problem+json", json: { ...problem, errors } }),
  );
  await saveMerged.click();
  await expect(merge).toHaveCount(0);
  await expect(page.getByLabel("Description")).toHaveAccessibleDescription(/Not this description/);
  await expect(page.getByLabel("Description")).toHaveValue("Mine");
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("Second");
  await page.unroute(`**${KEYS}/${id}`);
  await page.getByLabel("Description").fill("Mine, put right");
  await save(page);
  await expect(page.getByRole("dialog")).toHaveCount(0);
  expect(await read(id)).toMatchObject({ name: "Second", description: "Mine, put right", is_active: false });
});

test("a key that was revoked meanwhile is told so, with what was typed still there", async ({ page }) => {
  const { id } = await make("Ended meanwhile");
  await openEdit(page, id);
  await page.getByLabel("Description").fill("Typed");
  await asMember(instance, cookie, "DELETE", `${KEYS}/${id}`);
  await save(page);
  await expect(page.getByText("The key is gone")).toBeVisible();
  await expect(page.getByLabel("Description")).toHaveValue("Typed");
});

test("an overlap is extended within seven days of its start, and the page shows the new end", async ({ page }) => {
  const key = await make("Rotating");
  const regenerate = await asMember(instance, cookie, "POST", `${KEYS}/${key.id}/regenerate`, {
    grace_period_seconds: 3600,
  });
  const startedAt = regenerate.body.regenerated_at;
  await page.goto(`${instance.url}/api-keys/${key.id}`);
  const extend = page.getByRole("button", { name: "Extend" });
  await extend.click();
  const dialog = page.getByRole("alertdialog", { name: "Extend the overlap of Rotating?" });
  await expect(dialog.getByRole("radio")).toHaveCount(4);
  await dialog.getByRole("radio", { name: /^3 days/ }).check();
  await dialog.getByRole("button", { name: "Extend overlap" }).click();
  await expect(dialog).toHaveCount(0);
  expect((await read(key.id)).grace_period_ends_at).toBe(startedAt + 3 * 86_400);
  const end = new Date((startedAt + 3 * 86_400) * 1000).toISOString();
  await expect(page.locator(`time[datetime="${end}"]`).first()).toBeVisible();
  expect(await callWith(instance, key.token, KEYS)).toBe(200);
  await expect(page.getByRole("table", { name: "Audit events" })).toContainText("API key overlap extended");

  await extend.click();
  await dialog.getByRole("radio", { name: /^7 days/ }).check();
  await dialog.getByRole("button", { name: "Extend overlap" }).click();
  await expect(page.getByRole("button", { name: /^Extend ?\. The overlap lasts as long as it may/ })).toHaveAttribute(
    "aria-disabled",
    "true",
  );
});

for (const theme of THEMES) {
  test(`the new dialogs are accessible in the ${theme} theme, down to 320 px`, async ({ page, context }) => {
    test.setTimeout(120_000);
    await useTheme(context, instance.url, theme);
    const permissions = ["serp_api:read", "residential:read", "residential:write", "datacenter_shared:read"];
    const { id } = await make(`Looked at, ${theme}`, {
      permissions,
      scopes: [{ action: "read", resource: "PLACE/*" }],
    });
    await asMember(instance, cookie, "POST", `${KEYS}/${id}/regenerate`, { grace_period_seconds: 3600 });

    const examine = async (name: string, within: string) => {
      await expectAccessible(page, within);
      await photograph(page, name, theme);
      await page.setViewportSize({ width: 320, height: 640 });
      await expectNoSidewaysScroll(page);
      await page.setViewportSize({ width: 1440, height: 900 });
    };
    await page.goto(`${instance.url}/api-keys/${id}`);
    await page.getByRole("button", { name: "Extend" }).click();
    await examine("extend-overlap", "[role=alertdialog]");
    await page.keyboard.press("Escape");
    await expect(page.getByRole("button", { name: "Extend" })).toBeFocused();

    await page.getByRole("button", { name: "Edit", exact: true }).click();
    await page.getByLabel("Path to try").fill("PLACE");
    await page.getByLabel("Path to try").evaluate((input) => input.scrollIntoView({ block: "center" }));
    await examine("scope-tester", "[role=dialog]");
    await page.getByLabel("Description").fill("Mine");
    await page.getByRole("button", { name: "Write All" }).click();
    const theirs = { description: "Theirs", permissions: permissions.slice(1), allowed_ips: ["2001:db8::/32"] };
    await change(id, theirs);
    await save(page);
    await expect(page.getByRole("alertdialog")).toBeVisible();
    await page.getByRole("button", { name: "Save these choices" }).click();
    await examine("merge", "[role=alertdialog]");
  });
}
