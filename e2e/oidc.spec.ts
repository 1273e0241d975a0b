import { type BrowserContext, expect, type Page, test } from "@playwright/test";
import { expectAccessible, THEMES } from "@/e2e/console";
import { CLIENT, startProvider, type TestProvider } from "@/e2e/oidc-provider";
import { freePort, type Instance, OWNER, OWNER_ENV, signInOverHttp, startInstance } from "@/lib/testing/instance";

const ACCOUNTS = new Map([
  ["ada", { email: "Ada@Example.com", email_verified: true, name: "Ada Lovelace" }],
  ["grace", { email: "grace@example.com", email_verified: true, name: "Grace Hopper" }],
  ["impostor", { email: OWNER.email, email_verified: false, name: "Ada Lovelace" }],
  ["stranger", { email: "stranger@example.com", email_verified: true, name: "A stranger" }],
  ["leaver", { email: "leaver@example.com", email_verified: true, name: "A leaver" }],
]);

let instance: Instance;
let provider: TestProvider;
let issuer = "";
let cookie = "";
test.beforeAll(async () => {
  // Another site than 127.0.0.1, as providers are: only cookies that survive the way there and back count.
  issuer = `http://localhost:${await freePort()}`;
  const settings = {
    LATCHKEY_OIDC_ISSUER: issuer,
    LATCHKEY_OIDC_CLIENT_ID: CLIENT.id,
    LATCHKEY_OIDC_CLIENT_SECRET: CLIENT.secret,
    LATCHKEY_OIDC_NAME: "Acme ID",
    LOG_LEVEL: "error",
  };
  instance = await startInstance({ env: { ...OWNER_ENV, ...settings } });
  provider = await startWith("userinfo");
  cookie = await signInOverHttp(instance.url);
});
test.afterAll(async () => {
  await provider.stop();
  await instance.stop();
});

function startWith(claimsIn: "id_token" | "userinfo"): Promise<TestProvider> {
  const redirectUri = `${instance.url}/api/auth/callback/oidc`;
  return startProvider({ issuer, redirectUri, accounts: ACCOUNTS, claimsIn });
}

/** Starts at a page of the console, goes to the provider, and comes back as this account. */
async function signInAs(page: Page, account: string, path = "/api-keys"): Promise<void> {
  await page.goto(instance.url + path);
  await page.getByRole("button", { name: "Continue with Acme ID" }).click();
  await expect(page).toHaveURL((url) => url.origin === issuer);
  await page.getByLabel("Account").fill(account);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL((url) => url.origin === instance.url && !url.pathname.startsWith("/api/"));
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Account menu" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/sign-in/);
}

async function expectRefused(page: Page): Promise<void> {
  await expect(page).toHaveURL(/\/sign-in\?(?:.*&)?error=/);
  await expect(page.getByText("Signing in did not work")).toBeVisible();
  expect(await sessionOf(page.context())).toBeUndefined();
}

const sessionOf = async (context: BrowserContext) =>
  (await context.cookies()).find(({ name }) => name === "latchkey.session");

async function call(method: string, path: string, body?: object) {
  const headers = { cookie, origin: instance.url, ...(body ? { "content-type": "application/json" } : {}) };
  const sent = body ? { body: JSON.stringify(body) } : {};
  const answer = await fetch(instance.url + path, { method, headers, ...sent });
  return { status: answer.status, body: answer.status === 204 ? null : await answer.json() };
}

/** The newest sign-in in the audit log. */
async function lastSignIn() {
  const { body } = await call("GET", "/v4/account/audit-events?action=member.signed_in&limit=1");
  return body.data[0];
}

async function invite(email: string): Promise<string> {
  const { status, body } = await call("POST", "/v4/account/members", { email, role: "developer" });
  expect(status).toBe(201);
  return body.id;
}

test("a member goes to the provider and comes back to the page they wanted, out again and in again", async ({
  page,
  context,
}) => {
  const violations: string[] = [];
  page.on("console", (message) => {
    if (/Content Security Policy/.test(message.text())) violations.push(message.text());
  });
  await signInAs(page, "ada", "/audit-log?action=member.signed_in");
  await expect(page).toHaveURL(`${instance.url}/audit-log?action=member.signed_in`);
  await expect(page.getByRole("heading", { name: "Audit log", level: 1 })).toBeVisible();
  expect(await sessionOf(context)).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/" });
  expect(await lastSignIn()).toMatchObject({
    outcome: "done",
    principal: { type: "user", name: "ada" },
    ip: "127.0.0.1",
    changes: { provider: [null, issuer] },
  });

  const ended = await sessionOf(context);
  await signOut(page);
  expect((await fetch(`${instance.url}/v4/account/members`, { headers: asHeader(ended) })).status).toBe(401);
  // The provider still knows them: one click is enough.
  await page.getByRole("button", { name: "Continue with Acme ID" }).click();
  await expect(page.getByRole("heading", { name: "API Keys", level: 1 })).toBeVisible();
  expect(violations).toEqual([]);
});

const asHeader = (found: { name: string; value: string } | undefined) => ({ cookie: `${found?.name}=${found?.value}` });

