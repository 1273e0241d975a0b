import { beforeEach, expect, test } from "vitest";
import { asSuperuser, ownDatabase, truncateAll, withClient } from "@/lib/testing/database";
import { makeKey, makeOrganization, type TestOrganization } from "@/lib/testing/factories";

const ACCOUNT = "/v4/account";
let organization: TestOrganization;

beforeEach(async () => {
  await truncateAll();
  organization = await makeOrganization();
});

/** What the database announces while `act` runs. */
async function announcedBy(act: () => Promise<unknown>): Promise<string[]> {
  const { appUrl } = await ownDatabase();
  return withClient(appUrl, async (listener) => {
    const heard: string[] = [];
    listener.on("notification", ({ payload }) => heard.push(payload ?? ""));
    await listener.query("LISTEN latchkey_changes");
    await act();
    await listener.query("SELECT 1");
    return heard.filter((subject) => !subject.startsWith("change:"));
  });
}

test("every change of a key announces the key", async () => {
  const { client } = organization.owner;
  const changes: ((path: string) => Promise<{ status: number }>)[] = [
    (path) => client.patch(path, { name: "Renamed" }),
    (path) => client.patch(path, { permissions: ["residential:read"] }),
    (path) => client.patch(path, { scopes: [{ action: "read", resource: "a/*" }] }),
    (path) => client.patch(path, { allowed_ips: ["192.0.2.0/24"] }),
    (path) => client.patch(path, { expires_at: Math.floor(Date.now() / 1000) + 86_400 }),
    (path) => client.patch(path, { is_active: false }),
    (path) => client.patch(path, { is_active: true }),
    (path) => client.post(`${path}/regenerate`, { grace_period_seconds: 3600 }),
    (path) => client.post(`${path}/grace-period`, { grace_period_seconds: 7200 }),
    (path) => client.delete(`${path}/grace-period`),
    (path) => client.post(`${path}/regenerate`, {}),
    (path) => client.delete(path),
    (path) => client.delete(`${path}?purge=true`),
  ];
  await makeKey(organization);
  const { id } = await makeKey(organization);
  for (const [i, change] of changes.entries()) {
    const heard = await announcedBy(async () => {
      const answer = await change(`${ACCOUNT}/api-keys/${id}`);
      expect(answer.status, `change ${i}`).toBeLessThan(300);
    });
    expect(heard, `change ${i}`).toEqual([`key:${id}`]);
  }
});

test("what the keys of an organization depend on announces the organization", async () => {
  const { client } = organization.owner;
  const subject = [`organization:${organization.id}`];
  const product = `${ACCOUNT}/products/residential`;
  const extra = { id: "extra", title: "Extra", actions: ["read"] };
  expect(await announcedBy(() => client.patch(product, { actions: ["read"] }))).toEqual(subject);
  expect(await announcedBy(() => client.post(`${ACCOUNT}/products`, extra))).toEqual(subject);
  expect(await announcedBy(() => client.delete(`${ACCOUNT}/products/extra`))).toEqual(subject);
  let id = "";
  const create = async () => {
    id = (await client.post(`${ACCOUNT}/subaccounts`, { name: "One" })).body.id;
  };
  expect(await announcedBy(create)).toEqual(subject);
  expect(await announcedBy(() => client.patch(`${ACCOUNT}/subaccounts/${id}`, { name: "Two" }))).toEqual([]);
  const key = await makeKey(organization, { allowed_subaccounts: [id] });
  const heard = await announcedBy(() => client.delete(`${ACCOUNT}/subaccounts/${id}`));
  expect(heard.sort()).toEqual([`key:${key.id}`, ...subject]);
  expect(await announcedBy(() => client.post(`${ACCOUNT}/signing-keys/rotate`, {}))).toEqual(subject);
});

test("what is written by hand is announced too, and an emptied table empties every cache", async () => {
  const { id } = await makeKey(organization);
  const statements: [string, string[]][] = [
    ["UPDATE api_keys SET revoked_at = now()", [`key:${id}`]],
    ["UPDATE token_digests SET ends_at = now()", [`key:${id}`]],
    ["UPDATE organizations SET disabled_at = now()", [`organization:${organization.id}`]],
    ["UPDATE signing_keys SET retired_at = now()", [`organization:${organization.id}`]],
    ["TRUNCATE token_digests", ["everything"]],
    ["DELETE FROM api_keys", [`key:${id}`]],
  ];
  for (const [statement, subjects] of statements) {
    expect(await announcedBy(() => asSuperuser((client) => client.query(statement))), statement).toEqual(subjects);
  }
});

test("making a key and using one announce nothing", async () => {
  const { id } = await makeKey(organization);
  expect(await announcedBy(() => makeKey(organization))).toEqual([]);
  const used = "UPDATE api_keys SET last_used_at = now(), last_used_ip = '192.0.2.1' WHERE id = $1";
  expect(await announcedBy(() => asSuperuser((client) => client.query(used, [id])))).toEqual([]);
});

test("an imported token announces itself to those of the other organizations", async () => {
  const digest = { algorithm: "sha256", hex: "ab".repeat(32) };
  const lines = { keys: [{ name: "Moved", permissions: ["residential:read"], digest, prefix: "old_" }] };
  const importing = () => organization.owner.client.post(`${ACCOUNT}/api-keys/import`, lines);
  expect(await announcedBy(importing)).toEqual(["imports"]);
});

test("no column of a key that decides something is missing from the trigger", async () => {
  const silent = await asSuperuser(async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `SELECT a.attname AS name FROM pg_attribute a JOIN pg_trigger t ON t.tgrelid = a.attrelid
       WHERE t.tgname = 'api_keys_announce_update' AND a.attnum > 0 AND NOT a.attisdropped
         AND NOT a.attnum = ANY (t.tgattr::int2[]) ORDER BY 1`,
    );
    return rows.map(({ name }) => name);
  });
  // Whether a manager has decided to keep it is of no concern to who checks it.
  expect(silent).toEqual(["kept_at", "last_used_at", "last_used_ip"]);
});
