import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "@playwright/test";
import pg from "pg";
import { useSession } from "@/e2e/console";
import { metric, type SharedDatabase, sharedDatabase } from "@/e2e/shared-database";
import { asMember, createKey, type Traffic } from "@/e2e/traffic";
import { type Instance, signInOverHttp } from "@/lib/testing/instance";

// Three processes on one PostgreSQL. Whatever one of them has acknowledged, the others act on at once.

const KEYS = "/v4/account/api-keys";
const ACCOUNT_READ = "account:apikeys:read";
const CHANGES = Number(process.env.COHERENCE_CHANGES ?? 1_000);
const LANES = 4;
const CLIENT_IP = "192.0.2.1";

let database: SharedDatabase;
let writer: Instance;
let others: Instance[];
let cookie = "";
let service: Traffic;
const running = new Set<Instance>();

test.describe.configure({ mode: "serial", timeout: 120_000 });
test.beforeAll(async () => {
  test.setTimeout(300_000);
  database = await sharedDatabase();
  writer = await start();
  others = await Promise.all([start(), start()]);
  cookie = await signInOverHttp(writer.url);
  service = await createKey(writer, cookie, {
    name: "Service",
    permissions: ["account:apikeys:verify"],
    scopes: [{ action: "*", resource: "*" }],
  });
});
test.afterAll(async () => {
  for (const instance of running) await instance.stop();
  await database?.stop();
});

async function start(): Promise<Instance> {
  const instance = await database.start();
  running.add(instance);
  return instance;
}

type Asked = { permissions?: string[]; subaccount?: string };
/** What the others must answer once a change is acknowledged. */
type Expected = { token: string; asked?: Asked; code: string; bearer: number };

/** A fresh address each time, so that refusals never fill one address's limit. */
let serial = 0;
const nextAddress = () => `10.${(++serial >> 16) & 255}.${(serial >> 8) & 255}.${serial & 255}`;

async function verify(instance: Instance, token: string, asked: Asked = {}): Promise<string> {
  const answer = await fetch(`${instance.url}/v4/verify`, {
    method: "POST",
    headers: { authorization: `Bearer ${service.token}`, "content-type": "application/json" },
    body: JSON.stringify({ token, ip: CLIENT_IP, ...asked }),
  });
  const body = await answer.json();
  return answer.status === 200 ? body.code : `${answer.status} ${body.code}`;
}

async function bearer(instance: Instance, token: string, address = nextAddress()): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, "x-forwarded-for": address };
  const answer = await fetch(`${instance.url}${KEYS}?limit=1`, { headers });
  await answer.arrayBuffer();
  return answer.status;
}

/** What both others say now, all asked at once; one line for each that is not what it must be. */
async function staleAnswers(name: string, expected: readonly Expected[]): Promise<string[]> {
  const asked = expected.flatMap((one) =>
    others.flatMap((instance, index) => [
      verify(instance, one.token, one.asked).then((code) => [code, one.code, `verify ${index + 1}`]),
      bearer(instance, one.token).then((status) => [status, one.bearer, `bearer ${index + 1}`]),
    ]),
  );
  const answers = await Promise.all(asked);
  return answers.flatMap(([is, must, at]) => (is === must ? [] : [`${name}, ${at}: ${is} instead of ${must}`]));
}

async function change(method: string, path: string, body?: unknown) {
  const headers = { cookie, origin: writer.url, "content-type": "application/json" };
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await fetch(writer.url + path, { method, headers, ...sent });
  const text = await answer.text();
  expect(answer.status, `${method} ${path}: ${text}`).toBeLessThan(300);
  return { body: text === "" ? null : JSON.parse(text), propagation: answer.headers.get("latchkey-propagation") };
}

const refused = { code: "DISABLED", bearer: 401 };
const accepted = { code: "VALID", bearer: 200 };

