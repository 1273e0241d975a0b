import { beforeEach, describe, expect, test } from "vitest";
import { signIn } from "@/lib/auth/sign-in";
import { getDb } from "@/lib/db";
import { findInvitation } from "@/lib/members/invitations";
import { apiClient } from "@/lib/testing/client";
import { makeMember, makeOrganization, PASSWORD, type TestOrganization } from "@/lib/testing/factories";

const LIST = "/v4/account/members";

let organization: TestOrganization;
let serial = 0;

beforeEach(async () => {
  organization = await makeOrganization();
});

const owner = () => organization.owner.client;
const newEmail = () => `guest-${++serial}@example.com`;
const invite = (body: object = {}) => owner().post(LIST, { email: newEmail(), role: "developer", ...body });
const tokenOf = (url: string) => url.slice(url.lastIndexOf("/") + 1);
const person = { name: "Grace Hopper", password: PASSWORD };

/** Each from an address of its own: accepting is rate-limited per address. */
const accept = (url: string, body: unknown = person) =>
  apiClient({ ip: `198.51.100.${++serial % 250}` }).post(`/v4/invitations/${tokenOf(url)}/accept`, body);

test("an invited member becomes active by the link, once, with their own name and password", async () => {
  const { body } = await invite();
  expect(body).toMatchObject({ status: "invited", name: body.email.split("@")[0], permissions: null });
  expect(body.invitation_url).toMatch(/^http:\/\/[^/]+\/invite\/[A-Za-z0-9_-]{43}$/);
  expect(await findInvitation(tokenOf(body.invitation_url))).toEqual({ email: body.email, organization_name: "Acme" });

  expect((await accept(body.invitation_url)).status).toBe(204);
  expect((await owner().get(`${LIST}/${body.id}`)).body).toMatchObject({ status: "active", name: "Grace Hopper" });
  const signedIn = await signIn({ email: body.email, password: PASSWORD, ip: null, userAgent: null });
  expect(signedIn.outcome).toBe("signed_in");
  expect((await accept(body.invitation_url)).status).toBe(404);
  const { rows } = await getDb().pool.query(
    "SELECT action, principal_id FROM audit_events WHERE target_id = $1 AND action <> 'member.signed_in' ORDER BY at, id",
    [body.id],
  );
  expect(rows).toEqual([
    { action: "member.invited", principal_id: organization.owner.id },
    { action: "member.activated", principal_id: body.id },
  ]);
});

test("of ten acceptances at once, one succeeds", async () => {
  const { body } = await invite();
  const answers = await Promise.all(Array.from({ length: 10 }, () => accept(body.invitation_url)));
  expect(answers.map(({ status }) => status).sort()).toEqual([204, ...Array.from({ length: 9 }, () => 404)]);
});

describe("a link is not good, and all say so alike with 404", () => {
  test.each([
    ["never issued", () => Promise.resolve()],
    [
      "expired",
      (id: string) => getDb().pool.query("UPDATE invitations SET expires_at = now() WHERE member_id = $1", [id]),
    ],
    ["replaced by a newer one", (id: string) => owner().post(`${LIST}/${id}/invitation`)],
    ["of a member who was removed", (id: string) => owner().delete(`${LIST}/${id}`)],
    ["of a member who was deactivated", (id: string) => owner().patch(`${LIST}/${id}`, { status: "deactivated" })],
    [
      "of a disabled organization",
      () => getDb().pool.query("UPDATE organizations SET disabled_at = now() WHERE id = $1", [organization.id]),
    ],
  ])("%s", async (why, spoil) => {
    const { body } = await invite();
    await spoil(body.id);
    const url = why === "never issued" ? `/invite/${"A".repeat(43)}` : body.invitation_url;
    const answer = await accept(url);
    expect([answer.status, answer.body.detail]).toEqual([
      404,
      "This invitation link was used, has expired or was never issued. Ask for a new one.",
    ]);
    expect(await findInvitation(tokenOf(url))).toBeNull();
  });

  test.each(["x", "%00", "..%2f", "A".repeat(44), `${"A".repeat(42)}%0a`])("malformed: %s", async (token) => {
    expect((await apiClient().post(`/v4/invitations/${token}/accept`, person)).status).toBe(404);
  });
});

