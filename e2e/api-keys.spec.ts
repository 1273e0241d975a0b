import { expect, type Page, test } from "@playwright/test";
import { useSession } from "@/e2e/console";
import { type Instance, OWNER_ENV, signInOverHttp, startInstance } from "@/lib/testing/instance";

const KEYS = "/v4/account/api-keys";

let instance: Instance;
let cookie = "";

test.beforeAll(async () => {
  instance = await startInstance({ env: OWNER_ENV });
  cookie = await signInOverHttp(instance.url);
  for (let number = 1; number <= 60; number++) {
    await call("POST", KEYS, { name: `Worker ${String(number).padStart(2, "0")}`, permissions: ["serp_api:read"] });
  }
});
test.afterAll(() => instance.stop());
test.beforeEach(async ({ page, context }) => {
  await useSession(context, instance.url, cookie);
  await page.goto(`${instance.url}/api-keys`);
});

async function call(method: string, path: string, body?: unknown) {
  const headers = { cookie, origin: instance.url, "content-type": "application/json" };
  const answer = await fetch(instance.url + path, { method, headers, body: body ? JSON.stringify(body) : null });
  return answer.status === 204 ? null : answer.json();
}

async function makeKey(name: string): Promise<{ id: string }> {
  return call("POST", KEYS, { name, permissions: ["serp_api:read"] });
}

const names = (page: Page) => page.getByRole("row").filter({ hasText: "Worker" });
const row = (page: Page, name: string) => page.getByRole("row", { name: new RegExp(name) });

test("filters, order and page live in the address, and Back goes through them", async ({ page }) => {
  await page.goto(`${instance.url}/api-keys?limit=25&sort=name&search=worker`);
  await expect(names(page)).toHaveCount(25);
  await expect(names(page).first()).toContainText("Worker 01");
  await page.getByRole("link", { name: "Next" }).click();
  await expect(names(page).first()).toContainText("Worker 26");
  await expect(page.getByText("26–50 of 60 keys")).toBeVisible();
  const second = page.url();
  await page.getByRole("link", { name: "Next" }).click();
  await expect(names(page)).toHaveCount(10);
  await page.getByRole("link", { name: "Previous" }).click();
  await expect(names(page).first()).toContainText("Worker 26");
  expect(page.url()).toBe(second);

  await page.reload();
  await expect(names(page).first()).toContainText("Worker 26");
  await page.getByRole("link", { name: "Previous" }).click();
  await expect(names(page).first()).toContainText("Worker 01");
  await expect(page.getByRole("link", { name: "Previous" })).toHaveCount(0);
  await page.goBack();
  await expect(names(page).first()).toContainText("Worker 26");

  await page.getByRole("combobox", { name: "Environment" }).selectOption("preview");
  await expect(page).toHaveURL(/environment=preview/);
  expect(page.url()).not.toContain("cursor");
  await expect(page.getByRole("heading", { name: "No key matches" })).toBeVisible();
  await page.goBack();
  await expect(names(page).first()).toContainText("Worker 26");
});

test("an address that cannot be read shows the list, not an error", async ({ page }) => {
  for (const broken of ["status=gone&limit=9999&sort=secret&cursor=made-up&page=-1&region_id=%00", "region_id=foo"]) {
    await page.goto(`${instance.url}/api-keys?${broken}`);
    await expect(names(page).first()).toBeVisible();
  }
});

test("searching waits for the last key, replaces the address and finds by name", async ({ page }) => {
  await page.getByRole("searchbox").pressSequentially("worker 07", { delay: 20 });
  await expect(names(page)).toHaveCount(1);
  await expect(page).toHaveURL(/search=worker\+07/);
  await page.getByRole("searchbox").fill("");
  await expect(page).toHaveURL(/api-keys$/);
});

