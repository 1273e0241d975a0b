import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { findPresented } from "@/lib/api-keys/repository-presented";
import type { KeptKey } from "@/lib/auth/kept-key";
import { adoptTokenCache, dropTokenCache } from "@/lib/auth/token-cache";
import { KeyCache } from "@/lib/coherence/key-cache";
import { Lease } from "@/lib/coherence/lease";
import { noteDatabaseTime } from "@/lib/database-clock";
import { getDb } from "@/lib/db";
import { apiClient } from "@/lib/testing/client";
import { truncateAll } from "@/lib/testing/database";
import { makeKey, makeOrganization, type TestKey, type TestOrganization } from "@/lib/testing/factories";

let organization: TestOrganization;
let service: TestKey;
let lease: Lease;
let cache: KeyCache<KeptKey>;

beforeAll(async () => {
  await truncateAll();
  organization = await makeOrganization();
  service = await makeKey(organization, { permissions: ["account:apikeys:verify"], scopes: [] });
});
beforeEach(() => {
  lease = new Lease({ monotonic: () => performance.now(), wall: () => Date.now() });
  lease.granted(lease.begin());
  cache = new KeyCache<KeptKey>(lease, { max: 100 });
  adoptTokenCache(cache);
});
afterAll(dropTokenCache);

const verify = async (body: Record<string, unknown>) => (await service.client.post("/v4/verify", body)).body;
const renew = () => lease.granted(lease.begin());

/** How many statements `work` sends to look tokens up. */
async function statementsOf(work: () => Promise<unknown>): Promise<number> {
  const query = vi.spyOn(getDb().pool, "query");
  await work();
  const names = query.mock.calls.map(([asked]) => (asked as unknown as { name?: string }).name ?? "");
  query.mockRestore();
  return names.filter((name) => name.startsWith("latchkey_presented")).length;
}

