import { expect, type Page, test } from "@playwright/test";

const OWNER = {
  organization: "Acme Proxies",
  name: "Ada Lovelace",
  email: "ada@example.com",
  password: "four unrelated wooden spoons",
};
const URL_OF_RUN = () => process.env.LATCHKEY_E2E_URL ?? "";
const KEYS = "/v4/account/api-keys";

/** What a script gets with this token. */
async function listStatus(token: string): Promise<number> {
  return (await fetch(URL_OF_RUN() + KEYS, { headers: { authorization: `Bearer ${token}` } })).status;
}

async function copiedToken(page: Page): Promise<string> {
  await page.getByRole("button", { name: "Copy token" }).click();
  await expect(page.getByText("Copied", { exact: false }).first()).toBeVisible();
  const token = await page.evaluate(() => navigator.clipboard.readText());
  expect(token).toMatch(/^lk_(prod|prev)_[0-9A-Za-z]{49}$/);
  await expect(page.getByRole("textbox", { name: "Token" })).toHaveValue(token);
  return token;
}

async function acknowledge(page: Page): Promise<void> {
  const done = page.getByRole("button", { name: "Done" });
  await expect(done).toBeDisabled();
  await page.getByRole("checkbox", { name: "I have copied and stored this token" }).check();
  await done.click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
}

