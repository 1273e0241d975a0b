import { createHash } from "node:crypto";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { remakeNow } from "@/lib/api-keys/remaking";
import type { CreateKeyInput } from "@/lib/api-keys/schema";
import { getDb } from "@/lib/db";
import { apiClient } from "@/lib/testing/client";
import { truncateAll } from "@/lib/testing/database";
import { makeKey, makeMember, makeOrganization, type TestKey, type TestOrganization } from "@/lib/testing/factories";

const IMPORT = "/v4/account/api-keys/import";

let organization: TestOrganization;
let service: TestKey;
let serial = 0;
beforeEach(async () => {
  await truncateAll();
  organization = await makeOrganization();
  service = await makeKey(organization);
});

const newToken = () => `acme_live_${++serial}_7Hq2x9Kd`;
const line = (token: string, extra: Record<string, unknown> = {}, algorithm = "sha256") => ({
  name: "Imported",
  permissions: ["residential:read"],
  digest: { algorithm, hex: createHash(algorithm).update(token).digest("hex") },
  prefix: "acme_live_",
  last_characters: token.slice(-4),
  ...extra,
});
const importAs = (client = organization.owner.client, ...keys: unknown[]) => client.post(IMPORT, { keys });
const imported = async (token: string, extra: Record<string, unknown> = {}, algorithm?: string): Promise<string> => {
  const { status, body } = await importAs(organization.owner.client, line(token, extra, algorithm));
  expect([status, body.imported]).toEqual([200, 1]);
  return body.results[0].id;
};
const verify = async (token: string) => (await service.client.post("/v4/verify", { token })).body;
const digests = async (id: string) =>
  (await getDb().pool.query("SELECT * FROM token_digests WHERE api_key_id = $1", [id])).rows;

