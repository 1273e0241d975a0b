import { beforeEach, expect, test } from "vitest";
import { generateToken } from "@/lib/api-keys/token";
import { truncateAll } from "@/lib/testing/database";
import { makeKey, makeOrganization, type TestOrganization } from "@/lib/testing/factories";

const FIND = "/v4/account/api-keys/find-by-token";

let organization: TestOrganization;
beforeEach(async () => {
  await truncateAll();
  organization = await makeOrganization();
});

const idOf = async (token: unknown, client = organization.owner.client) => {
  const { status, body } = await client.post(FIND, { token });
  expect(status).toBe(200);
  expect(JSON.stringify(body)).not.toContain(String(token));
  return body.data?.id ?? null;
};

test("finds a key by either of its tokens, also when it is revoked, and by no other text", async () => {
  const { client } = organization.owner;
  const { id, token } = await makeKey(organization);
  const fresh = (await client.post(`/v4/account/api-keys/${id}/regenerate`, { grace_period_seconds: 60 })).body.token;
  expect([await idOf(token), await idOf(` ${fresh}\n`)]).toEqual([id, id]);
  await client.delete(`/v4/account/api-keys/${id}`);
  expect(await idOf(fresh)).toBe(id);
  expect([await idOf(generateToken("production")), await idOf("a name")]).toEqual([null, null]);
});

test("PZ-18 finds nothing of another organization, environment or region", async () => {
  const foreign = await makeKey(await makeOrganization());
  const preview = await makeKey(organization, { environment: "preview" });
  const key = await makeKey(organization);
  expect(await idOf(foreign.token)).toBeNull();
  expect(await idOf(preview.token)).toBe(preview.id);
  expect(await idOf(preview.token, key.client)).toBeNull();
});

test("needs account:apikeys:read, and a text", async () => {
  const lesser = await makeKey(organization, { permissions: ["residential:read"], scopes: [] });
  expect((await lesser.client.post(FIND, { token: "x" })).status).toBe(403);
  for (const token of [undefined, "", 7, "x".repeat(513)]) {
    expect((await organization.owner.client.post(FIND, { token })).status).toBe(422);
  }
});