describe("the password", () => {
  test.each([
    ["AN-25 of 14 characters", "fourteen chars"],
    ["AN-25 of 129 characters", "long words, ".repeat(11)],
    ["AN-26 that is common", "passwordpassword"],
    ["AN-28 given as an object", { not: "x" }],
  ])("%s is 422 and uses nothing up", async (_, password) => {
    const { body } = await invite();
    const refused = await accept(body.invitation_url, { ...person, password });
    expect([refused.status, refused.body.errors[0].pointer]).toEqual([422, "/password"]);
    expect((await accept(body.invitation_url)).status).toBe(204);
  });

  test("AN-26 that is the invited e-mail address is 422", async () => {
    const { body } = await invite();
    const refused = await accept(body.invitation_url, { ...person, password: body.email });
    expect([refused.status, refused.body.errors[0].pointer]).toEqual([422, "/password"]);
  });
});

describe("an e-mail address", () => {
  test("has one account on the instance: 409 at /email, the same sentence whatever organization has it", async () => {
    const email = newEmail();
    await invite({ email });
    const here = await invite({ email: ` ${email.toUpperCase()} ` });
    const other = await makeOrganization();
    const there = await other.owner.client.post(LIST, { email, role: "viewer" });
    expect([here.status, here.body.code, here.body.errors[0].pointer]).toEqual([409, "name_taken", "/email"]);
    expect({ ...there.body, request_id: "" }).toEqual({ ...here.body, request_id: "" });
  });

  test("of ten invitations at once, one is made", async () => {
    const email = newEmail();
    const answers = await Promise.all(Array.from({ length: 10 }, () => invite({ email })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 9 }, () => 409)]);
  });

  test("is one in the NFKC form; look-alikes of the @ do not pass as another", async () => {
    const { body } = await invite({ email: "Ａda-nfkc@Example.com" });
    expect(body.email).toBe("ada-nfkc@example.com");
    for (const email of [
      "",
      "ada",
      "a@b",
      "ada@example.com, eve@example.com",
      "ada@exam ple.com",
      7,
      null,
      { contains: "" },
    ]) {
      expect((await invite({ email })).status, JSON.stringify(email)).toBe(422);
    }
  });
});

test("a new link is only for who has not accepted, and only as far as one's own power goes", async () => {
  const { body: developer } = await invite();
  const { body: futureOwner } = await invite({ role: "owner" });
  const admin = await makeMember(organization, "admin");
  const limited = await makeMember(organization, "admin", { permissions: [] });
  const renew = (client: typeof admin.client, id: string) => client.post(`${LIST}/${id}/invitation`);

  const renewed = await renew(admin.client, developer.id);
  expect(renewed.status).toBe(201);
  expect(renewed.body.expires_at).toBeGreaterThan(Date.now() / 1000 + 6.9 * 86_400);
  expect((await renew(limited.client, developer.id)).body.code).toBe("exceeds_own_access");
  expect((await renew(admin.client, futureOwner.id)).body.code).toBe("insufficient_permissions");
  expect((await renew(owner(), admin.id)).status).toBe(404);

  expect((await accept(developer.invitation_url)).status).toBe(404);
  expect((await accept(renewed.body.invitation_url)).status).toBe(204);
});

test("an invited member cannot be made active by hand", async () => {
  const { body } = await invite();
  const { status, body: problem } = await owner().patch(`${LIST}/${body.id}`, { status: "active" });
  expect([status, problem.errors[0].pointer]).toEqual([422, "/status"]);
});

test("SH-01 the link is in the answer alone: its token is in no table", async () => {
  const { body } = await invite();
  const token = tokenOf(body.invitation_url);
  for (const table of ["invitations", "audit_events", "members", "idempotency_records"]) {
    const { rows } = await getDb().pool.query(`SELECT t::text AS row FROM ${table} t`);
    expect(
      rows.some(({ row }) => row.includes(token)),
      table,
    ).toBe(false);
  }
});

test("an invitation ends with a deactivation, and a reactivation does not bring it back", async () => {
  const { body } = await invite();
  await owner().patch(`${LIST}/${body.id}`, { status: "deactivated" });
  await getDb().pool.query("UPDATE members SET deactivated_at = NULL WHERE id = $1", [body.id]);
  expect((await accept(body.invitation_url)).status).toBe(404);
});