test("SH-05 a token that is pasted into the search finds its key, and is in no address", async ({ page }) => {
  const addresses: string[] = [];
  page.on("request", (request) => addresses.push(request.url()));
  const made = await call("POST", KEYS, { name: "Found by its token", permissions: ["residential:read"] });
  await page.getByRole("searchbox").fill(made.token);
  await expect(page.getByText("This token's key was found")).toBeVisible();
  await expect(page.getByRole("searchbox")).toHaveValue("");
  expect(addresses.filter((url) => url.includes("lk_prod"))).toEqual([]);
  expect(page.url()).not.toContain("lk_prod");
  await page.getByRole("searchbox").fill(`lk_prod_${"a".repeat(49)}`);
  await expect(page.getByText("No key that you can see has this token")).toBeVisible();
  await page.getByRole("searchbox").fill(made.token_preview);
  await expect(page.getByText("Only a whole token finds its key")).toBeVisible();
  await expect(page.getByRole("searchbox")).toHaveValue(made.token_preview);
  await page.getByRole("searchbox").fill(made.id);
  await expect(page.getByText("This id's key was found")).toBeVisible();
  await page.getByRole("searchbox").fill(made.token);
  await page.getByRole("link", { name: "Found by its token" }).click();
  await expect(page).toHaveURL(new RegExp(`/api-keys/${made.id}$`));
});

test("CC-10 a double click on Create makes one key", async ({ page }) => {
  await page.getByRole("button", { name: "Create API Key" }).first().click();
  await page.getByLabel("Name", { exact: true }).fill("Clicked twice");
  await page.getByRole("button", { name: "Read All" }).click();
  await page.getByRole("button", { name: "Create", exact: true }).dblclick();
  await expect(page.getByRole("dialog", { name: "Copy your token now" })).toBeVisible();
  const { total } = await call("GET", `${KEYS}?search=Clicked+twice&include_total=true`);
  expect(total).toBe(1);
});

