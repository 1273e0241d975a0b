import { beforeEach, describe, expect, test, vi } from "vitest";
import { getDb } from "@/lib/db";
import { firstRun } from "@/lib/organizations/first-run";
import { issueSetupToken, setupTokenIsGood } from "@/lib/organizations/setup";
import { apiClient } from "@/lib/testing/client";
import { truncateAll } from "@/lib/testing/database";
import { makeMember, makeOrganization } from "@/lib/testing/factories";

beforeEach(truncateAll);

const OWNER = { organization: "Acme", name: "Ada", email: "Ada@Example.com", password: "four unrelated wooden spoons" };
// Each from an address of its own, so that the limit on set-up attempts is not what is tested.
let address = 0;
const post = (body: unknown) => apiClient({ ip: `198.51.100.${++address}` }).post("/v4/setup", body);
const count = async (table: string): Promise<number> =>
  (await getDb().pool.query(`SELECT count(*)::int AS n FROM ${table}`)).rows[0].n;

describe("POST /v4/setup", () => {
  test("AN-27 the one-time link makes one organization with its owner, and is spent", async () => {
    const setup_token = await issueSetupToken();
    expect((await post({ setup_token, ...OWNER })).status).toBe(204);
    const { rows } = await getDb().pool.query("SELECT email, role, password_hash FROM members");
    expect(rows).toMatchObject([{ email: "ada@example.com", role: "owner" }]);
    expect(rows[0].password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await count("regions")).toBe(1);
    expect(await count("products")).toBe(6);
    expect((await post({ setup_token, ...OWNER, email: "b@example.com" })).status).toBe(404);
    expect(await setupTokenIsGood(setup_token ?? "")).toBe(false);
    expect(await issueSetupToken()).toBeNull();
  });

  test("AN-27 of five at once with one link, one makes the owner", async () => {
    const setup_token = await issueSetupToken();
    const answers = await Promise.all(
      Array.from({ length: 5 }, (_, i) => post({ setup_token, ...OWNER, email: `o${i}@example.com` })),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([204, 404, 404, 404, 404]);
    expect([await count("members"), await count("organizations")]).toEqual([1, 1]);
  });

  test("AN-27 of two links at once, one makes the owner", async () => {
    const tokens = [await issueSetupToken(), await issueSetupToken()];
    const answers = await Promise.all(
      tokens.map((setup_token, i) => post({ setup_token, ...OWNER, email: `o${i}@example.com` })),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([204, 404]);
  });

  test("a link that was never issued or has expired makes nothing", async () => {
    const setup_token = await issueSetupToken();
    await getDb().pool.query("UPDATE setup_tokens SET expires_at = now()");
    for (const token of [setup_token, "guess"]) expect((await post({ setup_token: token, ...OWNER })).status).toBe(404);
    expect(await count("members")).toBe(0);
  });

  test.each([
    ["AN-25 a password of 14 characters", { password: "x7Qp4mZk9wLr2T" }, "/password"],
    ["AN-25 a password of 129", { password: "ab".repeat(70).slice(0, 129) }, "/password"],
    ["AN-26 a common password", { password: "passwordpassword" }, "/password"],
    ["AN-26 the product's name over and over", { password: "LatchkeyLatchkey" }, "/password"],
    ["AN-26 a keyboard row", { password: "qwertyuiopasdfg" }, "/password"],
    ["AN-26 digits in a row", { password: "123456789012345" }, "/password"],
    ["AN-26 the e-mail address", { password: "ada@example.com" }, "/password"],
    ["an e-mail that is none", { email: "ada" }, "/email"],
    ["AN-28 an object for an e-mail", { email: { contains: "" } }, "/email"],
    ["no organization", { organization: " " }, "/organization"],
  ])("refuses %s, names the field, and keeps the link good", async (_what, wrong, pointer) => {
    const setup_token = await issueSetupToken();
    const { status, body } = await post({ setup_token, ...OWNER, ...wrong });
    expect([status, body.errors?.[0]?.pointer]).toEqual([422, pointer]);
    expect(await setupTokenIsGood(setup_token ?? "")).toBe(true);
  });

  test("AN-25 takes 15 and 128 characters, Unicode too, and compares all of them", async () => {
    const { verifyPassword, hashPassword } = await import("@/lib/auth/passwords");
    const long = `${"ä wörd ".repeat(18)}q`.slice(0, 127);
    const stored = await hashPassword(`${long}A`);
    expect(await verifyPassword(`${long}A`, stored)).toBe(true);
    expect(await verifyPassword(`${long}B`, stored)).toBe(false);
    expect(await verifyPassword(`${long}A`.normalize("NFD"), stored)).toBe(true);
    const setup_token = await issueSetupToken();
    expect((await post({ setup_token, ...OWNER, password: "x7Qp4mZk9wLr2Tv" })).status).toBe(204);
  });
});

describe("an unattended start", () => {
  test("makes the owner that the environment names, with keys set up, once", async () => {
    const store = globalThis as { __latchkeyEnv?: unknown };
    const { parseEnv } = await import("@/lib/env");
    store.__latchkeyEnv = parseEnv({
      ...process.env,
      LATCHKEY_OWNER_EMAIL: OWNER.email,
      LATCHKEY_OWNER_PASSWORD: OWNER.password,
      LATCHKEY_ORGANIZATION: OWNER.organization,
    });
    try {
      expect(await firstRun()).toEqual({ setupUrl: null });
      expect(await firstRun()).toEqual({ setupUrl: null });
      expect([await count("members"), await count("signing_keys"), await count("setup_tokens")]).toEqual([1, 1, 0]);
      const { rows } = await getDb().pool.query("SELECT email, name, role FROM members");
      expect(rows).toEqual([{ email: "ada@example.com", name: "ada", role: "owner" }]);
    } finally {
      store.__latchkeyEnv = undefined;
    }
  });

  test("an empty instance without these gets a link, one with a user none", async () => {
    const { setupUrl } = await firstRun();
    expect(setupUrl).toMatch(/^http:\/\/127\.0\.0\.1:3000\/setup\?token=[\w-]{43}$/);
    await makeOrganization();
    expect(await firstRun()).toEqual({ setupUrl: null });
  });
});

describe("POST /v4/account/bootstrap", () => {
  test("is an owner's alone, makes one signing key however often it is pressed, and is audited once", async () => {
    const organization = await makeOrganization({ bootstrapped: false });
    const admin = await makeMember(organization, "admin");
    expect((await admin.client.post("/v4/account/bootstrap")).status).toBe(403);
    const answers = await Promise.all([1, 2, 3].map(() => organization.owner.client.post("/v4/account/bootstrap")));
    expect(answers.map((answer) => answer.status)).toEqual([204, 204, 204]);
    expect(await count("signing_keys")).toBe(1);
    const { rows } = await getDb().pool.query(
      "SELECT outcome FROM audit_events WHERE action = 'organization.bootstrapped' ORDER BY at",
    );
    expect(rows).toEqual([{ outcome: "denied" }, { outcome: "done" }]);
  });

  test("the signing key is stored encrypted, tied to its row, and useless under another master key", async () => {
    const organization = await makeOrganization();
    const { rows } = await getDb().pool.query("SELECT nonce, ciphertext FROM signing_keys");
    expect(rows[0].ciphertext).toHaveLength(32 + 16);
    const { reloadSigningKeys } = await import("@/lib/organizations/signing-keys");
    const store = globalThis as { __latchkeyMasterKey?: Buffer };
    const good = store.__latchkeyMasterKey;
    store.__latchkeyMasterKey = Buffer.alloc(32, 7);
    await expect(reloadSigningKeys([])).rejects.toMatchObject({ code: "unavailable" });
    (globalThis as { __latchkeySigningKeys?: unknown }).__latchkeySigningKeys = undefined;
    await expect(firstRun()).rejects.toThrow(/master key does not open/);
    store.__latchkeyMasterKey = good;
    await getDb().pool.query("UPDATE signing_keys SET version = 9 WHERE organization_id = $1", [organization.id]);
    await expect(reloadSigningKeys([])).rejects.toMatchObject({ code: "unavailable" });
  });
});

vi.setConfig({ testTimeout: 30_000 });