test("from the set-up link to the first key, and through its whole life", async ({ page, context }) => {
  test.setTimeout(90_000);
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));

  await test.step("an empty instance shows nothing but the sign-in page", async () => {
    await page.goto("/");
    await expect(page).toHaveURL(/\/sign-in/);
    await page.goto("/setup?token=guessed");
    await expect(page.getByRole("button", { name: "Create organization" })).toHaveCount(0);
  });

  await test.step("the set-up link makes the organization and its owner, and is spent", async () => {
    await page.goto(process.env.LATCHKEY_E2E_SETUP_URL ?? "");
    await page.getByLabel("Organization").fill(OWNER.organization);
    await page.getByLabel("Your name").fill(OWNER.name);
    await page.getByLabel("E-mail").fill(OWNER.email);
    await page.getByLabel("Password", { exact: true }).fill("too short");
    await page.getByRole("button", { name: "Create organization" }).click();
    await expect(page.getByText("Use at least 15 characters", { exact: false })).toBeVisible();
    await page.getByLabel("Password", { exact: true }).fill(OWNER.password);
    await page.getByRole("button", { name: "Create organization" }).click();
    await expect(page.getByRole("heading", { name: "API Keys", level: 1 })).toBeVisible();
    await expect(page).toHaveURL(/\/api-keys$/);
  });

  await test.step("until keys are set up they are in no menu, and the page says what is missing", async () => {
    await page.getByRole("button", { name: "Account menu" }).click();
    await expect(page.getByRole("menuitem", { name: "API Keys" })).toHaveCount(0);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Set up API keys" }).click();
    await expect(page.getByRole("button", { name: "Create API Key" }).first()).toBeVisible();
  });

  await test.step("signing out and in again, by the profile menu", async () => {
    await page.getByRole("button", { name: "Account menu" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await expect(page).toHaveURL(/\/sign-in/);
    await page.getByLabel("E-mail").fill(OWNER.email);
    await page.getByLabel("Password", { exact: true }).fill("the wrong password here");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(page.getByRole("main").getByRole("alert")).toContainText(/wrong|not/i);
    await page.getByLabel("Password", { exact: true }).fill(OWNER.password);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(page).toHaveURL(/\/api-keys/);
    await page.getByRole("button", { name: "Account menu" }).click();
    await page.getByRole("menuitem", { name: "API Keys" }).click();
    await expect(page.getByRole("heading", { name: "API Keys", level: 1 })).toBeVisible();
  });

  let token = "";
  await test.step("a key is created in the modal, and its token shown once", async () => {
    await page.getByRole("button", { name: "Create API Key" }).first().click();
    const dialog = page.getByRole("dialog", { name: "Create API key" });
    await dialog.getByLabel("Name", { exact: true }).fill("CI pipeline");
    await dialog.getByRole("button", { name: "Read All" }).click();
    await dialog.getByRole("checkbox", { name: /Create API keys/ }).check();
    await dialog.getByRole("checkbox", { name: /Read API keys/ }).check();
    await dialog.getByRole("button", { name: "Create", exact: true }).click();
    await expect(page.getByRole("dialog", { name: "Copy your token now" })).toBeVisible();
    token = await copiedToken(page);
  });

  await test.step("Escape, an outside click and Back do not lose the token", async () => {
    for (const leave of [() => page.keyboard.press("Escape"), () => page.mouse.click(5, 5), () => page.goBack()]) {
      await leave();
      await expect(page.getByRole("alertdialog", { name: "Close without storing the token?" })).toBeVisible();
      await page.getByRole("button", { name: "Back to the token" }).click();
      await expect(page.getByRole("textbox", { name: "Token" })).toHaveValue(token);
    }
  });

  await test.step("SH-05 SH-06 after Done the token is in no DOM, URL, storage, cookie or page source", async () => {
    await acknowledge(page);
    await expect(page.getByRole("row", { name: /CI pipeline/ })).toBeVisible();
    const secret = token.slice(8, 40);
    expect(page.url()).not.toContain(secret);
    const kept = await page.evaluate(() =>
      [
        document.documentElement.outerHTML,
        JSON.stringify(localStorage),
        JSON.stringify(sessionStorage),
        document.cookie,
      ].join("\n"),
    );
    expect(kept).not.toContain(secret);
    expect(JSON.stringify(await context.cookies())).not.toContain(secret);
    expect(await (await context.request.get("/api-keys")).text()).not.toContain(secret);
    await page.reload();
    await expect(page.getByRole("row", { name: /CI pipeline/ })).toBeVisible();
    await expect(page.getByRole("dialog")).toHaveCount(0);
  });

  await test.step("a script uses the token", async () => {
    expect(await listStatus(token)).toBe(200);
    const child = await fetch(URL_OF_RUN() + KEYS, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ name: "Made by a script", permissions: ["residential:read"] }),
    });
    expect(child.status).toBe(201);
    await page.reload();
    await expect(page.getByRole("row", { name: /Made by a script/ })).toBeVisible();
  });

  await test.step("editing warns about what changes, saves, and is in force at the next request", async () => {
    await page.getByRole("button", { name: /^Edit CI pipeline/ }).click();
    const dialog = page.getByRole("dialog", { name: /Edit/ });
    await expect(dialog.getByLabel("Name", { exact: true })).toHaveValue("CI pipeline");
    await dialog.getByLabel("Name", { exact: true }).fill("CI pipeline, narrowed");
    await dialog.getByRole("checkbox", { name: /Create API keys/ }).uncheck();
    await expect(dialog.getByText(/can break/i)).toBeVisible();
    await dialog.getByRole("button", { name: /^Save/ }).click();
    await expect(page.getByRole("row", { name: /CI pipeline, narrowed/ })).toBeVisible();
    const refused = await fetch(URL_OF_RUN() + KEYS, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ name: "no more", permissions: ["residential:read"] }),
    });
    expect(refused.status).toBe(403);
  });

  await test.step("regenerating stops the old token at once and shows the new one once", async () => {
    await page.getByRole("button", { name: /^Regenerate CI pipeline/ }).click();
    const dialog = page.getByRole("alertdialog").or(page.getByRole("dialog"));
    await dialog.getByRole("button", { name: /^Regenerate/ }).click();
    await expect(page.getByRole("dialog", { name: "Copy your token now" })).toBeVisible();
    const fresh = await copiedToken(page);
    await acknowledge(page);
    expect([await listStatus(token), await listStatus(fresh)]).toEqual([401, 200]);
    token = fresh;
  });

  await test.step("revoking ends it for good, and it stays under the Revoked filter", async () => {
    // Uses are written down once a second; the page must know of them.
    const lastUses = async () => {
      const answer = await context.request.get(`${KEYS}?search=narrowed`);
      return (await answer.json()).data.map((key: { last_used_at: number | null }) => typeof key.last_used_at);
    };
    await expect.poll(lastUses).toEqual(["number"]);
    await page.reload();
    await page.getByRole("button", { name: /^Revoke CI pipeline/ }).click();
    const dialog = page.getByRole("alertdialog").or(page.getByRole("dialog"));
    await expect(dialog.getByRole("button", { name: "Cancel" })).toBeFocused();
    for (const box of await dialog.getByRole("checkbox").all()) await box.check();
    // Used in the last 24 hours: nothing but its whole name lets it be revoked.
    const revoke = dialog.getByRole("button", { name: "Revoke key" });
    await expect(revoke).toBeDisabled();
    const typed = dialog.getByRole("textbox", { name: /Used in the last 24 hours/ });
    await typed.fill("CI pipeline");
    await expect(revoke).toBeDisabled();
    await typed.fill("CI pipeline, narrowed");
    await revoke.click();
    // While a modal is open the rows are out of reach of roles: only without it does their absence mean anything.
    await expect(page.getByRole("alertdialog")).toHaveCount(0);
    await expect(page.getByRole("row", { name: /CI pipeline, narrowed/ })).toHaveCount(0);
    expect(await listStatus(token)).toBe(401);
    await page.getByRole("combobox", { name: "Status" }).selectOption("revoked");
    await expect(page.getByRole("row", { name: /CI pipeline, narrowed/ })).toBeVisible();
    await expect(page).toHaveURL(/status=revoked/);
    await page.reload();
    await expect(page.getByRole("row", { name: /CI pipeline, narrowed/ })).toBeVisible();
  });

  // The wrong password above is answered 401, which a browser reports by itself.
  expect(complaints.filter((text) => !/status of 401/.test(text))).toEqual([]);
});
