import { expect, test } from "@playwright/test";
import { expectAccessible, expectNoSidewaysScroll, photograph, THEMES, useSession, useTheme } from "@/e2e/console";
import { asMember, callWith, createKey, type Traffic } from "@/e2e/traffic";
import { type Instance, OWNER_ENV, signInOverHttp, startInstance } from "@/lib/testing/instance";

const KEYS = "/v4/account/api-keys";

let instance: Instance;
let cookie = "";
let key: Traffic;

test.beforeAll(async () => {
  instance = await startInstance({ env: OWNER_ENV });
  cookie = await signInOverHttp(instance.url);
  key = await createKey(instance, cookie, { name: "=HYPERLINK(1)", permissions: ["account:apikeys:read"] });
  await asMember(instance, cookie, "PUT", `${KEYS}/${key.id}`, { name: "Reporting", allowed_ips: ["127.0.0.0/8"] });
  await callWith(instance, key.token, KEYS, { name: "x", permissions: ["residential:read"] });
  for (const name of ["Europe", "Asia"]) await asMember(instance, cookie, "POST", "/v4/account/regions", { name });
});
test.afterAll(() => instance.stop());
test.beforeEach(async ({ context }) => useSession(context, instance.url, cookie));

test("who, what, from where and from what to what", async ({ page }) => {
  await page.goto(`${instance.url}/audit-log`);
  const row = page.getByRole("row", { name: /API key updated/ });
  await expect(row).toContainText("=HYPERLINK(1) → became Reporting");
  await expect(row).toContainText("none → became 127.0.0.0/8");
  await expect(row).toContainText("127.0.0.1");
  const refused = page.getByRole("row", { name: /Create API key refused/ });
  await expect(refused).toContainText("a permission is missing");
  await expect(refused).toContainText("Reporting");
});

test("filters are in the address, survive a reload and can be cleared", async ({ page }) => {
  await page.goto(`${instance.url}/audit-log`);
  await page.getByLabel("Action").selectOption("region.created");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(/action=region\.created/);
  await expect(page.getByRole("row")).toHaveCount(3);
  await page.reload();
  await expect(page.getByLabel("Action")).toHaveValue("region.created");
  await page.getByLabel("API key ID").fill(key.id);
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page.getByText("No event matches")).toBeVisible();
  await page.getByRole("link", { name: "Clear" }).click();
  await expect(page).toHaveURL(/\/audit-log$/);
  await expect(page.getByLabel("Action")).toHaveValue("");
});

test("refusals can be asked for, and who was refused", async ({ page }) => {
  await page.goto(`${instance.url}/audit-log`);
  await page.getByLabel("Outcome").selectOption("Denied");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(/outcome=denied/);
  await expect(page.getByRole("row")).toHaveCount(2);
  await page.getByLabel("Who").selectOption("Nobody signed in");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(/principal_id=anonymous/);
  await expect(page.getByText("No event matches")).toBeVisible();
});

test("a filter that cannot be meant is refused at its field, and leads to no broken file", async ({ page }) => {
  await page.goto(`${instance.url}/audit-log`);
  await page.getByLabel("API key ID").fill("key_1");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page.getByLabel("API key ID")).toHaveAccessibleDescription(/A key's id is key_/);
  await expect(page.getByLabel("API key ID")).toBeFocused();
  await page.goto(`${instance.url}/audit-log?from=2026-11-21&to=2026-11-20`);
  await expect(page.getByLabel("To (UTC)")).toHaveAccessibleDescription("This is before From.");
  await expect(page.getByRole("link", { name: "Download CSV" })).toHaveCount(0);
});

test("a day of the future has no events, a broken address shows the log", async ({ page }) => {
  await page.goto(`${instance.url}/audit-log?from=2199-01-01`);
  await expect(page.getByText("No event matches")).toBeVisible();
  for (const broken of [
    "from=x&action=%25&cursor=zzz&api_key_id=a%20b",
    "from=1960-01-01&to=9999-12-31&api_key_id=foo",
  ]) {
    await page.goto(`${instance.url}/audit-log?${broken}`);
    await expect(page.getByRole("row", { name: /API key updated/ })).toBeVisible();
  }
});

test("IV-07 the CSV is what the filters show, and a name cannot become a formula", async ({ page, request }) => {
  await page.goto(`${instance.url}/audit-log?api_key_id=${key.id}`);
  const waiting = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download CSV" }).click();
  const file = await waiting;
  expect(file.suggestedFilename()).toBe("audit-log.csv");
  const csv = await (await page.request.get(file.url())).text();
  expect(csv.trim().split("\r\n")).toHaveLength(4);
  expect(csv).toContain(",'=HYPERLINK(1),");
  expect(csv).not.toContain(key.token);
  const refused = await request.get(`${instance.url}/audit-log/csv`);
  expect(refused.status()).toBe(401);
});

test("a developer is told why the log is closed, everywhere it would stand", async ({ page, context }) => {
  const email = "dev@example.com";
  const password = "several unrelated copper kettles";
  const invited = await asMember(instance, cookie, "POST", "/v4/account/members", { email, role: "developer" });
  const token = new URL(invited.body.invitation_url, instance.url).pathname.split("/").at(-1);
  const accepted = await asMember(instance, "", "POST", `/v4/invitations/${token}/accept`, { name: "Dev", password });
  expect(accepted.status).toBe(204);
  const signedIn = await signInOverHttp(instance.url, { email, password, organization: "" });
  await context.clearCookies();
  await useSession(context, instance.url, signedIn);
  await page.goto(`${instance.url}/audit-log`);
  await expect(page.getByText("Developers do not read the audit log")).toBeVisible();
  await page.goto(`${instance.url}/api-keys/${key.id}`);
  await expect(page.getByText(/which developers do not read/)).toBeVisible();
  await expect(page.getByRole("button", { name: /^Revoke ?\. Developers manage only/ })).toBeVisible();
  expect((await page.request.get(`${instance.url}/audit-log/csv`)).status()).toBe(403);
  expect((await page.request.get(`${instance.url}/usage/csv`)).status()).toBe(200);
});

for (const theme of THEMES) {
  test(`is accessible in the ${theme} theme, down to 320 px`, async ({ page, context }) => {
    await useTheme(context, instance.url, theme);
    for (const [name, address] of [
      ["audit-log", "/audit-log"],
      ["audit-log-empty", "/audit-log?from=2199-01-01"],
    ] as const) {
      await page.goto(instance.url + address);
      await expectAccessible(page);
      await photograph(page, name, theme);
      await page.setViewportSize({ width: 320, height: 640 });
      await expectNoSidewaysScroll(page);
      await page.setViewportSize({ width: 1440, height: 900 });
    }
  });
}
