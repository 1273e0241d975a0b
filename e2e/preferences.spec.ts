import { expect, type Page, test } from "@playwright/test";
import { expectAccessible, expectNoSidewaysScroll, useSession } from "@/e2e/console";
import { callWith, createKey } from "@/e2e/traffic";
import { type Instance, OWNER_ENV, signInOverHttp, startInstance } from "@/lib/testing/instance";

const PERMISSIONS = ["serp_api:read", "account:apikeys:read"];

let instance: Instance;
let cookie = "";
let pages: string[] = [];

test.beforeAll(async () => {
  instance = await startInstance({ env: OWNER_ENV });
  cookie = await signInOverHttp(instance.url);
  const key = await createKey(instance, cookie, { name: "Backend service", permissions: PERMISSIONS });
  for (const name of ["CI pipeline", "Warehouse sync"])
    await createKey(instance, cookie, { name, permissions: PERMISSIONS });
  await callWith(instance, key.token, "/v4/account/api-keys");
  const settings = ["organization", "members", "regions", "subaccounts", "products", "security"];
  pages = [
    ...["/api-keys", `/api-keys/${key.id}`, "/usage", "/audit-log", "/settings"],
    ...settings.map((section) => `/settings/${section}`),
  ];
});
test.afterAll(() => instance.stop());
test.beforeEach(({ context }) => useSession(context, instance.url, cookie));

const row = (page: Page, name: string) => page.getByRole("row", { name: new RegExp(name) });

/** Text that a screen reader was given without the focus being there: what live regions came to say. */
async function listen(page: Page): Promise<() => Promise<string[]>> {
  await page.addInitScript(() => {
    const said: string[] = [];
    Object.assign(window, { said });
    const note = (node: Node | null) => {
      const element = node instanceof Element ? node : node?.parentElement;
      const region = element?.closest("[aria-live]:not([aria-live=off]), [role=status], [role=alert]");
      const text = region?.textContent?.trim();
      if (text && said.at(-1) !== text) said.push(text);
    };
    new MutationObserver((changes) => {
      for (const { target, addedNodes } of changes) {
        note(target);
        for (const node of addedNodes) {
          note(node);
          if (node instanceof Element)
            for (const inner of node.querySelectorAll("[aria-live], [role=status], [role=alert]")) note(inner);
        }
      }
    }).observe(document, { childList: true, characterData: true, subtree: true });
  });
  return () => page.evaluate(() => (window as unknown as { said: string[] }).said);
}

async function createByHand(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: "Create API Key" }).first().click();
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByRole("button", { name: "Read All" }).click();
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await expect(page.getByRole("dialog", { name: "Copy your token now" })).toBeVisible();
}

test("what came of an action is announced, not only shown", async ({ page }) => {
  test.setTimeout(90_000);
  const announced = await listen(page);
  const heard = (text: RegExp) =>
    expect.poll(async () => (await announced()).some((said) => text.test(said)), { message: String(text) }).toBe(true);
  await page.goto(`${instance.url}/api-keys`);

  await createByHand(page, "Announced");
  await page.getByRole("button", { name: "Copy token" }).click();
  await heard(/Copied/);
  await page.getByRole("checkbox", { name: "I have copied and stored this token" }).check();
  await page.getByRole("button", { name: "Done" }).click();
  await heard(/of 4 keys/);

  await page.getByRole("button", { name: "Edit Announced" }).click();
  await page.getByRole("dialog").getByLabel("Name", { exact: true }).fill("Renamed");
  await page.getByRole("button", { name: "Save changes" }).click();
  await heard(/Renamed is saved/);

  await page.getByRole("checkbox", { name: "Select Renamed" }).check();
  await heard(/1 key selected/);
  await page.getByRole("button", { name: "Disable", exact: true }).click();
  await page.getByRole("button", { name: "Disable 1 key" }).click();
  // The focus goes into a dialog that is named after the result, which is read out with it.
  await expect(page.getByRole("dialog", { name: /1 of 1 keys? disabled/ }).locator(":focus")).toHaveCount(1);
  await page.keyboard.press("Escape");

  await page.goto(`${instance.url}/api-keys?status=all&search=renamed`);
  await page.getByRole("button", { name: "Revoke Renamed" }).click();
  await page.getByRole("button", { name: "Revoke key" }).click();
  await heard(/Renamed is revoked/);

  await page.getByRole("searchbox", { name: /Search by name/ }).fill("pipeline");
  await heard(/of 1 key/);
  await page.getByRole("button", { name: "Create API Key" }).first().click();
  await page.getByRole("dialog").getByRole("button", { name: "Create", exact: true }).click();
  await expect(page.getByRole("dialog").getByLabel("Name", { exact: true })).toBeFocused();
  await expect(page.getByRole("dialog").getByLabel("Name", { exact: true })).toHaveAccessibleDescription(/\w/);
});

