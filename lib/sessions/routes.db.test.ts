import { beforeEach, describe, expect, test } from "vitest";
import { signIn } from "@/lib/auth/sign-in";
import { getDb } from "@/lib/db";
import { apiClient } from "@/lib/testing/client";
import { truncateAll } from "@/lib/testing/database";
import {
  makeKey,
  makeMember,
  makeOrganization,
  PASSWORD,
  signedInCookie,
  type TestOrganization,
} from "@/lib/testing/factories";

const SESSIONS = "/v4/account/sessions";
const CHANGE = "/v4/account/password";
const NEXT = "seven quiet harbour lanterns";

let organization: TestOrganization;
beforeEach(async () => {
  await truncateAll();
  organization = await makeOrganization();
});

const clientOf = async (memberId: string) => apiClient({ cookie: await signedInCookie(memberId) });
const auditOf = async (action: string) =>
  (
    await getDb().pool.query("SELECT outcome, target_id, changes FROM audit_events WHERE action = $1 ORDER BY at, id", [
      action,
    ])
  ).rows;

describe("the member's own sessions", () => {
  test.each(["owner", "admin", "developer", "viewer"] as const)(
    "PZ-01 a %s sees their own and no other's",
    async (role) => {
      const member = await makeMember(organization, role);
      await clientOf(member.id);
      const { status, body } = await member.client.get(SESSIONS);
      expect([status, body.total, body.data.length]).toEqual([200, 2, 2]);
      expect(body.data.map((one: { is_current: boolean }) => one.is_current)).toEqual([true, false]);
      expect(JSON.stringify(body)).not.toContain("secret");
    },
  );

  test("over ones are not listed: ended, expired, idle for an hour", async () => {
    for (let n = 0; n < 3; n++) await clientOf(organization.owner.id);
    const { rows } = await getDb().pool.query<{ id: string }>(
      "SELECT id FROM sessions ORDER BY created_at DESC LIMIT 3",
    );
    const [ended, expired, idle] = rows.map(({ id }) => id);
    await getDb().pool.query("UPDATE sessions SET ended_at = now() WHERE id = $1", [ended]);
    await getDb().pool.query("UPDATE sessions SET expires_at = now() WHERE id = $1", [expired]);
    await getDb().pool.query("UPDATE sessions SET last_seen_at = now() - interval '61 minutes' WHERE id = $1", [idle]);
    expect((await organization.owner.client.get(SESSIONS)).body.total).toBe(1);
  });

  test("a key has no sessions and no password: 403", async () => {
    const { client } = await makeKey(organization);
    expect((await client.get(SESSIONS)).status).toBe(403);
    expect((await client.post(`${SESSIONS}/end-others`)).status).toBe(403);
    expect((await client.post(CHANGE, { current_password: PASSWORD, new_password: NEXT })).status).toBe(403);
  });

  test("SC-14 signing out everywhere else ends all others at once and keeps this one", async () => {
    const others = [await clientOf(organization.owner.id), await clientOf(organization.owner.id)];
    const admin = await makeMember(organization, "admin");
    const { status, body } = await organization.owner.client.post(`${SESSIONS}/end-others`);
    expect([status, body]).toEqual([200, { ended: 2 }]);
    for (const other of others) expect((await other.get(SESSIONS)).status).toBe(401);
    expect((await organization.owner.client.get(SESSIONS)).body.total).toBe(1);
    expect((await admin.client.get(SESSIONS)).status).toBe(200);
    expect((await organization.owner.client.post(`${SESSIONS}/end-others`)).body).toEqual({ ended: 0 });
    expect(await auditOf("session.ended")).toMatchObject([{ changes: { sessions_ended: [null, 2] } }]);
  });

  test("SC-14 of two that sign each other out at once, one stays signed in", async () => {
    const other = await clientOf(organization.owner.id);
    const answers = await Promise.all([
      organization.owner.client.post(`${SESSIONS}/end-others`),
      other.post(`${SESSIONS}/end-others`),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
  });

  test("one session is ended by its id; another member's is not found", async () => {
    const other = await clientOf(organization.owner.id);
    const admin = await makeMember(organization, "admin");
    const list = (await organization.owner.client.get(SESSIONS)).body.data;
    const id = list.find((one: { is_current: boolean }) => !one.is_current).id;
    expect((await admin.client.delete(`${SESSIONS}/${id}`)).status).toBe(404);
    expect((await organization.owner.client.delete(`${SESSIONS}/${id}`)).status).toBe(204);
    expect((await organization.owner.client.delete(`${SESSIONS}/${id}`)).status).toBe(404);
    expect((await other.get(SESSIONS)).status).toBe(401);
  });
});

describe("changing one's own password", () => {
  const change = (given: object, client = organization.owner.client) =>
    client.post(CHANGE, { current_password: PASSWORD, new_password: NEXT, ...given });
  const signInWith = (password: string) =>
    signIn({ email: organization.owner.email, password, ip: "192.0.2.9", userAgent: null });

  test("SC-14 the new one signs in, the old one does not, other sessions end, this one stays", async () => {
    const other = await clientOf(organization.owner.id);
    expect((await change({})).status).toBe(204);
    expect((await signInWith(PASSWORD)).outcome).toBe("wrong");
    expect((await signInWith(NEXT)).outcome).toBe("signed_in");
    expect((await other.get(SESSIONS)).status).toBe(401);
    expect((await organization.owner.client.get(SESSIONS)).status).toBe(200);
    expect(await auditOf("member.password_changed")).toMatchObject([
      { outcome: "done", target_id: organization.owner.id, changes: {} },
    ]);
    const { rows } = await getDb().pool.query("SELECT changes::text FROM audit_events");
    for (const secret of [PASSWORD, NEXT, "argon2"]) expect(JSON.stringify(rows)).not.toContain(secret);
  });

  test("a wrong current password is 422 at its field, audited, and changes nothing", async () => {
    const { status, body } = await change({ current_password: "not the password at all" });
    expect([status, body.errors[0].pointer, body.errors[0].code]).toEqual([422, "/current_password", "wrong_password"]);
    expect((await signInWith(PASSWORD)).outcome).toBe("signed_in");
    expect(await auditOf("member.password_changed")).toMatchObject([
      { outcome: "denied", changes: { refused: [null, "wrong_password"] } },
    ]);
  });

  test("AN-22 guessing at the current password is slowed like guessing at sign-in, and counts there too", async () => {
    const answers = [];
    for (let n = 0; n < 8; n++) answers.push((await change({ current_password: `wrong ${n}` })).status);
    expect(answers.slice(0, 5)).toEqual([422, 422, 422, 422, 422]);
    expect(answers).toContain(429);
    const slowed = await change({});
    expect([slowed.status, slowed.body.code]).toEqual([429, "rate_limited"]);
    expect(Number(slowed.headers.get("retry-after"))).toBeGreaterThan(0);
    const atSignIn = { email: organization.owner.email, password: PASSWORD, ip: "203.0.113.7", userAgent: null };
    expect((await signIn(atSignIn)).outcome).toBe("throttled");
  });

  test.each([
    ["AN-25 short", { new_password: "fourteen chars" }, "/new_password"],
    ["AN-25 over 128", { new_password: "ab cd ".repeat(30) }, "/new_password"],
    ["AN-26 common", { new_password: "correct horse battery staple" }, "/new_password"],
    ["the same as before", { new_password: PASSWORD }, "/new_password"],
    ["empty current", { current_password: "" }, "/current_password"],
    ["AN-28 an object", { current_password: { not: "x" } }, "/current_password"],
    ["an unknown field", { email: "x@example.com" }, "/email"],
  ])("%s is 422 at its field", async (_, given, pointer) => {
    const { status, body } = await change(given);
    expect([status, body.errors[0].pointer]).toEqual([422, pointer]);
  });

  test("AN-26 a password built from the e-mail address is 422", async () => {
    const { status, body } = await change({ new_password: `${organization.owner.email}!!` });
    expect([status, body.errors[0].code]).toEqual([422, "password_too_common"]);
  });

  test("who signs in through a provider alone has no password: no guess at one is right", async () => {
    await getDb().pool.query("UPDATE members SET password_hash = NULL WHERE id = $1", [organization.owner.id]);
    const { status, body } = await change({});
    expect([status, body.errors[0].pointer]).toEqual([422, "/current_password"]);
    const { rows } = await getDb().pool.query("SELECT password_hash FROM members WHERE id = $1", [
      organization.owner.id,
    ]);
    expect(rows).toEqual([{ password_hash: null }]);
  });

  test("of two changes at once, from two sessions, one wins and the other is refused", async () => {
    const other = await clientOf(organization.owner.id);
    const answers = await Promise.all([change({}), change({ new_password: "nine velvet copper rivers" }, other)]);
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses[0]).toBe(204);
    expect([401, 422]).toContain(statuses[1]);
  });
});
