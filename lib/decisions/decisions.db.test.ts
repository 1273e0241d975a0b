import { beforeEach, describe, expect, test, vi } from "vitest";
import { getDb } from "@/lib/db";
import { flushDecisions, noteDecision } from "@/lib/decisions/recorder";
import { newId } from "@/lib/ids";
import { apiClient } from "@/lib/testing/client";
import { truncateAll } from "@/lib/testing/database";
import { makeKey, makeMember, makeOrganization, type TestKey, type TestOrganization } from "@/lib/testing/factories";

let organization: TestOrganization;
let service: TestKey;
beforeEach(async () => {
  await flushDecisions();
  await truncateAll();
  organization = await makeOrganization();
  service = await makeKey(organization);
});

const decisionOf = (requestId: string | null, client = organization.owner.client) =>
  client.get(`/v4/account/decisions/${requestId}`);

const denied = (requestId = newId("req"), organizationId = organization.id) =>
  noteDecision({
    decision: { code: "REVOKED", checks: [{ code: "REVOKED", outcome: "failed", detail: "The key is revoked." }] },
    source: "verify",
    requestId,
    organizationId,
    key: null,
    askedBy: null,
    ip: null,
  });

const stored = async (organizationId = organization.id) => {
  const { rows } = await getDb().pool.query(
    "SELECT request_id FROM decision_records WHERE organization_id = $1 ORDER BY at DESC, request_id DESC",
    [organizationId],
  );
  return rows.map(({ request_id }) => request_id as string);
};

describe("GET /v4/account/decisions/{request_id}", () => {
  test("says every check of a denied verify in order, right after it, without the token", async () => {
    const key = await makeKey(organization, { permissions: ["residential:read"], allowed_ips: ["198.51.100.0/24"] });
    const asked = {
      token: key.token,
      ip: "203.0.113.9",
      permissions: ["serp_api:read"],
      region_id: organization.regionId,
    };
    const { headers } = await service.client.post("/v4/verify", asked);
    const { status, body } = await decisionOf(headers.get("x-request-id"));
    expect(status).toBe(200);
    expect(body).toEqual({
      request_id: headers.get("x-request-id"),
      at: expect.any(Number),
      source: "verify",
      code: "IP_NOT_ALLOWED",
      api_key_id: key.id,
      asked_by: service.id,
      ip: "203.0.113.9",
      checks: [
        { code: "NOT_FOUND", outcome: "passed", detail: null },
        { code: "REVOKED", outcome: "passed", detail: null },
        { code: "EXPIRED", outcome: "passed", detail: null },
        { code: "DISABLED", outcome: "passed", detail: null },
        { code: "WRONG_ENVIRONMENT", outcome: "passed", detail: null },
        { code: "WRONG_REGION", outcome: "passed", detail: null },
        { code: "IP_NOT_ALLOWED", outcome: "failed", detail: "The key may not be used from 203.0.113.9." },
        { code: "SUBACCOUNT_NOT_ALLOWED", outcome: "not_asked", detail: null },
        { code: "INSUFFICIENT_PERMISSIONS", outcome: "failed", detail: "The key lacks serp_api:read." },
        { code: "RESOURCE_NOT_ALLOWED", outcome: "not_asked", detail: null },
      ],
    });
    expect(Math.abs(body.at - Date.now() / 1000)).toBeLessThan(5);
    const { rows } = await getDb().pool.query(
      "SELECT count(*)::int AS n FROM decision_records d WHERE d::text LIKE $1",
      [`%${key.token.slice(8, 40)}%`],
    );
    expect(rows[0].n).toBe(0);
  });

  test("a denied authorize is recorded by the request id of its problem; an allowed one is not", async () => {
    const { body } = await service.client.get("/v4/authorize?permission=serp_api:write");
    expect((await decisionOf(body.request_id)).body).toMatchObject({
      source: "authorize",
      code: "INSUFFICIENT_PERMISSIONS",
      api_key_id: service.id,
      asked_by: null,
      ip: "203.0.113.7",
    });
    const allowed = await service.client.get("/v4/authorize");
    expect((await decisionOf(allowed.headers.get("x-request-id"))).status).toBe(404);
  });

  test("PZ-18 another organization's, unknown and malformed request ids are the same 404", async () => {
    const { headers } = await service.client.post("/v4/verify", { token: "x" });
    const theirs = await makeOrganization();
    const answers = [
      await decisionOf(headers.get("x-request-id"), theirs.owner.client),
      await decisionOf(newId("req"), theirs.owner.client),
    ];
    for (const { status, body } of answers) {
      expect(status).toBe(404);
      expect({ ...body, request_id: "" }).toEqual({ ...answers[0]?.body, request_id: "" });
    }
    expect((await decisionOf("req_x'--")).status).toBe(404);
  });

  test("a key sees decisions about keys that it can see and those it asked for, and no foreign key's id", async () => {
    const preview = await makeKey(organization, { environment: "preview" });
    const region = (await organization.owner.client.post("/v4/account/regions", { name: "Second" })).body.id;
    const elsewhere = await makeKey(organization, { region_id: region });
    const peer = await makeKey(organization);
    const ask = async (token: string, client = service.client) =>
      (await client.post("/v4/verify", { token, permissions: ["serp_api:read"] })).headers.get("x-request-id");

    const aboutPeer = await ask(peer.token, organization.owner.client);
    expect((await decisionOf(aboutPeer, service.client)).body.api_key_id).toBe(peer.id);
    expect((await decisionOf(aboutPeer, elsewhere.client)).status).toBe(404);
    expect((await decisionOf(aboutPeer, preview.client)).status).toBe(404);

    const wrongEnvironment = await ask(preview.token);
    expect((await decisionOf(wrongEnvironment, service.client)).body).toMatchObject({
      code: "WRONG_ENVIRONMENT",
      api_key_id: null,
    });
    expect((await decisionOf(wrongEnvironment)).body.api_key_id).toBe(preview.id);

    const unknown = await ask("x");
    expect((await decisionOf(unknown, service.client)).body.code).toBe("NOT_FOUND");
    expect((await decisionOf(unknown, peer.client)).status).toBe(404);
  });

  test("PZ-01 needs account:audit:read", async () => {
    const lacking = await makeKey(organization, { permissions: ["account:apikeys:verify"] });
    expect((await decisionOf(newId("req"), lacking.client)).body.code).toBe("insufficient_permissions");
    const developer = await makeMember(organization, "developer");
    expect((await decisionOf(newId("req"), developer.client)).status).toBe(403);
    expect((await decisionOf(newId("req"), apiClient())).status).toBe(401);
  });
});