test("nothing moves for who asked for less motion", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  const expectStill = async () => {
    const moving = await page.evaluate(() => {
      const seconds = (text: string) => Math.max(...text.split(",").map((part) => Number.parseFloat(part)));
      return [...document.querySelectorAll("*")]
        .filter((element) => {
          const style = getComputedStyle(element);
          return (
            seconds(style.transitionDuration) > 0.001 ||
            (style.animationName !== "none" && seconds(style.animationDuration) > 0.001)
          );
        })
        .map((element) => element.outerHTML.slice(0, 120));
    });
    expect(moving).toEqual([]);
  };
  for (const path of pages) {
    await page.goto(instance.url + path);
    await expectStill();
  }
  await page.goto(`${instance.url}/api-keys`);
  await page.getByRole("button", { name: "Actions for CI pipeline" }).click();
  await expect(page.getByRole("menu")).toBeVisible();
  await expectStill();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Create API Key" }).first().click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await expectStill();
});

test("forced colours leave every state to be seen", async ({ page }) => {
  test.setTimeout(120_000);
  await page.emulateMedia({ forcedColors: "active" });
  for (const path of pages) {
    await page.goto(instance.url + path);
    await expectAccessible(page);
    const name = path
      .replaceAll(/key_\w+/g, "key")
      .replaceAll("/", "-")
      .slice(1);
    await page.screenshot({ path: `test-results/screenshots/forced-colors-${name}.png` });
  }
  await page.goto(`${instance.url}/api-keys`);
  // The place one is at is told by more than a colour that is gone.
  const place = (name: string) => page.getByRole("navigation").getByRole("link", { name, exact: true });
  const borderOf = (name: string) => place(name).evaluate((link) => getComputedStyle(link).borderTopColor);
  expect(await borderOf("API Keys")).not.toBe(await borderOf("Usage"));

  const box = page.getByRole("checkbox", { name: "Select CI pipeline" });
  await box.check();
  const mark = await box.evaluate((input) => {
    const svg = input.parentElement?.querySelector("svg");
    const style = svg ? getComputedStyle(svg) : null;
    const behind = input.nextElementSibling ? getComputedStyle(input.nextElementSibling).backgroundColor : "";
    return { opacity: style?.opacity, stroke: style?.stroke, behind };
  });
  expect(mark.opacity).toBe("1");
  expect(mark.stroke).not.toBe(mark.behind);
  await box.uncheck();
  await box.focus();
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Tab");
  const ring = await box.evaluate((input) => getComputedStyle(input.nextElementSibling ?? input).outlineStyle);
  expect(ring).not.toBe("none");

  await page.getByRole("button", { name: "Actions for CI pipeline" }).click();
  for (const overlay of [page.getByRole("menu"), page.getByRole("dialog")]) {
    const edge = await overlay.evaluate((element) => {
      const style = getComputedStyle(element);
      return {
        width: Number.parseFloat(style.borderTopWidth),
        border: style.borderTopColor,
        fill: style.backgroundColor,
      };
    });
    expect(edge.width).toBeGreaterThan(0);
    expect(edge.border).not.toBe(edge.fill);
    await page.keyboard.press("Escape");
    if ((await page.getByRole("dialog").count()) > 0) break;
    await page.getByRole("button", { name: "Create API Key" }).first().click();
    await expect(page.getByRole("dialog")).toBeVisible();
  }
  await expectAccessible(page, "[role=dialog]");
  await page.screenshot({ path: "test-results/screenshots/forced-colors-create-key.png" });
});

test("at 200 % zoom nothing is cut off and every button can be reached", async ({ page }) => {
  test.setTimeout(60_000);
  // What is left of a 1440 × 900 window.
  await page.setViewportSize({ width: 720, height: 450 });
  for (const path of pages) {
    await page.goto(instance.url + path);
    await expect(page.getByRole("heading", { level: 1 })).toBeInViewport();
    await expectNoSidewaysScroll(page);
  }
  await page.goto(`${instance.url}/api-keys`);
  await row(page, "Warehouse sync").getByRole("button", { name: "Actions for Warehouse sync" }).click();
  await page.getByRole("menuitem", { name: "Revoke" }).scrollIntoViewIfNeeded();
  await expect(page.getByRole("menuitem", { name: "Revoke" })).toBeInViewport({ ratio: 1 });
  await page.keyboard.press("Escape");

  await createByHand(page, "Made at 200 %");
  const token = page.getByRole("textbox", { name: "Token" });
  await token.scrollIntoViewIfNeeded();
  await expect(token).toBeInViewport({ ratio: 1 });
  const stored = page.getByRole("checkbox", { name: "I have copied and stored this token" });
  await stored.check();
  await expect(page.getByRole("button", { name: "Done" })).toBeInViewport({ ratio: 1 });
  await expectNoSidewaysScroll(page);
  await page.getByRole("button", { name: "Done" }).click();
});