/** Changes one key again and again; each step says what holds from its answer on. */
async function* changesOfOneKey(lane: number): AsyncGenerator<{ name: string; expected: Expected[] }> {
  for (let round = 0; ; round++) {
    const permissions = [ACCOUNT_READ, "residential:read"];
    const scopes = [{ action: "*", resource: "*" }];
    const key = await createKey(writer, cookie, { name: `Lane ${lane}.${round}`, permissions, scopes });
    const path = `${KEYS}/${key.id}`;
    let { token } = key;
    const asked = { permissions: ["residential:read"] };
    const put = (body: unknown) => change("PUT", path, body);
    yield { name: "creating", expected: [{ token, asked, ...accepted }] };
    await put({ is_active: false });
    yield { name: "disabling", expected: [{ token, asked, ...refused }] };
    await put({ is_active: true });
    yield { name: "reactivating", expected: [{ token, asked, ...accepted }] };
    await put({ permissions: [ACCOUNT_READ] });
    yield { name: "narrowing", expected: [{ token, asked, code: "INSUFFICIENT_PERMISSIONS", bearer: 200 }] };
    await put({ permissions });
    yield { name: "widening", expected: [{ token, asked, ...accepted }] };
    await put({ allowed_ips: ["198.51.100.7"] });
    yield { name: "limiting addresses", expected: [{ token, asked, code: "IP_NOT_ALLOWED", bearer: 403 }] };
    await put({ allowed_ips: [`${CLIENT_IP}/32`, "10.0.0.0/8"] });
    yield { name: "allowing addresses", expected: [{ token, asked, ...accepted }] };
    const { body: issued } = await change("POST", `${path}/regenerate`, {});
    const replaced = { token, asked, code: "NOT_FOUND", bearer: 401 };
    token = issued.token;
    yield { name: "regenerating", expected: [replaced, { token, asked, ...accepted }] };
    await change("DELETE", path);
    yield { name: "revoking", expected: [{ token, asked, code: "REVOKED", bearer: 401 }] };
  }
}

/** Changes what keys depend on: the catalogue, and the subaccounts. */
async function* changesOfTheOrganization(): AsyncGenerator<{ name: string; expected: Expected[] }> {
  const product = "coherence";
  await change("POST", "/v4/account/products", { id: product, title: "Coherence", actions: ["read", "write"] });
  const permissions = [ACCOUNT_READ, `${product}:write`];
  const writes = { permissions: [`${product}:write`] };
  const key = await createKey(writer, cookie, { name: "Organization", permissions });
  const { token } = key;
  for (let round = 0; ; round++) {
    await change("PATCH", `/v4/account/products/${product}`, { title: `Coherence ${round}` });
    yield { name: "changing the catalogue", expected: [{ token, asked: writes, ...accepted }] };
    const { body: made } = await change("POST", "/v4/account/subaccounts", { name: "Coherence" });
    const asked = { subaccount: made.id };
    yield { name: "making a subaccount", expected: [{ token, asked, ...accepted }] };
    await change("DELETE", `/v4/account/subaccounts/${made.id}`);
    yield { name: "deleting it", expected: [{ token, asked, code: "SUBACCOUNT_NOT_ALLOWED", bearer: 200 }] };
  }
}

test(`after each of ${CHANGES} changes, the other instances answer by it at once`, async () => {
  test.setTimeout(600_000);
  let left = CHANGES;
  const stale: string[] = [];
  const lane = async (changes: AsyncGenerator<{ name: string; expected: Expected[] }>) => {
    while (left-- > 0) {
      const { value } = await changes.next();
      if (!value) return;
      stale.push(...(await staleAnswers(value.name, value.expected)));
      // A second time: now from memory, which the next change has to overtake.
      stale.push(...(await staleAnswers(`${value.name} (again)`, value.expected)));
    }
  };
  await Promise.all([
    lane(changesOfTheOrganization()),
    ...Array.from({ length: LANES }, (_, i) => lane(changesOfOneKey(i))),
  ]);
  expect(stale).toEqual([]);
  for (const instance of others) {
    expect(await metric(instance, "latchkey_key_cache_hits_total")).toBeGreaterThan(CHANGES);
  }
});

test("a change says on how many instances it is in force", async () => {
  const key = await createKey(writer, cookie, { name: "Counted", permissions: [ACCOUNT_READ] });
  const { propagation } = await change("DELETE", `${KEYS}/${key.id}`);
  expect(propagation).toMatch(/^instances=3; ms=\d+(\.\d+)?$/);
});

