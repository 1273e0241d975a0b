import { spawnSync } from "node:child_process";
import { expect, test } from "@playwright/test";
import { useSession } from "@/e2e/console";
import { signInOverHttp } from "@/lib/testing/instance";
import { type Demo, OWNER_SIGN_IN, startDemo } from "@/scripts/demo/instance";

let demo: Demo;
let cookie = "";
let seconds = 0;

test.beforeAll(async () => {
  test.setTimeout(120_000);
  const started = Date.now();
  demo = await startDemo();
  seconds = (Date.now() - started) / 1000;
  cookie = await signInOverHttp(demo.url, OWNER_SIGN_IN);
});
test.afterAll(() => demo.stop());

async function read(path: string) {
  return (await fetch(demo.url + path, { headers: { cookie } })).json();
}

test("a demonstration is ready within a minute, with 40 keys in every state", async () => {
  expect(seconds).toBeLessThan(60);
  const count = async (status: string) =>
    (await read(`/v4/account/api-keys?status=${status}&include_total=true&limit=1`)).total;
  const counts = await Promise.all(["active", "disabled", "expired", "revoked"].map(count));
  expect(counts).toEqual([26, 4, 4, 6]);
  const { data } = await read("/v4/account/api-keys?search=customer+dashboard");
  expect(data[0].grace_period_ends_at).toBeGreaterThan(Date.now() / 1000);
});

test("its history reaches back 90 days and beyond, and its audit log is intact", async () => {
  const now = Math.floor(Date.now() / 1000);
  const { data, total } = await read(`/v4/account/usage?interval=day&from=${now - 89 * 86_400}`);
  expect(data.length).toBeGreaterThanOrEqual(89);
  expect(total.allowed).toBeGreaterThan(1_000_000);
  expect(Object.keys(total.denied).sort()).toEqual(
    expect.arrayContaining(["DISABLED", "EXPIRED", "INSUFFICIENT_PERMISSIONS", "IP_NOT_ALLOWED", "REVOKED"]),
  );
  const first = await read(`/v4/account/audit-events?limit=1&to=${now - 118 * 86_400}`);
  expect(first.data).toHaveLength(1);

  const env = { ...process.env, DATABASE_URL: demo.ownerUrl, LATCHKEY_MASTER_KEY: demo.masterKey };
  const verify = () => spawnSync(process.execPath, ["scripts/run.mjs", "scripts/audit-verify.ts"], { env });
  await expect(() => expect(verify().stdout.toString()).toMatch(/intact, \d{3} events sealed\./)).toPass();
});

test("its console shows them", async ({ page, context }) => {
  await useSession(context, demo.url, cookie);
  await page.goto(`${demo.url}/api-keys`);
  await expect(page.getByRole("table", { name: "API keys" }).getByRole("row")).toHaveCount(27);
  await expect(page.getByText("1–26 of 26 keys")).toBeVisible();
  await page.getByRole("link", { name: "Customer dashboard" }).click();
  await expect(page.getByText("Two tokens work at the moment")).toBeVisible();
  await expect(page.getByRole("main")).toContainText(/With the new token\s*[1-9]/);
  await page.goto(`${demo.url}/settings/members/keys-to-review`);
  await expect(page.getByRole("row", { name: /Sam's scraper/ })).toBeVisible();
});

test("the API Keys page loads under 250 kB of JavaScript at first", async ({ page, context }) => {
  await useSession(context, demo.url, cookie);
  const scripts: Promise<number>[] = [];
  page.on("requestfinished", (request) => {
    if (request.resourceType() === "script")
      scripts.push(request.sizes().then(({ responseBodySize }) => responseBodySize));
  });
  await page.goto(`${demo.url}/api-keys`, { waitUntil: "networkidle" });
  const total = (await Promise.all(scripts)).reduce((sum, size) => sum + size, 0);
  console.log(`  ${scripts.length} scripts, ${Math.round(total / 1000)} kB as sent`);
  expect(scripts.length).toBeGreaterThan(3);
  expect(total).toBeLessThan(250_000);
});

test("HD-05 no page asks for what its policy refuses", async ({ page, context }) => {
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", ({ violatedDirective, sourceFile }) =>
      console.error(`refused: ${violatedDirective} ${sourceFile}`),
    );
  });
  const refused: string[] = [];
  page.on("console", (message) => {
    if (message.text().startsWith("refused: ")) refused.push(`${page.url()} ${message.text()}`);
  });
  await page.goto(`${demo.url}/sign-in`, { waitUntil: "networkidle" });
  await useSession(context, demo.url, cookie);
  for (const path of ["/usage", "/audit-log", "/settings/security", "/api-keys"]) {
    await page.goto(demo.url + path, { waitUntil: "networkidle" });
  }
  await page.getByRole("button", { name: "Create API Key" }).first().click();
  await page.getByRole("dialog").getByRole("button", { name: "Create", exact: true }).click();
  await expect(page.getByRole("dialog").getByRole("alert").first()).toBeVisible();
  expect(refused).toEqual([]);
});
