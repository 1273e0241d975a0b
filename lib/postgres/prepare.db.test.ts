import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { withDatabase } from "@/lib/postgres/connection-url";
import { prepareDatabase } from "@/lib/postgres/prepare";
import { withClient } from "@/lib/testing/database";

const name = `prepare_${process.env.VITEST_POOL_ID ?? "0"}`;
const user = `user_${name}`;
const { superuserUrl, ownerUrl } = inject("template");
const server = withDatabase(superuserUrl, "postgres");

const onServer = (sql: string) => withClient(server, (client) => client.query(sql));

function urlOf(login: string): string {
  const url = new URL(withDatabase(ownerUrl, name));
  url.username = login;
  url.password = "secret";
  return url.toString();
}

beforeEach(async () => {
  await onServer(`CREATE ROLE ${user} LOGIN PASSWORD 'secret'`);
  await onServer(`CREATE DATABASE ${name} OWNER ${user}`);
});
afterEach(async () => {
  await onServer(`DROP DATABASE ${name} WITH (FORCE)`);
  await onServer(`DROP ROLE ${user}`);
});

test("DB-12 with the operator's own login, the application still serves in the role that cannot rewrite the log", async () => {
  await onServer(`GRANT latchkey_app TO ${user} WITH ADMIN OPTION`);
  const url = await prepareDatabase(urlOf(user));
  await withClient(url, async (client) => {
    expect((await client.query("SELECT current_user")).rows).toEqual([{ current_user: "latchkey_app" }]);
    await client.query("SELECT count(*) FROM api_keys");
    await expect(client.query("DELETE FROM audit_events")).rejects.toThrow("permission denied");
  });
});

test("a login that may not manage roles serves as itself, behind the triggers", async () => {
  const url = await prepareDatabase(urlOf(user));
  await withClient(url, async (client) => {
    expect((await client.query("SELECT current_user")).rows).toEqual([{ current_user: user }]);
    await expect(client.query("DELETE FROM audit_events")).rejects.toThrow("append-only");
  });
});

test("preparing again, or from two instances at once, changes nothing", async () => {
  const urls = await Promise.all([prepareDatabase(urlOf(user)), prepareDatabase(urlOf(user))]);
  expect(await prepareDatabase(urlOf(user))).toBe(urls[0]);
});
