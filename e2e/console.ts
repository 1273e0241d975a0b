import { AxeBuilder } from "@axe-core/playwright";
import { type BrowserContext, expect, type Page } from "@playwright/test";

export const THEMES = ["light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

/** The console's theme for this browser, as the profile menu would set it. */
export async function useTheme(context: BrowserContext, url: string, theme: Theme): Promise<void> {
  await context.addCookies([{ name: "lk_theme", value: theme, url }]);
}

/** A browser that is signed in by this cookie header. */
export async function useSession(context: BrowserContext, url: string, cookie: string): Promise<void> {
  const equals = cookie.indexOf("=");
  await context.addCookies([{ name: cookie.slice(0, equals), value: cookie.slice(equals + 1), url, httpOnly: true }]);
}

const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** Expects no violation of WCAG 2.2 AA, on the page or within the open overlay named by `within`. */
export async function expectAccessible(page: Page, within?: string): Promise<void> {
  const axe = new AxeBuilder({ page }).withTags(WCAG);
  const { violations } = await (within ? axe.include(within) : axe).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
  expect(found).toEqual([]);
}

/** Expects that nothing makes the page scroll sideways. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const [scroll, client] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  expect(scroll).toBeLessThanOrEqual(client ?? 0);
}

const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;

/** Pictures at 1440 and 390 px, kept with the run's artefacts to be looked at. */
export async function photograph(page: Page, name: string, theme: Theme, { fullPage = false } = {}): Promise<void> {
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    const path = `test-results/screenshots/${name}-${size}-${theme}.png`;
    await page.screenshot({ path, animations: "disabled", fullPage });
  }
  await page.setViewportSize(SIZES.desktop);
}
