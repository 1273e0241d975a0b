import { expect, type Page, test } from "@playwright/test";
import {
  expectAccessible,
  expectNoSidewaysScroll,
  photograph,
  THEMES,
  type Theme,
  useSession,
  useTheme,
} from "@/e2e/console";
import { type Instance, OWNER_ENV, signInOverHttp, startInstance } from "@/lib/testing/instance";

const KEYS = "/v4/account/api-keys";

let instance: Instance;
let empty: Instance;
let cookie = "";

test.beforeAll(async () => {
  [instance, empty] = await Promise.all([startInstance({ env: OWNER_ENV }), startInstance()]);
  cookie = await signInOverHttp(instance.url);
  const soon = Math.floor(Date.now() / 1000) + 3 * 86_400;
  const keys = [
    {
      name: "CI pipeline",
      description: "Deploys from the main branch",
      permissions: ["datacenter_shared:read", "serp_api:read"],
    },
    {
      name: "Backend service",
      permissions: ["residential:read", "residential:write"],
      allowed_ips: ["203.0.113.0/24", "2001:db8::/32"],
      expires_at: soon,
    },
    {
      name: "A name as long as a name may be, so that it has to be cut somewhere in the table, without any harm",
      permissions: ["account:apikeys:read"],
      environment: "preview",
    },
  ];
  for (const key of keys) await change("POST", KEYS, key);
});
test.afterAll(() => Promise.all([instance.stop(), empty.stop()]));

async function change(method: string, path: string, body?: unknown): Promise<{ id: string }> {
  const headers = { cookie, origin: instance.url, "content-type": "application/json" };
  const answer = await fetch(instance.url + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  return answer.status === 204 ? { id: "" } : ((await answer.json()) as { id: string });
}

async function examine(page: Page, name: string, theme: Theme, within?: string): Promise<void> {
  await expectAccessible(page, within);
  await photograph(page, name, theme);
  await page.setViewportSize({ width: 320, height: 640 });
  await expectNoSidewaysScroll(page);
  await page.setViewportSize({ width: 1440, height: 900 });
}

for (const theme of THEMES) {
  test.describe(`in the ${theme} theme`, () => {
    test("signed-out screens", async ({ page, context }) => {
      await useTheme(context, empty.url, theme);
      await page.goto(`${empty.url}/sign-in`);
      await examine(page, "sign-in", theme);
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
      await examine(page, "sign-in-errors", theme);
      await page.goto(empty.setupUrl ?? "");
      await examine(page, "setup", theme);
      await page.goto(`${empty.url}/setup?token=spent`);
      await examine(page, "setup-spent", theme);
      await page.goto(`${empty.url}/docs/errors`);
      await examine(page, "errors", theme);
    });

    test("API Keys and its dialogs", async ({ page, context }) => {
      test.setTimeout(120_000);
      await useTheme(context, instance.url, theme);
      await useSession(context, instance.url, cookie);
      await page.goto(`${instance.url}/api-keys`);
      await expect(page.getByRole("row", { name: /CI pipeline/ })).toBeVisible();
      await examine(page, "api-keys", theme);

      await page.getByRole("button", { name: "Account menu" }).click();
      await examine(page, "account-menu", theme, "[role=menu]");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Actions for CI pipeline" }).click();
      await examine(page, "key-menu", theme, "[role=menu]");
      await page.keyboard.press("Escape");

      await page.getByRole("button", { name: "Create API Key" }).first().click();
      const dialog = page.getByRole("dialog");
      await examine(page, "create-key", theme, "[role=dialog]");
      await dialog.getByRole("button", { name: "Create", exact: true }).click();
      await expect(dialog.getByRole("alert").first()).toBeVisible();
      await examine(page, "create-key-errors", theme, "[role=dialog]");
      await dialog.getByLabel("Name", { exact: true }).fill("Photographed");
      await dialog.getByRole("button", { name: "Read All" }).click();
      await dialog.getByRole("button", { name: "Create", exact: true }).click();
      await expect(page.getByRole("dialog", { name: "Copy your token now" })).toBeVisible();
      await examine(page, "token", theme, "[role=dialog]");
      await page.getByRole("checkbox", { name: "I have copied and stored this token" }).check();
      await page.getByRole("button", { name: "Done" }).click();

      await page.getByRole("button", { name: /^Edit CI pipeline/ }).click();
      await expect(page.getByRole("dialog").getByLabel("Name", { exact: true })).toHaveValue("CI pipeline");
      await page.getByRole("dialog").getByRole("button", { name: "Write All" }).click();
      await examine(page, "edit-key", theme, "[role=dialog]");
      await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
      await examine(page, "discard", theme, "[role=alertdialog]");
      await page
        .getByRole("alertdialog")
        .getByRole("button", { name: /discard/i })
        .click();

      await page.getByRole("button", { name: /^Regenerate CI pipeline/ }).click();
      await examine(page, "regenerate", theme, "[role=dialog], [role=alertdialog]");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: /^Revoke CI pipeline/ }).click();
      await examine(page, "revoke", theme, "[role=dialog], [role=alertdialog]");
      await page.keyboard.press("Escape");

      await page.goto(`${instance.url}/api-keys?search=no+such+key`);
      await examine(page, "no-match", theme);
      await page.goto(`${instance.url}/api-keys?status=revoked`);
      await examine(page, "revoked", theme);
    });
  });
}