describe("a token that was presented before", () => {
  test("is answered alike without a statement, by verify, authorize and as a credential", async () => {
    const key = await makeKey(organization, { permissions: ["account:apikeys:read"], scopes: [] });
    const first = await verify({ token: key.token, permissions: ["account:apikeys:read"] });
    const path = "/v4/authorize?permission=account:apikeys:read";
    await apiClient({ token: key.token }).get(path);
    expect(
      await statementsOf(async () => {
        expect(await verify({ token: key.token, permissions: ["account:apikeys:read"] })).toEqual(first);
        expect((await apiClient({ token: key.token }).get(path)).status).toBe(200);
        expect((await apiClient({ token: key.token }).get("/v4/account/api-keys/allowed-permissions")).status).toBe(
          200,
        );
      }),
    ).toBe(0);
  });

  test("SH-01 stands in the cache neither itself nor by the digest that the database holds", async () => {
    const key = await makeKey(organization);
    await verify({ token: key.token });
    const { rows } = await getDb().pool.query("SELECT digest FROM token_digests WHERE api_key_id = $1", [key.id]);
    const kept = JSON.stringify(cache, (_name, value) => (value instanceof Map ? [...value] : value));
    expect(kept).toContain(key.id);
    expect(kept).not.toContain(key.token);
    expect(kept).not.toContain(rows[0].digest.toString("hex"));
  });

  test("is read again when its key or its organization was announced, or the lease is over", async () => {
    const key = await makeKey(organization);
    const statements = () => statementsOf(() => verify({ token: key.token }));
    await statements();
    expect(await statements()).toBe(0);
    cache.evict(key.id);
    expect(await statements()).toBe(1);
    cache.evict(organization.id);
    expect(await statements()).toBe(2);
    expect(await statements()).toBe(0);
    lease.lost();
    expect(await statements()).toBe(2);
    expect(await statements()).toBe(2);
    renew();
    expect(await statements()).toBe(2);
    expect(await statements()).toBe(0);
  });

  test("AN-14 read before a change and answered after it is not kept", async () => {
    const key = await makeKey(organization);
    await verify({ token: key.token });
    cache.evictAll();
    const query = getDb().pool.query.bind(getDb().pool);
    const reading = vi.spyOn(getDb().pool, "query").mockImplementation((async (...args: [never]) => {
      const answer = await query(...args);
      // The change is announced while the answer, which is older, is on its way.
      cache.evict(key.id);
      return answer;
    }) as never);
    await verify({ token: key.token });
    reading.mockRestore();
    await getDb().pool.query("UPDATE api_keys SET revoked_at = now() WHERE id = $1", [key.id]);
    expect((await verify({ token: key.token })).code).toBe("REVOKED");
  });

  test("PZ-18 is NOT_FOUND to another organization, whoever asked first", async () => {
    const other = await makeOrganization();
    const theirs = await makeKey(other, { permissions: ["account:apikeys:verify"], scopes: [] });
    const key = await makeKey(organization);
    expect((await verify({ token: key.token })).code).toBe("VALID");
    expect((await theirs.client.post("/v4/verify", { token: key.token })).body.code).toBe("NOT_FOUND");
    expect((await verify({ token: key.token })).code).toBe("VALID");
  });

  test("of foreign format is read again when another organization imports: it may be theirs as well", async () => {
    const token = "acme_live_0123456789abcdefghij";
    const hex = createHash("sha256").update(token).digest("hex");
    const key = {
      name: "Imported",
      permissions: ["residential:read"],
      digest: { algorithm: "sha256", hex },
      prefix: "acme_live_",
      last_characters: "ghij",
    };
    const imported = await organization.owner.client.post("/v4/account/api-keys/import", { keys: [key] });
    expect(imported.body.results[0].ok).toBe(true);
    const ask = () => apiClient({ token }).get("/v4/authorize");
    expect((await ask()).status).toBe(200);
    expect(await statementsOf(ask)).toBe(0);
    cache.evict("imports");
    expect(await statementsOf(ask)).toBe(1);
  });

  test("a token of foreign format that begins almost as ours is foreign all the same", async () => {
    const token = "lk_live_0123456789abcdefghij";
    const hex = createHash("sha256").update(token).digest("hex");
    const digest = { algorithm: "sha256", hex };
    const key = {
      name: "Imported",
      permissions: ["residential:read"],
      digest,
      prefix: "lk_live_",
      last_characters: "ghij",
    };
    expect((await organization.owner.client.post("/v4/account/api-keys/import", { keys: [key] })).body.imported).toBe(
      1,
    );
    const ask = () => apiClient({ token }).get("/v4/authorize");
    expect((await ask()).status).toBe(200);
    cache.evict("imports");
    expect(await statementsOf(ask)).toBe(1);
  });

  test("thousands of digests at once are read in several statements", async () => {
    const key = await makeKey(organization);
    const { rows } = await getDb().pool.query("SELECT digest FROM token_digests WHERE api_key_id = $1", [key.id]);
    const many = Array.from({ length: 9_000 }, () => randomBytes(32));
    const found = await findPresented([many, [rows[0].digest], many.slice(0, 10)]);
    expect(found.map((one) => one?.id)).toEqual([undefined, key.id, undefined]);
  });

  test("TM-06 close to its expiry is judged by the database's own clock", async () => {
    const key = await makeKey(organization);
    await getDb().pool.query("UPDATE api_keys SET expires_at = now() + interval '1 hour' WHERE id = $1", [key.id]);
    await verify({ token: key.token });
    expect(await statementsOf(() => verify({ token: key.token }))).toBe(0);
    // An hour passes for the database, as it says; this process's own clock has no part in it.
    noteDatabaseTime(new Date(Date.now() + 3_599_500), performance.now());
    expect(await statementsOf(() => verify({ token: key.token }))).toBeGreaterThan(0);
  });

  test("TM-06 close to the end of an overlap is read again, so that its record does not speak of one that is over", async () => {
    const key = await makeKey(organization);
    const path = `/v4/account/api-keys/${key.id}/regenerate`;
    const regenerated = await organization.owner.client.post(path, { grace_period_seconds: 3_600 });
    const { token } = regenerated.body;
    cache.evictAll();
    expect((await verify({ token })).key.grace_period_ends_at).toBeGreaterThan(Date.now() / 1000);
    expect(await statementsOf(() => verify({ token }))).toBe(0);
    noteDatabaseTime(new Date(Date.now() + 3_599_500), performance.now());
    expect(await statementsOf(() => verify({ token }))).toBeGreaterThan(0);
  });

  test("has the same record from memory, whatever its characters", async () => {
    const name = "Größe “x” \\ / 😀 中文";
    const key = await makeKey(organization, { name });
    const first = await verify({ token: key.token });
    expect(first.key.name).toBe(name);
    expect(await statementsOf(async () => expect(await verify({ token: key.token })).toEqual(first))).toBe(0);
  });

  test("is read again after a minute, so that `last_used_at` is no older", async () => {
    const key = await makeKey(organization);
    await verify({ token: key.token });
    const later = performance.now() + 60_001;
    const now = vi.spyOn(performance, "now").mockImplementation(() => later);
    renew();
    noteDatabaseTime(new Date(), later);
    expect(await statementsOf(() => verify({ token: key.token }))).toBeGreaterThan(0);
    now.mockRestore();
  });
});
