import { createHash } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { importedDigests } from "@/lib/api-keys/imported-token";
import { remakeIfOld, remakeNow } from "@/lib/api-keys/remaking";
import { findPresented } from "@/lib/api-keys/repository-presented";
import { digestToken, parseToken } from "@/lib/api-keys/token";
import { getDb } from "@/lib/db";
import { reloadSigningKeys } from "@/lib/organizations/signing-keys";
import { apiClient } from "@/lib/testing/client";
import { truncateAll } from "@/lib/testing/database";
import { makeKey, makeOrganization, type TestOrganization } from "@/lib/testing/factories";

const KEYS = "/v4/account/api-keys";
const IMPORT = `${KEYS}/import`;

let organization: TestOrganization;
beforeEach(async () => {
  await truncateAll();
  organization = await makeOrganization();
});

const rotate = () => organization.owner.client.post("/v4/account/signing-keys/rotate");
const signingKeys = async () => (await reloadSigningKeys([])) ?? [];
const stored = async (id: string) =>
  (await getDb().pool.query("SELECT * FROM token_digests WHERE api_key_id = $1 ORDER BY ends_at NULLS LAST", [id]))
    .rows;
const versions = async (id: string) => (await stored(id)).map((row) => row.signing_key_version);

/** What a presented token's look-up does, up to the writing. */
async function present(token: string, keys?: Awaited<ReturnType<typeof signingKeys>>): Promise<void> {
  const known = keys ?? (await signingKeys());
  const digestsOf = (secret: Buffer) =>
    parseToken(token) ? [digestToken(token, secret)] : importedDigests(token, secret);
  const [key] = await findPresented([known.flatMap(({ secret }) => digestsOf(secret))]);
  if (!key) throw new Error("The token is no key's.");
  remakeIfOld(token, key, known);
}

async function use(token: string, keys?: Awaited<ReturnType<typeof signingKeys>>): Promise<void> {
  await present(token, keys);
  await remakeNow();
}

describe("SH-11 after a rotation", () => {
  test("a token that is used comes under the newest version, however many it was behind, and goes on working", async () => {
    const key = await makeKey(organization);
    await rotate();
    await rotate();
    expect(await versions(key.id)).toEqual([1]);
    await use(key.token);
    expect(await versions(key.id)).toEqual([3]);
    expect((await key.client.get(KEYS)).status).toBe(200);
    const [before] = await stored(key.id);
    await use(key.token);
    expect(await stored(key.id)).toEqual([before]);
  });

  test("of an overlap each token moves by itself, and keeps its end", async () => {
    const key = await makeKey(organization);
    const regenerate = { grace_period_seconds: 3600 };
    const { body } = await organization.owner.client.post(`${KEYS}/${key.id}/regenerate`, regenerate);
    await rotate();
    const [old] = await stored(key.id);
    await use(key.token);
    expect(await versions(key.id)).toEqual([2, 1]);
    expect((await stored(key.id))[0].ends_at).toEqual(old.ends_at);
    await use(body.token);
    expect(await versions(key.id)).toEqual([2, 2]);
    expect((await key.client.get(KEYS)).status).toBe(200);
  });

  test.each(["sha256", "sha512"])(
    "a token imported by its %s moves, used before or not, and stays imported",
    async (algorithm) => {
      for (const isUsedBefore of [false, true]) {
        const token = `acme_live_${algorithm}_${isUsedBefore}`;
        const hex = createHash(algorithm).update(token).digest("hex");
        const line = {
          name: "Imported",
          permissions: ["residential:read"],
          digest: { algorithm, hex },
          prefix: "acme_",
        };
        const doImport = () => organization.owner.client.post(IMPORT, { keys: [line] });
        const { id } = (await doImport()).body.results[0];
        if (isUsedBefore) await use(token);
        const { body } = await rotate();
        await use(token);
        expect(await stored(id)).toMatchObject([{ algorithm: "hmac_sha256", signing_key_version: body.version }]);
        expect((await apiClient({ token }).get("/v4/authorize")).headers.get("x-latchkey-key-id")).toBe(id);
        // What tells that the same token is not imported twice moved along: the older versions are not needed for it.
        await getDb().pool.query("UPDATE signing_keys SET retired_at = now() WHERE version < $1", [body.version]);
        expect((await doImport()).body.results[0].errors[0].code).toBe("already_imported");
      }
    },
  );

  test("two instances that make the same digest again leave one that works", async () => {
    const key = await makeKey(organization);
    await rotate();
    for (let i = 0; i < 5; i++) await present(key.token);
    await Promise.all([remakeNow(), use(key.token), use(key.token)]);
    expect(await versions(key.id)).toEqual([2]);
    expect((await key.client.get(KEYS)).status).toBe(200);
  });

  test.each([
    ["regenerated", (id: string) => organization.owner.client.post(`${KEYS}/${id}/regenerate`)],
    [
      "purged",
      async (id: string) => {
        await organization.owner.client.delete(`${KEYS}/${id}`);
        return organization.owner.client.delete(`${KEYS}/${id}?purge=true`);
      },
    ],
  ])("AN-15 a key that is %s before the writing keeps its old token ended", async (_, change) => {
    const key = await makeKey(organization);
    await rotate();
    await present(key.token);
    expect((await change(key.id)).status).toBeLessThan(300);
    const before = await stored(key.id);
    await remakeNow();
    expect(await stored(key.id)).toEqual(before);
    expect((await key.client.get(KEYS)).status).toBe(401);
  });

  test("CC-01 a key that is regenerated while the digest is being written keeps its old token ended", async () => {
    const key = await makeKey(organization);
    await rotate();
    await present(key.token);
    const client = await getDb().pool.connect();
    try {
      // The other instance's writing of the same digest, not yet committed.
      const keys = await signingKeys();
      const newest = keys.at(-1);
      if (!newest) throw new Error("There is no signing key.");
      await client.query("BEGIN");
      await client.query("UPDATE token_digests SET digest = $1, signing_key_version = 2 WHERE api_key_id = $2", [
        digestToken(key.token, newest.secret),
        key.id,
      ]);
      const regenerated = organization.owner.client.post(`${KEYS}/${key.id}/regenerate`);
      await remakeNow();
      await client.query("COMMIT");
      expect((await regenerated).status).toBe(200);
    } finally {
      client.release();
    }
    expect(await stored(key.id)).toHaveLength(1);
    expect((await key.client.get(KEYS)).status).toBe(401);
  });

  test("an instance that does not know of the newest versions puts nothing under a retired one", async () => {
    const key = await makeKey(organization);
    await rotate();
    const stale = await signingKeys();
    await rotate();
    await getDb().pool.query("UPDATE signing_keys SET retired_at = now() WHERE version = 2");
    await use(key.token, stale);
    expect(await versions(key.id)).toEqual([1]);
    expect((await key.client.get(KEYS)).status).toBe(200);
    await use(key.token);
    expect(await versions(key.id)).toEqual([3]);
  });

  test("another organization's rotation changes nothing", async () => {
    const key = await makeKey(organization);
    const other = await makeOrganization();
    await other.owner.client.post("/v4/account/signing-keys/rotate");
    const before = await stored(key.id);
    await use(key.token);
    expect(await stored(key.id)).toEqual(before);
  });
});