test("the console says so too", async ({ page, context }) => {
  await createKey(writer, cookie, { name: "Shown", permissions: [ACCOUNT_READ] });
  await useSession(context, writer.url, cookie);
  await page.goto(`${writer.url}/api-keys?search=shown`);
  const said = page.getByText(/^In force on all 3 instances after (?:\d+ ms|\d+\.\d s)\.$/);

  await page.getByRole("button", { name: "Edit Shown" }).click();
  await page.getByRole("dialog").getByLabel("Name", { exact: true }).fill("Shown again");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByText("Shown again is saved", { exact: true })).toBeVisible();
  await expect(said).toHaveCount(1);

  await page.getByRole("button", { name: "Regenerate Shown again" }).click();
  await page.getByRole("button", { name: "Regenerate", exact: true }).click();
  const token = page.getByRole("dialog", { name: "Copy your token now" });
  await expect(token.getByRole("status").filter({ hasText: /^In force on all 3 instances/ })).toBeVisible();
  await token.getByRole("checkbox", { name: "I have copied and stored this token" }).check();
  await token.getByRole("button", { name: "Done" }).click();

  await page.getByRole("checkbox", { name: "Select Shown again" }).check();
  await page.getByRole("button", { name: "Disable", exact: true }).click();
  await page.getByRole("button", { name: "Disable 1 key" }).click();
  await expect(page.getByRole("dialog", { name: /1 of 1 keys? disabled/ })).toContainText(
    "In force on all 3 instances",
  );
  await page.keyboard.press("Escape");

  await page.goto(`${writer.url}/api-keys?status=all&search=shown`);
  await page.getByRole("button", { name: "Revoke Shown again" }).click();
  await page.getByRole("button", { name: "Revoke key" }).click();
  await expect(page.getByText("Shown again is revoked", { exact: true })).toBeVisible();
  await expect(said).toHaveCount(1);
});

test("an instance that stands still is waited for, and refuses when it goes on", async () => {
  const key = await createKey(writer, cookie, { name: "Stopped", permissions: [ACCOUNT_READ] });
  const [stopped] = others as [Instance, Instance];
  expect(await bearer(stopped, key.token)).toBe(200);
  expect(await bearer(stopped, key.token)).toBe(200);
  process.kill(stopped.pid, "SIGSTOP");
  const started = performance.now();
  // Asked while it stands still: the first request that it reads when it goes on.
  let early: Promise<number> | null = null;
  try {
    const { propagation } = await change("DELETE", `${KEYS}/${key.id}`);
    expect(performance.now() - started).toBeLessThan(5_500);
    expect(propagation).toMatch(/^instances=2; /);
    early = bearer(stopped, key.token);
    await sleep(100);
  } finally {
    process.kill(stopped.pid, "SIGCONT");
  }
  expect(await early).toBe(401);
  expect(await bearer(stopped, key.token)).toBe(401);
});

test("an instance that is killed costs one change some seconds, and the next none", async () => {
  const dying = await start();
  const [first, second] = [
    await createKey(writer, cookie, { name: "First", permissions: [ACCOUNT_READ] }),
    await createKey(writer, cookie, { name: "Second", permissions: [ACCOUNT_READ] }),
  ];
  await sleep(1_500);
  process.kill(dying.pid, "SIGKILL");
  const started = performance.now();
  await change("DELETE", `${KEYS}/${first.id}`);
  expect(performance.now() - started).toBeLessThan(5_500);
  const afterwards = performance.now();
  await change("DELETE", `${KEYS}/${second.id}`);
  expect(performance.now() - afterwards).toBeLessThan(1_000);
});

test("an instance that loses its connections again and again answers nothing from before a change", async () => {
  const [, cut] = others as [Instance, Instance];
  const breaker = new pg.Client({ connectionString: database.superuserUrl });
  await breaker.connect();
  let breaking = true;
  const broken = (async () => {
    while (breaking) {
      await breaker.query(
        `SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a
         WHERE a.application_name = 'latchkey-coherence' AND a.pid <> pg_backend_pid()`,
      );
      await sleep(300);
    }
  })();
  const stale: string[] = [];
  let acknowledged = 0;
  try {
    for (let i = 0; i < 10; i++) {
      const key = await createKey(writer, cookie, { name: `Cut ${i}`, permissions: [ACCOUNT_READ] });
      await bearer(cut, key.token);
      await bearer(cut, key.token);
      const answer = await asMember(writer, cookie, "DELETE", `${KEYS}/${key.id}`);
      if (answer.status >= 300) {
        expect([answer.status, answer.body.code]).toEqual([503, "unavailable"]);
        continue;
      }
      acknowledged++;
      for (const instance of others) if ((await bearer(instance, key.token)) !== 401) stale.push(`${i}`);
    }
  } finally {
    breaking = false;
    await broken;
    await breaker.end();
  }
  expect(stale).toEqual([]);
  expect(acknowledged).toBeGreaterThan(0);
  // By itself, and soon, everything is as before.
  await expect
    .poll(
      async () => {
        const key = await createKey(writer, cookie, { name: "Afterwards", permissions: [ACCOUNT_READ] });
        return (await change("DELETE", `${KEYS}/${key.id}`)).propagation?.split(";")[0];
      },
      { timeout: 10_000 },
    )
    .toBe("instances=3");
  console.log(`  ${acknowledged} of 10 changes were acknowledged while connections broke.`);
});