describe("what is kept", () => {
  test("the newest 1,000 of each organization", async () => {
    const other = await makeOrganization();
    denied(newId("req"), other.id);
    const first = newId("req");
    denied(first);
    await flushDecisions();
    expect(await stored()).toEqual([first]);
    for (let i = 0; i < 1_000; i++) denied();
    await flushDecisions();
    const kept = await stored();
    expect(kept).toHaveLength(1_000);
    expect(kept).not.toContain(first);
    expect(await stored(other.id)).toHaveLength(1);
  });

  test("7 days at most", async () => {
    const old = newId("req");
    denied(old);
    await flushDecisions();
    await getDb().pool.query("UPDATE decision_records SET at = now() - interval '7 days 1 second'");
    expect((await decisionOf(old)).status).toBe(404);
    denied();
    await flushDecisions();
    expect(await stored()).not.toContain(old);
  });

  test("SH-08 what cannot be written while the database is away is written later, and once", async () => {
    const id = newId("req");
    denied(id);
    const failing = vi
      .spyOn(getDb().prisma, "$executeRaw")
      .mockImplementation(() => Promise.reject(new Error("away")) as never);
    await flushDecisions();
    failing.mockRestore();
    expect(await stored()).toEqual([]);
    await flushDecisions();
    expect(await stored()).toEqual([id]);
  });

  test("DS-08 memory is bounded: of a flood in one organization the newest 1,000 wait", async () => {
    for (let i = 0; i < 5_000; i++) denied();
    const last = newId("req");
    denied(last);
    await flushDecisions();
    const kept = await stored();
    expect(kept).toHaveLength(1_000);
    expect(kept).toContain(last);
  });
});
