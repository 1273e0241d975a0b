import { encode } from "next-auth/jwt";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { generateToken } from "@/lib/api-keys/token";
import { sessionCookieName, sessionCookieSecret } from "@/lib/auth/session-cookie";
import { getDb } from "@/lib/db";
import { ENDPOINTS } from "@/lib/http/endpoints";
import { newId } from "@/lib/ids";
import { log } from "@/lib/log";
import { apiClient } from "@/lib/testing/client";
import { asSuperuser, truncateAll } from "@/lib/testing/database";
import {
  makeKey,
  makeMember,
  makeOrganization,
  signedInCookie,
  type TestKey,
  type TestOrganization,
} from "@/lib/testing/factories";

const KEYS = "/v4/account/api-keys";

let organization: TestOrganization;
let key: TestKey;
beforeAll(async () => {
  await truncateAll();
  organization = await makeOrganization();
  key = await makeKey(organization);
});

const anonymous = apiClient();
const withHeaders = (headers: Record<string, string>) => anonymous.get(KEYS, headers);
const guarded = ENDPOINTS.filter((endpoint) => endpoint.kind === "principal");
const pathOf = (path: string) => path.replace("{id}", "key_000000000000000000000000");

describe("without a usable credential", () => {
  test.each(guarded.map(({ method, path }) => [method, path]))(
    "AN-01 %s %s is 401 without an error attribute",
    async (method, path) => {
      const { status, headers, body } = await anonymous.send(method, pathOf(path));
      expect([status, body.code]).toEqual([401, "unauthenticated"]);
      expect(headers.get("www-authenticate")).toBe('Bearer realm="latchkey"');
      expect(headers.get("content-type")).toBe("application/problem+json");
      expect(body.request_id).toBe(headers.get("x-request-id"));
    },
  );

  test("AN-02 AN-05 AN-10 other schemes and other places are no credential", async () => {
    for (const authorization of [
      `Basic ${btoa(`x:${key.token}`)}`,
      `Token ${key.token}`,
      "Digest x",
      key.token,
      "Bearer",
      "Bearer ",
    ]) {
      const { headers, body } = await withHeaders({ authorization });
      expect(body.code).toBe("unauthenticated");
      expect(headers.get("www-authenticate")).toBe('Bearer realm="latchkey", error="invalid_token"');
    }
    for (const name of ["api_key", "access_token", "token"]) {
      expect((await anonymous.get(`${KEYS}?${name}=${key.token}`)).body.code).toBe("unauthenticated");
    }
    expect((await anonymous.get(KEYS, { cookie: `token=${key.token}` })).status).toBe(401);
  });

  test("AN-03 AN-14 unknown, malformed, disabled, expired and revoked tokens get the same answer", async () => {
    const [disabled, expired, revoked] = [
      await makeKey(organization),
      await makeKey(organization),
      await makeKey(organization),
    ];
    await getDb().pool.query("UPDATE api_keys SET disabled_at = now() WHERE id = $1", [disabled.id]);
    await getDb().pool.query("UPDATE api_keys SET expires_at = now() WHERE id = $1", [expired.id]);
    await getDb().pool.query("UPDATE api_keys SET revoked_at = now() WHERE id = $1", [revoked.id]);
    const wrong = [
      generateToken("production"),
      `${key.token.slice(0, -1)}!`,
      "lk_prod_",
      disabled.token,
      expired.token,
      revoked.token,
    ];
    const answers = await Promise.all(wrong.map((token) => apiClient({ token }).get(KEYS)));
    for (const { status, headers, body } of answers) {
      expect(status).toBe(401);
      expect(headers.get("www-authenticate")).toBe('Bearer realm="latchkey", error="invalid_token"');
      expect({ ...body, request_id: "" }).toEqual({ ...answers[0]?.body, request_id: "" });
    }
  });

  test("AN-04 AN-08 AN-09 AN-11 AN-18 malformed tokens are refused without a database query", async () => {
    const { token } = key;
    const swapped = [...token].map((c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase())).join("");
    const malformed = [
      `${token}=`,
      `${token}%0a`,
      token.slice(0, -1),
      `${token}A`,
      swapped,
      token.replace("prod", "prev"),
      "A".repeat(15_000),
      key.id,
      key.key.token_preview.replace("…", "..."),
    ];
    const statements = vi.spyOn(getDb().pool, "query");
    for (const one of malformed) expect((await apiClient({ token: one }).get(KEYS)).body.code).toBe("invalid_token");
    expect(statements).not.toHaveBeenCalled();
    statements.mockRestore();
  });

  test("AN-06 AN-07 the scheme is case-insensitive, and a list of tokens is none", async () => {
    expect((await withHeaders({ authorization: `bearer ${key.token}` })).status).toBe(200);
    expect((await withHeaders({ authorization: `BEARER   ${key.token}` })).status).toBe(200);
    expect((await withHeaders({ authorization: `Bearer\t${key.token}` })).status).toBe(401);
    expect((await withHeaders({ authorization: `Bearer x, Bearer ${key.token}` })).status).toBe(401);
  });

  test("X-API-Key and api-token carry a token too; two that differ are 400", async () => {
    expect((await withHeaders({ "x-api-key": key.token })).status).toBe(200);
    expect((await withHeaders({ "api-token": key.token })).status).toBe(200);
    expect((await withHeaders({ "x-api-key": key.token, authorization: `Bearer ${key.token}` })).status).toBe(200);
    const other = await makeKey(organization);
    expect((await withHeaders({ "x-api-key": key.token, "api-token": other.token })).body.code).toBe(
      "ambiguous_credentials",
    );
  });

  test("a bad token is not saved by a good session", async () => {
    const { cookie } = organization.owner;
    expect(
      (await anonymous.get(KEYS, { cookie, authorization: `Bearer ${generateToken("production")}` })).body.code,
    ).toBe("invalid_token");
    expect((await anonymous.get(KEYS, { cookie, authorization: "Basic eDp5" })).body.code).toBe("unauthenticated");
  });

  test("AN-20 a digest that a database writer makes without the signing key authenticates nothing", async () => {
    const { createHash, createHmac } = await import("node:crypto");
    const token = generateToken("production");
    for (const digest of [
      createHash("sha256").update(token).digest(),
      createHmac("sha256", "").update(token).digest(),
    ]) {
      await getDb().pool.query(
        "INSERT INTO token_digests (digest, api_key_id, organization_id, signing_key_version, token_preview, ends_at) VALUES ($1, $2, $3, 1, 'x', now() + interval '1 day')",
        [digest, key.id, organization.id],
      );
    }
    expect((await apiClient({ token }).get(KEYS)).status).toBe(401);
    await getDb().pool.query("DELETE FROM token_digests WHERE token_preview = 'x'");
  });

  test("AN-17 no key of a disabled organization authenticates", async () => {
    const other = await makeOrganization();
    const theirs = await makeKey(other);
    await getDb().pool.query("UPDATE organizations SET disabled_at = now() WHERE id = $1", [other.id]);
    expect((await theirs.client.get(KEYS)).status).toBe(401);
    expect((await other.owner.client.get(KEYS)).status).toBe(401);
  });

  test("AN-21 DS-08 a hundred wrong tokens a minute from one address are enough; good ones go on", async () => {
    const noisy = apiClient({ ip: "192.0.2.66" });
    const codes: string[] = [];
    for (let i = 0; i < 105; i++) codes.push((await noisy.get(KEYS, { authorization: "Bearer wrong" })).body.code);
    expect(codes.slice(0, 100).every((code) => code === "invalid_token")).toBe(true);
    const limited = await noisy.get(KEYS, { authorization: "Bearer wrong" });
    expect([limited.status, limited.body.code]).toEqual([429, "rate_limited"]);
    expect(Number(limited.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(limited.headers.get("ratelimit")).toMatch(/^"wrong-token";r=0;t=\d+$/);
    expect(limited.headers.get("ratelimit-policy")).toBe('"wrong-token";q=100;w=60');
    expect((await apiClient({ token: key.token, ip: "192.0.2.66" }).get(KEYS)).status).toBe(200);
  });
});

describe("PZ-01 a key that lacks the permission", () => {
  const byPermission = guarded.filter((endpoint) => endpoint.access.startsWith("account:"));
  test.each(byPermission.map((endpoint) => [endpoint.method, endpoint.path, endpoint.access]))(
    "%s %s needs %s",
    async (method, path, access) => {
      const all = ["create", "read", "update", "delete", "regenerate", "verify"].map(
        (verb) => `account:apikeys:${verb}`,
      );
      const lacking = await makeKey(organization, {
        permissions: [...all, "account:usage:read", "account:audit:read"].filter((one) => one !== access),
        scopes: [],
      });
      const { status, headers, body } = await lacking.client.send(
        method,
        pathOf(path),
        method === "GET" ? {} : { body: {} },
      );
      expect([status, body.code]).toEqual([403, "insufficient_permissions"]);
      expect(headers.get("www-authenticate")).toBe(
        `Bearer realm="latchkey", error="insufficient_scope", scope="${access}"`,
      );
    },
  );

  const bySession = guarded.filter((endpoint) => ["member", "manager", "owner"].includes(endpoint.access));
  test.each(bySession.map((endpoint) => [endpoint.method, endpoint.path]))(
    "%s %s takes no key at all",
    async (method, path) => {
      const { status, body } = await key.client.send(method, pathOf(path), method === "GET" ? {} : { body: {} });
      expect([status, body.code]).toEqual([403, "insufficient_permissions"]);
    },
  );

  test("DB-11 a permission that the catalogue no longer holds grants nothing, and broken scopes refuse the key", async () => {
    const holder = await makeKey(organization, {
      permissions: ["account:apikeys:create", "account:apikeys:read", "residential:read"],
      scopes: [],
    });
    await getDb().pool.query(
      "UPDATE api_keys SET permissions = permissions || '{fax:send,account:everything}' WHERE id = $1",
      [holder.id],
    );
    const allowed = (await holder.client.get(`${KEYS}/allowed-permissions`)).body.allowed_permissions;
    expect(allowed).toEqual(["account:apikeys:create", "account:apikeys:read", "residential:read"]);
    const ask = async (permission: string) =>
      (await key.client.post("/v4/verify", { token: holder.token, permissions: [permission] })).body.code;
    expect([await ask("account:apikeys:read"), await ask("residential:read")]).toEqual(["VALID", "VALID"]);
    for (const unknown of ["account:everything", "fax:send"])
      expect(await ask(unknown), unknown).toBe("INSUFFICIENT_PERMISSIONS");
    await getDb().pool.query(`UPDATE api_keys SET scopes = '[{"action":"everything","resource":"*"}]' WHERE id = $1`, [
      holder.id,
    ]);
    expect((await holder.client.get(KEYS)).status).toBe(401);
  });
});

describe("address rules", () => {
  test("IP-01 IP-15 a good token from outside is 403 before anything else is looked at, and audited with the address", async () => {
    const restricted = await makeKey(organization, { allowed_ips: ["198.51.100.0/24"] });
    const outside = apiClient({ token: restricted.token, ip: "203.0.113.9" });
    for (const answer of [
      await outside.get(KEYS),
      await outside.post(KEYS, { broken: true }),
      await outside.get(`${KEYS}/key_nope`),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([403, "ip_not_allowed"]);
      expect(JSON.stringify(answer.body)).not.toContain("198.51.100");
    }
    const { rows } = await getDb().pool.query(
      "SELECT ip, changes FROM audit_events WHERE target_id = $1 AND outcome = 'denied'",
      [restricted.id],
    );
    expect(rows).toEqual([
      { ip: "203.0.113.9", changes: expect.objectContaining({ refused: [null, "ip_not_allowed"] }) },
    ]);
  });

  test("IP-02 an address inside is let in, as IPv4 and as IPv4-mapped IPv6", async () => {
    const restricted = await makeKey(organization, { allowed_ips: ["198.51.100.0/24"] });
    for (const ip of ["198.51.100.7", "::ffff:198.51.100.7"])
      expect((await apiClient({ token: restricted.token, ip }).get(KEYS)).status).toBe(200);
    expect((await apiClient({ token: restricted.token, ip: "2001:db8::1" }).get(KEYS)).status).toBe(403);
  });

  test("IP-04 no header of an untrusted peer is its address", async () => {
    const restricted = await makeKey(organization, { allowed_ips: ["198.51.100.7"] });
    const outside = apiClient({ token: restricted.token, ip: "203.0.113.9" });
    for (const name of [
      "x-forwarded-for",
      "x-real-ip",
      "forwarded",
      "cf-connecting-ip",
      "true-client-ip",
      "x-client-ip",
      "x-cluster-client-ip",
    ]) {
      const value = name === "forwarded" ? "for=198.51.100.7" : "198.51.100.7";
      expect((await outside.get(KEYS, { [name]: value })).status).toBe(403);
    }
  });

  test("IP-06 an address that cannot be determined is outside every rule", async () => {
    const restricted = await makeKey(organization, { allowed_ips: ["0.0.0.0/0", "::/0"] });
    expect((await apiClient({ token: restricted.token, ip: "" }).get(KEYS)).status).toBe(403);
    expect((await apiClient({ token: key.token, ip: "" }).get(KEYS)).status).toBe(200);
  });

  test("DB-11 a stored rule that cannot be read admits nobody", async () => {
    const broken = await makeKey(organization, { allowed_ips: ["203.0.113.7"] });
    await getDb().pool.query("UPDATE api_keys SET allowed_ips = '{not-an-address,203.0.113.7}' WHERE id = $1", [
      broken.id,
    ]);
    expect((await broken.client.get(KEYS)).status).toBe(403);
  });
});

test("SH-09 AN-05 a token that is put where an id goes is in no log and no audit row", async () => {
  const lesser = await makeKey(organization, { permissions: ["residential:read"], scopes: [] });
  const written: string[] = [];
  const spy = vi.spyOn(log, "info").mockImplementation((...line: unknown[]) => void written.push(JSON.stringify(line)));
  const enabled = vi.spyOn(log, "isLevelEnabled").mockReturnValue(true);
  for (const path of [
    `${KEYS}/${lesser.token}`,
    `/v4/Invitations/${"x".repeat(43)}/accept`,
    `/v4/nothing/${lesser.token}`,
  ]) {
    await lesser.client.delete(path);
  }
  spy.mockRestore();
  enabled.mockRestore();
  expect(written).toHaveLength(3);
  expect(written.join()).not.toContain(lesser.token.slice(8, 40));
  expect(written.join()).not.toContain("x".repeat(43));
  const { rows } = await getDb().pool.query("SELECT count(*)::int AS n FROM audit_events e WHERE e::text LIKE $1", [
    `%${lesser.token.slice(8, 40)}%`,
  ]);
  expect(rows[0].n).toBe(0);
});

describe("sessions", () => {
  test("SC-08 a cookie that is tampered with, foreign or without a row is no session", async () => {
    const name = sessionCookieName();
    const forged = [
      `${organization.owner.cookie.slice(0, -3)}abc`,
      `${name}=${await encode({ token: { sid: "never-issued" }, secret: sessionCookieSecret() })}`,
      `${name}=${await encode({ token: { sid: "x" }, secret: "another secret entirely" })}`,
      `${name}=${await encode({ token: { state: "oauth" }, secret: sessionCookieSecret() })}`,
      `${name}=eyJhbGciOiJub25lIn0.eyJzaWQiOiJ4In0.`,
      `${name}=${"x".repeat(8000)}`,
    ];
    for (const cookie of forged) expect((await apiClient({ cookie }).get(KEYS)).status).toBe(401);
  });

  test("SC-07 ends after 60 minutes idle and after 12 hours", async () => {
    const member = await makeMember(organization, "admin");
    await getDb().pool.query("UPDATE sessions SET last_seen_at = now() - interval '61 minutes' WHERE member_id = $1", [
      member.id,
    ]);
    expect((await member.client.get(KEYS)).status).toBe(401);
    const other = await makeMember(organization, "admin");
    await getDb().pool.query("UPDATE sessions SET expires_at = now() WHERE member_id = $1", [other.id]);
    expect((await other.client.get(KEYS)).status).toBe(401);
  });

  test("PZ-24 a member who is deactivated is signed out at once, and their keys go on", async () => {
    const member = await makeMember(organization, "admin");
    const theirs = (await member.client.post(KEYS, { name: "theirs", permissions: ["account:apikeys:read"] })).body;
    expect(
      (await organization.owner.client.patch(`/v4/account/members/${member.id}`, { status: "deactivated" })).status,
    ).toBe(200);
    expect((await member.client.get(KEYS)).status).toBe(401);
    expect((await apiClient({ token: theirs.token }).get(KEYS)).status).toBe(200);
  });

  test("a change by cookie must come from the console's own origin", async () => {
    const { cookie } = organization.owner;
    const body = { name: "x", permissions: ["residential:read"] };
    const attempts: Record<string, string>[] = [
      { origin: "https://evil.example" },
      { origin: "null" },
      { origin: "http://127.0.0.1:3000.evil.example" },
      { origin: "http://127.0.0.1:3001" },
      { origin: "http://127.0.0.1:3000", "sec-fetch-site": "cross-site" },
      { origin: "http://127.0.0.1:3000", "sec-fetch-site": "same-site" },
    ];
    for (const headers of attempts) {
      const { status, body: problem } = await apiClient().post(KEYS, body, { cookie, ...headers });
      expect([status, problem.code]).toEqual([403, "cross_origin"]);
    }
    expect((await apiClient().post(KEYS, body, { cookie })).body.code).toBe("cross_origin");
    const asText = { text: JSON.stringify(body), headers: { "content-type": "text/plain" } };
    expect((await organization.owner.client.send("POST", KEYS, asText)).body.code).toBe("cross_origin");
    expect((await key.client.send("POST", KEYS, asText)).body.code).toBe("unsupported_media_type");
    expect(
      (await apiClient().get(KEYS, { cookie, origin: "https://evil.example" })).headers.get(
        "access-control-allow-origin",
      ),
    ).toBeNull();
    expect((await key.client.post(KEYS, body, { origin: "https://evil.example" })).status).toBe(201);
  });

  test("activity is noted at most once a minute", async () => {
    const member = await makeMember(organization, "viewer");
    await getDb().pool.query("UPDATE sessions SET last_seen_at = now() - interval '2 minutes' WHERE member_id = $1", [
      member.id,
    ]);
    await member.client.get(KEYS);
    const seen = async () =>
      (await getDb().pool.query("SELECT last_seen_at FROM sessions WHERE member_id = $1", [member.id])).rows[0]
        .last_seen_at;
    const first = await seen();
    expect(Date.now() - first.getTime()).toBeLessThan(10_000);
    await member.client.get(KEYS);
    expect(await seen()).toEqual(first);
  });

  test("SH-11 a new signing key leaves old tokens working, and new tokens work where it was not loaded yet", async () => {
    const { addSigningKey, signingKeysInUse } = await import("@/lib/organizations/signing-keys");
    const { inTransaction } = await import("@/lib/transaction");
    await signingKeysInUse();
    await inTransaction((tx) => addSigningKey(tx, organization.id));
    const made = await makeKey(organization);
    expect((await made.client.get(KEYS)).status).toBe(200);
    expect((await key.client.get(KEYS)).status).toBe(200);
    await asSuperuser((client) =>
      client.query("UPDATE signing_keys SET retired_at = now() WHERE organization_id = $1 AND version = 2", [
        organization.id,
      ]),
    );
    expect((await made.client.get(KEYS)).status).toBe(401);
    await asSuperuser((client) =>
      client.query("DELETE FROM signing_keys WHERE organization_id = $1 AND version = 2", [organization.id]),
    );
  });

  test("SH-11 a token that is used after a rotation comes under the newest signing key, off the request", async () => {
    const { remakeNow } = await import("@/lib/api-keys/remaking");
    const used = await makeKey(organization);
    const left = await makeKey(organization);
    await organization.owner.client.post("/v4/account/signing-keys/rotate");
    // Its token is found under no signing key that this instance knows, so the new one is read.
    const made = await makeKey(organization);
    for (const { client } of [made, used]) expect((await client.get(KEYS)).status).toBe(200);
    await remakeNow();
    const versionOf = async ({ id }: { id: string }) =>
      (await getDb().pool.query("SELECT signing_key_version AS v FROM token_digests WHERE api_key_id = $1", [id]))
        .rows[0].v;
    expect(await versionOf(used)).toBe(await versionOf(made));
    expect(await versionOf(left)).toBe((await versionOf(made)) - 1);
    for (const { client } of [used, left]) expect((await client.get(KEYS)).status).toBe(200);
  });

  test("a session row keeps only a digest of the cookie's secret", async () => {
    const member = await makeMember(organization, "viewer");
    const cookie = await signedInCookie(member.id);
    const { rows } = await getDb().pool.query("SELECT s::text AS row FROM sessions s WHERE member_id = $1", [
      member.id,
    ]);
    for (const { row } of rows) expect(row).not.toContain(cookie.split("=")[1]);
    expect(newId("ses")).toMatch(/^ses_[0-9a-z]{24}$/);
  });
});
