import { connect } from "node:net";
import { expect, test } from "@playwright/test";
import { useSession } from "@/e2e/console";
import { type Instance, OWNER, OWNER_ENV, signInOverHttp, startInstance } from "@/lib/testing/instance";

const KEYS = "/v4/account/api-keys";

let instance: Instance;
let cookie = "";
test.beforeAll(async () => {
  instance = await startInstance({ env: { ...OWNER_ENV, LATCHKEY_TRUSTED_PROXIES: "127.0.0.1" } });
  cookie = await signInOverHttp(instance.url);
});
test.afterAll(() => instance.stop());

async function makeKey(given: object): Promise<{ id: string; token: string }> {
  const answer = await fetch(instance.url + KEYS, {
    method: "POST",
    headers: { cookie, origin: instance.url, "content-type": "application/json" },
    body: JSON.stringify({ name: "Hardening", permissions: ["account:apikeys:read"], ...given }),
  });
  expect(answer.status).toBe(201);
  return (await answer.json()) as { id: string; token: string };
}

/** What the server answers to these exact bytes. */
function raw(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(instance.url).port), "127.0.0.1", () => socket.write(bytes));
    let answer = "";
    socket.setTimeout(5_000, () => socket.destroy());
    socket.on("data", (chunk) => {
      answer += chunk.toString("latin1");
    });
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
  });
}

test("IP-05 IP-17 behind a trusted proxy each request of one connection has its own client", async () => {
  const { token } = await makeKey({ allowed_ips: ["198.51.100.7"] });
  const statusFrom = async (address: string) =>
    (
      await fetch(instance.url + KEYS, {
        headers: { authorization: `Bearer ${token}`, "x-forwarded-for": address, connection: "keep-alive" },
      })
    ).status;
  expect(await statusFrom("198.51.100.7")).toBe(200);
  expect(await statusFrom("198.51.100.8")).toBe(403);
  expect(await statusFrom("198.51.100.7, 198.51.100.8")).toBe(403);
  expect(await statusFrom("198.51.100.8, 198.51.100.7")).toBe(200);
});

test("PZ-29 SC-10 no header of a client opens a page or moves a redirect", async () => {
  const tricks: Record<string, string>[] = [
    { "x-middleware-subrequest": "middleware:middleware:middleware:middleware:middleware" },
    { "x-forwarded-host": "evil.example", "x-forwarded-proto": "https" },
    { "x-latchkey-peer": "guess.127.0.0.1", "x-middleware-rewrite": "/api-keys" },
  ];
  for (const headers of tricks) {
    const answer = await fetch(`${instance.url}/api-keys`, { headers, redirect: "manual" });
    expect(answer.status).toBe(307);
    expect(answer.headers.get("location")).toMatch(/^\/sign-in\?next=%2Fapi-keys$/);
  }
  const absolute = await raw(
    "GET http://evil.example/api-keys HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
  );
  expect(absolute).toMatch(/^HTTP\/1.1 307/);
  expect(absolute).not.toMatch(/^location:.*evil/im);
});

test("SC-04 no origin is given access, and a preflight is answered without it", async () => {
  for (const origin of ["https://evil.example", "null", `${instance.url}.evil.example`]) {
    const preflight = await fetch(instance.url + KEYS, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "POST" },
    });
    const simple = await fetch(instance.url + KEYS, { headers: { origin, cookie } });
    for (const answer of [preflight, simple]) {
      expect(answer.headers.get("access-control-allow-origin")).toBeNull();
      expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
    }
  }
});

test("SC-11 HD-04 HD-05 HD-09 pages are framed by nobody, kept by nobody, and run only their own scripts", async () => {
  const first = await fetch(`${instance.url}/sign-in`);
  const policy = first.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).toContain("object-src 'none'");
  expect(policy).toContain("base-uri 'none'");
  expect(policy).not.toMatch(/unsafe-(inline|eval)/);
  const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? "";
  expect(Buffer.from(nonce, "base64").length).toBeGreaterThanOrEqual(16);
  const html = await first.text();
  expect(html).toContain(`nonce="${nonce}"`);
  expect(html).not.toMatch(/\sstyle="/);
  expect((await fetch(`${instance.url}/sign-in`)).headers.get("content-security-policy")).not.toBe(policy);
  for (const [name, value] of [
    ["x-frame-options", "DENY"],
    ["x-content-type-options", "nosniff"],
    ["referrer-policy", "no-referrer"],
    ["cache-control", "no-store"],
  ] as const) {
    expect(first.headers.get(name)).toBe(value);
  }
});

test("SC-13 signing in needs the form's own csrf token", async () => {
  const answer = await fetch(`${instance.url}/api/auth/callback/credentials`, {
    method: "POST",
    redirect: "manual",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ csrfToken: "guess", email: OWNER.email, password: OWNER.password, json: "true" }),
  });
  expect(answer.headers.getSetCookie().join()).not.toContain("latchkey.session=");
});

test("IV-01 next-auth's own routes take forms and nothing else, and nobody writes into our log", async () => {
  for (const path of ["/api/auth/callback/credentials", "/api/auth/_log", "/api/auth/signout"]) {
    const answer = await fetch(instance.url + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{,",
    });
    expect([path, answer.status]).toEqual([path, 415]);
  }
});

test("HD-08 a doubled slash is no path on either side of the query", async () => {
  for (const path of ["/v4//account/api-keys", "/api-keys//x", "//evil.example"]) {
    expect(await raw(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)).toMatch(/^HTTP\/1.1 404/);
  }
  expect((await fetch(`${instance.url}/sign-in?next=//evil`)).status).toBe(200);
});