describe("POST /v4/account/api-keys/import", () => {
  test.each(["sha256", "sha512"])("a token known by its %s works at once, everywhere", async (algorithm) => {
    const token = newToken();
    const id = await imported(token, { name: "Customer 7", permissions: ["account:apikeys:read"] }, algorithm);
    expect(await verify(token)).toMatchObject({
      valid: true,
      code: "VALID",
      key: { id, name: "Customer 7", token_preview: "acme_live_…x9Kd", created_by: { id: organization.owner.id } },
    });
    const client = apiClient({ token });
    expect((await client.get("/v4/authorize")).headers.get("x-latchkey-key-id")).toBe(id);
    expect((await client.get("/v4/account/api-keys")).status).toBe(200);
    expect((await verify(`${token}x`)).code).toBe("NOT_FOUND");
    expect((await verify(token.toUpperCase())).code).toBe("NOT_FOUND");
  });

  test("AN-20 neither the digest nor what is stored is a token, and a digest written by hand makes none", async () => {
    const token = newToken();
    const id = await imported(token);
    const [row] = await digests(id);
    const hex = createHash("sha256").update(token).digest("hex");
    expect(row.digest.toString("hex")).not.toBe(hex);
    for (const wrong of [hex, row.digest.toString("hex"), row.digest.toString("base64")]) {
      expect((await verify(wrong)).code).toBe("NOT_FOUND");
    }
    const chosen = "chosen_by_the_attacker";
    await getDb().pool.query("UPDATE token_digests SET digest = $1, imported_digest = $1 WHERE api_key_id = $2", [
      createHash("sha256").update(chosen).digest(),
      id,
    ]);
    expect((await verify(chosen)).code).toBe("NOT_FOUND");
  });

  test("the digest is made again from the token after its first use, off the request, and goes on working", async () => {
    const token = newToken();
    const id = await imported(token);
    const [before] = await digests(id);
    expect(before.algorithm).toBe("sha256");
    await verify(token);
    await remakeNow();
    const [after] = await digests(id);
    expect(after.algorithm).toBe("hmac_sha256");
    expect(after.digest.equals(before.digest)).toBe(false);
    expect((await verify(token)).key.id).toBe(id);
    const again = await importAs(organization.owner.client, line(token));
    expect(again.body.results[0].errors[0].code).toBe("already_imported");
  });

  test("each line answers for itself, in its place", async () => {
    const [good, twice] = [newToken(), newToken()];
    await imported(twice);
    const { name: _, ...nameless } = line(newToken());
    const { status, body } = await importAs(
      organization.owner.client,
      nameless,
      line(good),
      line(twice),
      "text",
      line(newToken(), { digest: { algorithm: "md5", hex: "00" } }),
      line(newToken(), { digest: { algorithm: "sha256", hex: "abc" } }),
      line(newToken(), { permissions: ["nothing:known"] }),
      line(newToken(), { prefix: "lk_prod_" }),
      line(newToken(), { last_characters: "12345" }),
      line(newToken(), { token: "a secret" }),
      line(newToken(), { expires_at: 1 }),
    );
    expect([status, body.imported]).toEqual([200, 1]);
    type Result = {
      index: number;
      ok: boolean;
      id: string | null;
      code: string | null;
      errors: { pointer: string; code: string }[];
    };
    const seen = body.results.map(({ index, ok, code, errors }: Result) => [
      index,
      ok,
      code,
      errors[0] && `${errors[0].pointer} ${errors[0].code}`,
    ]);
    expect(seen).toEqual([
      [0, false, "validation_failed", "/name required"],
      [1, true, null, undefined],
      [2, false, "validation_failed", "/digest already_imported"],
      [3, false, "validation_failed", " invalid_type"],
      [4, false, "validation_failed", "/digest/algorithm invalid_value"],
      [5, false, "validation_failed", "/digest/hex wrong_length"],
      [6, false, "validation_failed", "/permissions/0 unknown_permission"],
      [7, false, "validation_failed", "/prefix reserved_prefix"],
      [8, false, "validation_failed", "/last_characters invalid_value"],
      [9, false, "validation_failed", "/token unknown_field"],
      [10, false, "validation_failed", "/expires_at not_in_future"],
    ]);
    expect((await verify(good)).key.id).toBe(body.results[1].id);
  });

  test("IV-15 a body that is no list of 1 to 1,000 is 422 as a whole", async () => {
    const { client } = organization.owner;
    for (const keys of [undefined, null, {}, [], Array(1001).fill(0)]) {
      const { status, body } = await client.post(IMPORT, { keys });
      expect([status, body.errors[0].pointer]).toEqual([422, "/keys"]);
    }
  });

  test("DS-01 1,000 lines of SHA-512 fit into one body, and beyond 512 KiB it is 413", {
    timeout: 90_000,
  }, async () => {
    const lines = Array.from({ length: 1000 }, () => line(newToken(), { allowed_ips: ["203.0.113.0/24"] }, "sha512"));
    const { status, body } = await importAs(organization.owner.client, ...lines);
    expect([status, body.imported]).toEqual([200, 1000]);
    expect(body.results.map(({ index }: { index: number }) => index)).toEqual(lines.map((_, index) => index));
    const { rows } = await getDb().pool.query("SELECT count(*)::int AS n FROM audit_events WHERE changes ? 'imported'");
    expect(rows[0].n).toBe(1000);
    const large = await organization.owner.client.post(IMPORT, { keys: ["x".repeat(512 * 1024)] });
    expect([large.status, large.body.code]).toEqual([413, "body_too_large"]);
    expect((await organization.owner.client.post("/v4/verify", { token: "x".repeat(70_000) })).status).toBe(413);
  });

  test("CC the same token imported several times at once makes one key", async () => {
    const token = newToken();
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => importAs(organization.owner.client, line(token), line(token))),
    );
    const made = answers.flatMap(({ body }) => body.results).filter(({ ok }: { ok: boolean }) => ok);
    expect(made).toHaveLength(1);
    expect((await verify(token)).key.id).toBe(made[0].id);
  });

  test("a revoked key's token cannot be imported anew; after the record is purged it can", async () => {
    const token = newToken();
    const id = await imported(token);
    await organization.owner.client.delete(`/v4/account/api-keys/${id}`);
    expect((await verify(token)).code).toBe("REVOKED");
    expect((await importAs(organization.owner.client, line(token))).body.imported).toBe(0);
    await organization.owner.client.delete(`/v4/account/api-keys/${id}?purge=true`);
    expect((await verify(token)).code).toBe("NOT_FOUND");
    await imported(token);
    expect((await verify(token)).code).toBe("VALID");
  });

  test("AN-15 regenerating an imported key ends the imported token and makes one of ours", async () => {
    const token = newToken();
    const id = await imported(token);
    const { body } = await organization.owner.client.post(`/v4/account/api-keys/${id}/regenerate`, {
      grace_period_seconds: 60,
    });
    expect([(await verify(token)).code, (await verify(body.token)).code]).toEqual(["VALID", "VALID"]);
    await remakeNow();
    await organization.owner.client.delete(`/v4/account/api-keys/${id}/grace-period`);
    expect([(await verify(token)).code, (await verify(body.token)).code]).toEqual(["NOT_FOUND", "VALID"]);
  });

  test("SH-11 a token that was imported under an older signing key goes on working", async () => {
    const token = newToken();
    const id = await imported(token);
    const { addSigningKey } = await import("@/lib/organizations/signing-keys");
    const { inTransaction } = await import("@/lib/transaction");
    await inTransaction((tx) => addSigningKey(tx, organization.id));
    await imported(newToken());
    expect((await importAs(organization.owner.client, line(token))).body.imported).toBe(0);
    await verify(token);
    await remakeNow();
    expect((await verify(token)).key.id).toBe(id);
  });

  test("PZ-18 a token that two organizations imported is each one's own in verify, and nobody's in authorize", async () => {
    const token = newToken();
    const id = await imported(token);
    const other = await makeOrganization();
    const theirService = await makeKey(other);
    const theirs = (await importAs(other.owner.client, line(token))).body.results[0].id;
    expect((await verify(token)).key.id).toBe(id);
    expect((await theirService.client.post("/v4/verify", { token })).body.key.id).toBe(theirs);
    expect((await apiClient({ token }).get("/v4/authorize")).body.code).toBe("invalid_token");
  });

  test("PZ-01 PZ-02 needs the session of an owner or an unlimited admin, or a key with everything and without limits", async () => {
    const all = (await organization.owner.client.get("/v4/account/api-keys/allowed-permissions")).body
      .allowed_permissions;
    const scopes: CreateKeyInput["scopes"] = [{ action: "*", resource: "*" }];
    const unlimited = await makeKey(organization, { permissions: all, scopes });
    expect((await importAs(unlimited.client, line(newToken()))).body.imported).toBe(1);
    const limited = [
      service,
      await makeKey(organization, { permissions: all, scopes: [] }),
      await makeKey(organization, { permissions: all, scopes, allowed_ips: ["203.0.113.7"] }),
      await makeKey(organization, { permissions: all, scopes, expires_at: Math.floor(Date.now() / 1000) + 60 }),
    ];
    const admin = await makeMember(organization, "admin");
    expect((await importAs(admin.client, line(newToken()))).body.imported).toBe(1);
    const others = [
      await makeMember(organization, "admin", { permissions: all }),
      await makeMember(organization, "admin", { subaccounts: [] }),
      await makeMember(organization, "developer"),
    ];
    const clients = [...limited, ...others].map(({ client }) => client);
    for (const client of clients) {
      const { status, body } = await importAs(client, line(newToken()));
      expect([status, body.code]).toEqual([403, "insufficient_permissions"]);
    }
    // A key makes keys of its own environment only, imported or not.
    const beyond = await importAs(unlimited.client, line(newToken(), { environment: "preview" }));
    expect(beyond.body.results[0]).toMatchObject({
      ok: false,
      code: "exceeds_own_access",
      exceeding: { environment: "preview" },
    });
  });

  test("AN-04 where nothing was imported, a token of foreign format costs no statement", async () => {
    await verify("acme_live_unknown");
    const statements = vi.spyOn(getDb().pool, "query");
    const { __latchkeyImporting: state } = globalThis as { __latchkeyImporting?: { organizations: Set<string> } };
    const before = new Set(state?.organizations);
    state?.organizations.clear();
    expect((await apiClient({ token: "acme_live_unknown" }).get("/v4/authorize")).status).toBe(401);
    expect(statements).not.toHaveBeenCalled();
    for (const id of before) state?.organizations.add(id);
    statements.mockRestore();
  });
});