test("who was invited joins by the provider, without the link and under their own name", async ({ page }) => {
  const id = await invite("grace@example.com");
  await signInAs(page, "grace");
  await expect(page.getByRole("heading", { name: "API Keys", level: 1 })).toBeVisible();
  expect((await call("GET", `/v4/account/members/${id}`)).body).toMatchObject({
    name: "Grace Hopper",
    status: "active",
  });
});

test("claims in the id_token count like those of the userinfo endpoint", async ({ page }) => {
  await provider.stop();
  provider = await startWith("id_token");
  await signInAs(page, "ada");
  await expect(page.getByRole("heading", { name: "API Keys", level: 1 })).toBeVisible();
});

test("an unverified e-mail, a stranger and a deactivated member read the same sentence; the log knows more", async ({
  browser,
}) => {
  const id = await invite("leaver@example.com");
  expect((await call("PATCH", `/v4/account/members/${id}`, { status: "deactivated" })).status).toBe(200);
  for (const [account, why] of [
    ["impostor", "email_not_verified"],
    ["stranger", "not_a_member"],
    ["leaver", "deactivated"],
  ] as const) {
    const context = await browser.newContext();
    const page = await context.newPage();
    await signInAs(page, account);
    await expectRefused(page);
    expect(new URL(page.url()).search).toBe("?error=AccessDenied");
    expect(await lastSignIn()).toMatchObject({ outcome: "denied", changes: { refused: [null, why] } });
    await context.close();
  }
});

test("who cancels at the provider is back at the sign-in page, where the password still works", async ({ page }) => {
  await page.goto(`${instance.url}/sign-in`);
  await page.getByRole("button", { name: "Continue with Acme ID" }).click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expectRefused(page);
  await page.getByLabel("E-mail").fill(OWNER.email);
  await page.getByLabel("Password", { exact: true }).fill(OWNER.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("heading", { name: "API Keys", level: 1 })).toBeVisible();
});

test("SC-13 an answer that this browser never asked for signs nobody in", async ({ page, browser }) => {
  // What an attacker would make a victim open: the end of the attacker's own way through the provider.
  const attacker = await browser.newContext();
  const theirs = await attacker.newPage();
  await theirs.goto(`${instance.url}/sign-in`);
  await theirs.getByRole("button", { name: "Continue with Acme ID" }).click();
  await expect(theirs.getByLabel("Account")).toBeVisible();
  const form = { account: "ada" };
  let step = await attacker.request.post(theirs.url(), { form, maxRedirects: 0 });
  const nextOf = () => new URL(step.headers().location ?? "", issuer).href;
  while (nextOf().startsWith(issuer)) step = await attacker.request.get(nextOf(), { maxRedirects: 0 });
  const answer = nextOf();
  expect(answer).toContain("/api/auth/callback/oidc?code=");
  await page.goto(answer);
  await expectRefused(page);
  // Nor with a way of its own under way, whose state is another.
  await page.goto(`${instance.url}/sign-in`);
  await page.getByRole("button", { name: "Continue with Acme ID" }).click();
  await expect(page.getByLabel("Account")).toBeVisible();
  await page.goto(answer);
  await expectRefused(page);
  await attacker.close();
});

test("SC-08 the cookies of a sign-in under way are no session", async ({ page, context }) => {
  await page.goto(`${instance.url}/sign-in`);
  await page.getByRole("button", { name: "Continue with Acme ID" }).click();
  await expect(page.getByLabel("Account")).toBeVisible();
  const cookies = (await context.cookies(instance.url)).filter(({ name }) => /state|nonce|pkce/.test(name));
  expect(cookies).toHaveLength(3);
  for (const { value, httpOnly } of cookies) {
    expect(httpOnly).toBe(true);
    const headers = { cookie: `latchkey.session=${value}` };
    expect((await fetch(`${instance.url}/v4/account/members`, { headers })).status).toBe(401);
  }
});

test("SC-10 no address that a request names is where signing in ends", async () => {
  const csrf = await fetch(`${instance.url}/api/auth/csrf`);
  const { csrfToken } = (await csrf.json()) as { csrfToken: string };
  const cookies = csrf.headers.getSetCookie().filter((one) => one.startsWith("next-auth.csrf-token="));
  for (const callbackUrl of ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example"]) {
    const answer = await fetch(`${instance.url}/api/auth/signin/oidc`, {
      method: "POST",
      redirect: "manual",
      headers: { "content-type": "application/x-www-form-urlencoded", cookie: cookies[0]?.split(";")[0] ?? "" },
      body: new URLSearchParams({ csrfToken, callbackUrl, json: "true" }),
    });
    const { url } = (await answer.json()) as { url: string };
    expect(new URL(url).searchParams.get("redirect_uri")).toBe(`${instance.url}/api/auth/callback/oidc`);
    expect(new URL(url).searchParams.get("code_challenge_method")).toBe("S256");
    const back = answer.headers.getSetCookie().find((one) => one.startsWith("next-auth.callback-url="));
    expect(decodeURIComponent(back ?? "")).toContain(`next-auth.callback-url=${instance.url};`);
  }
});

test("a provider that is away is said so by the sign-in page, which passes axe in both themes", async ({ page }) => {
  await provider.stop();
  try {
    await page.goto(`${instance.url}/sign-in`);
    await page.getByRole("button", { name: "Continue with Acme ID" }).click();
    await expectRefused(page);
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme });
      await expectAccessible(page);
    }
  } finally {
    provider = await startWith("userinfo");
  }
});