test("an answer that got lost does not lead to a second key: the next try says so and offers a new token", async ({
  page,
}) => {
  await page.getByRole("button", { name: "Create API Key" }).first().click();
  await page.getByLabel("Name", { exact: true }).fill("Lost answer");
  await page.getByRole("button", { name: "Read All" }).click();
  await page.route(`**${KEYS}`, async (route) => {
    await route.fetch();
    await route.abort("connectionreset");
  });
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await expect(page.getByText("The server could not be reached")).toBeVisible();
  await page.unroute(`**${KEYS}`);
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await expect(page.getByRole("dialog", { name: "The first request went through" })).toBeVisible();
  const { total } = await call("GET", `${KEYS}?search=Lost+answer&include_total=true`);
  expect(total).toBe(1);
  await page.getByRole("button", { name: "Regenerate" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Regenerate" }).click();
  await expect(page.getByRole("dialog", { name: "Copy your token now" })).toBeVisible();
});

test("a form with changes asks before it closes, and gives the focus back", async ({ page }) => {
  const create = page.getByRole("button", { name: "Create API Key" }).first();
  await create.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Name", { exact: true })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(create).toBeFocused();
  await page.keyboard.press("Enter");
  await page.getByLabel("Name", { exact: true }).fill("Half done");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Keep editing" }).click();
  await expect(page.getByRole("alertdialog")).toHaveCount(0);
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("Half done");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Discard changes" }).click();
  await expect(create).toBeFocused();
});

test("what the server refuses lands on its field", async ({ page }) => {
  await page.getByRole("button", { name: "Create API Key" }).first().click();
  await page.getByLabel("Name", { exact: true }).fill("Refused");
  await page.getByRole("button", { name: "Read All" }).click();
  await page.route(`**${KEYS}`, (route) =>
    route.fulfill({
      status: 422,
      contentType: "application/problem+json",
      json: {
        ...{ type: "x", title: "The request is not valid", status: 422, code: "validation_failed", detail: "x" },
        errors: [{ pointer: "/name", code: "taken", detail: "This name is not allowed today." }],
      },
    }),
  );
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await expect(page.getByLabel("Name", { exact: true })).toHaveAccessibleDescription(/not allowed today/);
  await expect(page.getByLabel("Name", { exact: true })).toBeFocused();
});

test("many addresses are pasted at once, each judged by itself, with a way out", async ({ page }) => {
  await page.getByRole("button", { name: "Create API Key" }).first().click();
  await page.getByLabel(/IP restrictions/).focus();
  await page.evaluate(() => navigator.clipboard.writeText("203.0.113.7, 10.0.0.1/8\n0.0.0.0/0 10.0.0.0/33"));
  await page.keyboard.press("ControlOrMeta+V");
  await expect(page.getByText("10.0.0.0/33: the prefix length is at most 32 for IPv4.")).toBeVisible();
  await expect(page.getByText("0.0.0.0/0 admits every IPv4 address.")).toBeVisible();
  await page.getByRole("button", { name: "Use 10.0.0.0/8 instead of 10.0.0.1/8" }).click();
  await page.getByRole("button", { name: /Remove 10.0.0.0\/33/ }).click();
  await expect(page.getByText(/the prefix length is at most/)).toHaveCount(0);
});

test("bulk actions tell what became of each key, and revoked ones can be deleted permanently", async ({ page }) => {
  for (const name of ["Batch A", "Batch B"]) await makeKey(name);
  await page.goto(`${instance.url}/api-keys?search=batch&status=all`);
  await page.getByRole("checkbox", { name: "Select all keys on this page" }).check();
  await page.getByRole("button", { name: "Disable", exact: true }).click();
  await page.getByRole("button", { name: "Disable 2 keys" }).click();
  await expect(page.getByRole("dialog", { name: "2 of 2 keys disabled" })).toContainText("Batch A: disabled");
  await page.getByRole("button", { name: "Close" }).first().click();
  await expect(row(page, "Batch A")).toContainText("Disabled");

  await page.getByRole("button", { name: "Actions for Batch A" }).click();
  await page.getByRole("menuitem", { name: "Reactivate" }).click();
  await expect(row(page, "Batch A")).toContainText("Active");

  await page.getByRole("checkbox", { name: "Select all keys on this page" }).check();
  await page.getByRole("button", { name: "Revoke", exact: true }).click();
  await page.getByRole("button", { name: "Revoke 2 keys" }).click();
  await expect(page.getByRole("dialog", { name: "2 of 2 keys revoked" })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Actions for Batch B" }).click();
  await page.getByRole("menuitem", { name: "Delete permanently" }).click();
  await page.getByRole("button", { name: "Delete permanently" }).click();
  await expect(row(page, "Batch B")).toHaveCount(0);
  await expect(row(page, "Batch A")).toContainText("Revoked");
});

test("PZ-17 disabling the last active key of a region has to be confirmed", async ({ page }) => {
  const { id } = await call("POST", "/v4/account/regions", { name: "Lonely" });
  await call("POST", KEYS, { name: "Only one", permissions: ["serp_api:read"], region_id: id });
  await page.goto(`${instance.url}/api-keys?search=only+one`);
  await page.getByRole("button", { name: "Actions for Only one" }).click();
  await page.getByRole("menuitem", { name: "Disable" }).click();
  await expect(page.getByText("This is the last active key of Lonely")).toBeVisible();
  await expect(page.getByRole("button", { name: "Disable key" })).toBeDisabled();
  await page.getByRole("checkbox", { name: /nothing can authenticate there/ }).check();
  await page.getByRole("button", { name: "Disable key" }).click();
  await expect(page.getByRole("heading", { name: "No key matches" })).toBeVisible();
  // No row is left to go on from.
  await expect(page.getByRole("heading", { name: "API Keys", level: 1 })).toBeFocused();
});

test("PZ-17 what a region that always keeps one active key would refuse is not begun", async ({ page }) => {
  const { id } = await call("POST", "/v4/account/regions", { name: "Kept", always_keep_one_active_key: true });
  for (const name of ["Kept A", "Kept B"])
    await call("POST", KEYS, { name, permissions: ["serp_api:read"], region_id: id });
  await page.goto(`${instance.url}/api-keys?region_id=${id}`);
  await page.getByRole("checkbox", { name: "Select all keys on this page" }).check();
  await page.getByRole("button", { name: "Revoke", exact: true }).click();
  await expect(page.getByText("Kept always keeps one active key: leave one of them out")).toBeVisible();
  await expect(page.getByRole("button", { name: "Revoke 2 keys" })).toBeDisabled();
  await page.getByRole("button", { name: "Cancel" }).click();

  await page.getByRole("button", { name: "Revoke Kept B" }).click();
  await page.getByRole("button", { name: "Revoke key" }).click();
  await expect(page.getByRole("checkbox", { name: "Select Kept A" })).toBeFocused();
});

test("a reload or closing of the tab asks while a token is shown", async ({ page }) => {
  await page.getByRole("button", { name: "Create API Key" }).first().click();
  await page.getByLabel("Name", { exact: true }).fill("Reloaded");
  await page.getByRole("button", { name: "Read All" }).click();
  await page.getByRole("button", { name: "Create", exact: true }).click();
  const token = page.getByRole("textbox", { name: "Token" });
  await token.click();
  const asked = page.waitForEvent("dialog");
  await page.close({ runBeforeUnload: true });
  const question = await asked;
  expect(question.type()).toBe("beforeunload");
  await question.dismiss();
  await expect(token).toBeVisible();
});
