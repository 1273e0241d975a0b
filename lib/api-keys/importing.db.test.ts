import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { importingOrganizations, watchImporting } from "@/lib/api-keys/importing";
import { keyCoherence } from "@/lib/coherence/key-coherence";
import { getDb } from "@/lib/db";
import { asSuperuser, truncateAll } from "@/lib/testing/database";
import { makeKey, makeOrganization, type TestOrganization } from "@/lib/testing/factories";

const store = globalThis as { __latchkeyCoherence?: unknown; __latchkeyImporting?: unknown };
let organization: TestOrganization;
let stop = async () => {};

beforeEach(async () => {
  await truncateAll();
  organization = await makeOrganization();
  delete store.__latchkeyImporting;
});
afterEach(async () => {
  await stop();
  await keyCoherence().stop();
  // One that has stopped does not start again.
  delete store.__latchkeyCoherence;
  delete store.__latchkeyImporting;
});

/** What another instance's first import writes, on a connection of its own. */
async function importElsewhere(): Promise<void> {
  const { id } = await makeKey(organization);
  await asSuperuser(async (client) => {
    await client.query("BEGIN");
    await client.query("UPDATE organizations SET imports_since = now() WHERE id = $1", [organization.id]);
    await client.query("DELETE FROM token_digests WHERE api_key_id = $1", [id]);
    await client.query(
      `INSERT INTO token_digests
         (digest, api_key_id, organization_id, algorithm, signing_key_version, imported_digest, token_preview)
       VALUES ($1, $2, $3, 'sha256', 1, $1, 'acme_…')`,
      [randomBytes(32), id, organization.id],
    );
    await client.query("COMMIT");
  });
}

test("another instance's first import is known from the moment on at which this one acknowledges it", async () => {
  keyCoherence().start();
  await expect.poll(() => keyCoherence().lease.held).toBe(true);
  stop = watchImporting();
  expect([...(await importingOrganizations())]).toEqual([]);
  const statements = vi.spyOn(getDb().pool, "query");
  expect([...(await importingOrganizations())]).toEqual([]);
  expect(statements).not.toHaveBeenCalled();
  statements.mockRestore();
  const evicted = vi.spyOn(keyCoherence().cache, "evict");
  await importElsewhere();
  await expect.poll(() => evicted.mock.calls.flat()).toContain("imports");
  expect([...(await importingOrganizations())]).toEqual([organization.id]);
});

test("a server without its lease believes nothing: it asks, and where it cannot ask it does not say no", async () => {
  stop = watchImporting();
  await expect.poll(async () => [...(await importingOrganizations())]).toEqual([]);
  await importElsewhere();
  expect([...(await importingOrganizations())]).toEqual([organization.id]);
  const away = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
  const failing = vi.spyOn(getDb().pool, "query").mockImplementation(() => Promise.reject(away) as never);
  await expect(importingOrganizations()).rejects.toBe(away);
  failing.mockRestore();
});
