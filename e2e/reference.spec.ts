import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "@playwright/test";
import { expectAccessible, expectNoSidewaysScroll, photograph, THEMES, useSession, useTheme } from "@/e2e/console";
import { createKey } from "@/e2e/traffic";
import { type Instance, OWNER_ENV, signInOverHttp, startInstance } from "@/lib/testing/instance";

let instance: Instance;
let cookie = "";

test.beforeAll(async () => {
  instance = await startInstance({ env: OWNER_ENV });
  cookie = await signInOverHttp(instance.url);
});
test.afterAll(() => instance.stop());
test.beforeEach(({ context }) => useSession(context, instance.url, cookie));

test("leads from the sidebar to every operation of the document, and asks nobody else for anything", async ({
  page,
}) => {
  const foreign: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(instance.url) && !request.url().startsWith("data:")) foreign.push(request.url());
  });
  await page.goto(`${instance.url}/usage`);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "API reference" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "API reference" })).toBeVisible();
  const documented = (await (await fetch(`${instance.url}/v4/openapi.json`)).json()) as {
    paths: Record<string, Record<string, { summary: string }>>;
  };
  const main = page.getByRole("main");
  for (const [path, methods] of Object.entries(documented.paths)) {
    for (const [method, { summary }] of Object.entries(methods)) {
      await expect(
        main.getByRole("link", { name: `${method.toUpperCase()} ${path} ${summary}`, exact: true }),
      ).toHaveCount(1);
    }
  }
  await main.getByRole("link", { name: /^POST \/v4\/account\/api-keys Create a key$/ }).click();
  await expect(page).toHaveURL(`${instance.url}/reference/api-keys#postAccountApiKeys`);
  const create = page.getByRole("region", { name: "Create a key" });
  await expect(create.getByRole("heading", { name: "Create a key" })).toBeInViewport();
  await expect(create).toContainText("Needs account:apikeys:create.");
  await create.getByRole("link", { name: "IssuedApiKey" }).click();
  await expect(page.getByRole("heading", { name: "IssuedApiKey" })).toBeInViewport();
  expect(foreign).toEqual([]);
});

test("its calls can be pasted into a terminal as they are", async ({ page }) => {
  const { token } = await createKey(instance, cookie, {
    name: "Terminal",
    permissions: ["account:apikeys:create", "residential:read"],
    scopes: [{ action: "read", resource: "*" }],
  });
  await page.goto(`${instance.url}/reference/api-keys`);
  const code = await page.getByRole("region", { name: "Create a key" }).locator("pre").textContent();
  const env = { ...process.env, LATCHKEY_TOKEN: token };
  const { stdout } = await promisify(execFile)("sh", ["-c", `${code} -s`], { env });
  expect(JSON.parse(stdout)).toMatchObject({ name: "Backend service", token: expect.stringMatching(/^lk_prod_/) });
});

test("an address that names no section is not found", async ({ page }) => {
  const answer = await page.goto(`${instance.url}/reference/toasters`);
  expect(answer?.status()).toBe(404);
});

for (const theme of THEMES) {
  test(`is readable by everyone in the ${theme} theme`, async ({ page, context }) => {
    await useTheme(context, instance.url, theme);
    for (const [name, path] of [
      ["reference", "/reference"],
      ["reference-section", "/reference/api-keys"],
    ] as const) {
      await page.goto(instance.url + path);
      await expectAccessible(page);
      await photograph(page, name, theme);
      await page.setViewportSize({ width: 320, height: 640 });
      await expectNoSidewaysScroll(page);
      await page.setViewportSize({ width: 1440, height: 900 });
    }
  });
}