test("SC-03 SC-10 no GET signs out or changes anything, and no callback leads elsewhere", async () => {
  await fetch(`${instance.url}/api/auth/signout`, { headers: { cookie }, redirect: "manual" });
  expect((await fetch(instance.url + KEYS, { headers: { cookie } })).status).toBe(200);
  const { id } = await makeKey({});
  for (const path of [`${KEYS}/${id}/regenerate`, `${KEYS}/bulk`, "/v4/account/bootstrap"]) {
    expect([404, 405]).toContain((await fetch(instance.url + path, { headers: { cookie } })).status);
  }
  const callback = await fetch(`${instance.url}/api/auth/signin?callbackUrl=https://evil.example`, {
    redirect: "manual",
  });
  expect(callback.headers.get("location") ?? "").not.toMatch(/^https:\/\/evil/);
});

test("SC-16 cookies in any number or size are signed out, not a crash", async () => {
  for (const header of [
    `latchkey.session=${"x".repeat(7_000)}`,
    Array.from({ length: 50 }, (_, i) => `latchkey.session.${i}=x`).join("; "),
  ]) {
    expect((await fetch(instance.url + KEYS, { headers: { cookie: header } })).status).toBe(401);
  }
  expect(
    await raw(`GET /healthz HTTP/1.1\r\nHost: x\r\nCookie: a=${"x".repeat(20_000)}\r\nConnection: close\r\n\r\n`),
  ).toMatch(/^HTTP\/1.1 431/);
  expect((await fetch(`${instance.url}/healthz`)).status).toBe(200);
});

test("HD-11 AN-06 AN-08 line breaks and doubled credentials reach no header and no handler", async () => {
  const { token } = await makeKey({});
  const doubled = await raw(
    `GET ${KEYS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer wrong\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`,
  );
  expect(doubled).toMatch(/^HTTP\/1.1 400/);
  expect(doubled).toContain("ambiguous_credentials");
  const nul = await raw(
    `GET ${KEYS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\u0000\r\nConnection: close\r\n\r\n`,
  );
  expect(nul).toMatch(/^HTTP\/1.1 400/);
  const echoed = await raw(
    `GET ${KEYS} HTTP/1.1\r\nHost: x\r\nX-Request-Id: a%0d%0aSet-Cookie: b=c\r\nConnection: close\r\n\r\n`,
  );
  expect(echoed).not.toMatch(/set-cookie/i);
});

test("DS-01 a chunked body without a length ends at 64 KiB with 413 and a closed connection", async () => {
  const { token } = await makeKey({ permissions: ["account:apikeys:create"] });
  const head = `POST ${KEYS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
  const answer = await raw(head + `4000\r\n${"x".repeat(0x4000)}\r\n`.repeat(8));
  expect(answer).toMatch(/^HTTP\/1.1 413/);
  expect(answer).toContain("body_too_large");
  expect(answer).toMatch(/connection: close/i);
});

test("HD-03 strange methods are refused, and the server goes on", async () => {
  for (const method of ["TRACE", "PROPFIND", "CONNECT", "FOO"]) {
    const answer = await raw(
      `${method} ${method === "CONNECT" ? "x:1" : KEYS} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 (400|405|501)/);
  }
  expect((await fetch(`${instance.url}/readyz`)).status).toBe(200);
});

test("SC-17 IV-07 hostile text is shown as text, in the table, the dialogs and the titles", async ({
  page,
  context,
}) => {
  const hostile = `<img src=x onerror="window.__hit=1">'"{{7*7}}`;
  await makeKey({ name: hostile, description: `${hostile} described` });
  await useSession(context, instance.url, cookie);
  const violations: string[] = [];
  page.on("console", (message) => {
    if (/Content Security Policy/.test(message.text())) violations.push(message.text());
  });
  await page.goto(`${instance.url}/api-keys`);
  await expect(page.getByText(hostile, { exact: true }).first()).toBeVisible();
  for (const verb of ["Edit", "Regenerate", "Revoke"]) {
    await page.getByRole("button", { name: new RegExp(`^${verb} <img`) }).click();
    await expect(page.getByRole("dialog").or(page.getByRole("alertdialog")).first()).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog").or(page.getByRole("alertdialog"))).toHaveCount(0);
  }
  await page.goto(`${instance.url}/api-keys?search=${encodeURIComponent(hostile)}`);
  await expect(page.getByText(hostile, { exact: true }).first()).toBeVisible();
  expect(await page.evaluate(() => "__hit" in window)).toBe(false);
  expect(violations).toEqual([]);
});

test("SC-01 over HTTPS the session cookie is __Host-, HttpOnly, Secure and Lax, and HSTS is on", async () => {
  const secure = await startInstance({ env: { ...OWNER_ENV, LATCHKEY_URL: "https://keys.example.com" } });
  try {
    const csrf = await fetch(`${secure.url}/api/auth/csrf`);
    expect(csrf.headers.get("strict-transport-security")).toMatch(/max-age=31536000/);
    const { csrfToken } = (await csrf.json()) as { csrfToken: string };
    const answer = await fetch(`${secure.url}/api/auth/callback/credentials`, {
      method: "POST",
      redirect: "manual",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        cookie: csrf.headers
          .getSetCookie()
          .map((one) => one.split(";")[0])
          .join("; "),
      },
      body: new URLSearchParams({ csrfToken, email: OWNER.email, password: OWNER.password, json: "true" }),
    });
    const session = answer.headers.getSetCookie().find((one) => one.startsWith("__Host-latchkey.session=")) ?? "";
    expect(session).toMatch(/; Path=\//i);
    expect(session).toMatch(/; HttpOnly/i);
    expect(session).toMatch(/; Secure/i);
    expect(session).toMatch(/; SameSite=Lax/i);
    expect(session).not.toMatch(/; Domain=/i);
  } finally {
    await secure.stop();
  }
});
