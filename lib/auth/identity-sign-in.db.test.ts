import { beforeEach, describe, expect, test } from "vitest";
import { type Identity, signInByIdentity } from "@/lib/auth/identity-sign-in";
import { findSession } from "@/lib/auth/repository";
import { getDb } from "@/lib/db";
import { asSuperuser, truncateAll } from "@/lib/testing/database";
import { makeMember, makeOrganization, type TestOrganization } from "@/lib/testing/factories";

const ISSUER = "https://id.example.com";

let organization: TestOrganization;
let subjects = 0;
let subject = "";
beforeEach(async () => {
  await truncateAll();
  organization = await makeOrganization();
  subject = `subject-${++subjects}`;
});

const signInAs = (given: Partial<Identity> = {}) =>
  signInByIdentity(
    { issuer: ISSUER, subject, email: organization.owner.email, emailVerified: true, name: "Ada L.", ...given },
    { ip: "192.0.2.1", userAgent: "test" },
  );

async function rows<T extends object>(sql: string, values: unknown[] = []): Promise<T[]> {
  return (await getDb().pool.query<T>(sql, values)).rows;
}

/** Whom a sign-in made a session for; null if it was refused. */
async function memberOf(result: Awaited<ReturnType<typeof signInAs>>): Promise<string | null> {
  return result.outcome === "signed_in" ? ((await findSession(result.sessionSecret))?.id ?? null) : null;
}

const links = () => rows("SELECT provider, subject, member_id FROM member_identities");

/** The log of sign-ins by an identity, oldest first. */
const events = () =>
  rows<{ action: string; outcome: string; why: string | null; target_id: string; organization_id: string }>(
    `SELECT action, outcome::text, changes->'refused'->>1 AS why, target_id, organization_id FROM audit_events
     WHERE action IN ('member.signed_in', 'member.activated') OR changes ? 'identity' ORDER BY at, id`,
  );

async function invite(email: string): Promise<{ id: string; token: string }> {
  const answer = await organization.owner.client.post("/v4/account/members", { email, role: "developer" });
  expect(answer.status).toBe(201);
  return { id: answer.body.id, token: answer.body.invitation_url.split("/invite/")[1] };
}

async function expectRefused(result: Awaited<ReturnType<typeof signInAs>>, why: string): Promise<void> {
  expect(result).toEqual({ outcome: "refused" });
  expect((await events()).at(-1)).toMatchObject({ action: "member.signed_in", outcome: "denied", why });
  expect(await rows("SELECT FROM sessions WHERE ip = '192.0.2.1'")).toEqual([]);
}

describe("an identity that is not linked yet", () => {
  test("signs in the active member with its verified e-mail and is theirs from then on, all audited", async () => {
    const { id } = organization.owner;
    expect(await memberOf(await signInAs())).toBe(id);
    expect(await links()).toEqual([{ provider: ISSUER, subject, member_id: id }]);
    const done = { outcome: "done", target_id: id };
    expect(await events()).toMatchObject([
      { action: "member.updated", ...done },
      { action: "member.signed_in", ...done },
    ]);
    const [member] = await rows("SELECT name, last_sign_in_at IS NOT NULL AS seen FROM members WHERE id = $1", [id]);
    expect(member).toEqual({ name: "Ada", seen: true });
  });

  test("with an e-mail that is not verified reaches nobody, known or not", async () => {
    await expectRefused(await signInAs({ emailVerified: false }), "email_not_verified");
    await expectRefused(await signInAs({ emailVerified: false, email: "nobody@example.com" }), "email_not_verified");
    expect(await links()).toEqual([]);
  });

  test("of a stranger makes no member", async () => {
    await expectRefused(await signInAs({ email: "stranger@example.com" }), "not_a_member");
    await expectRefused(await signInAs({ email: null }), "not_a_member");
    expect(await rows("SELECT FROM members")).toHaveLength(1);
    expect(await links()).toEqual([]);
  });

  test("PZ-24 of a deactivated member, active or invited before, is refused and not linked", async () => {
    const { id } = await invite("new@example.com");
    const member = await makeMember(organization, "developer");
    await getDb().pool.query("UPDATE members SET deactivated_at = now() WHERE id = ANY ($1)", [[id, member.id]]);
    await expectRefused(await signInAs({ email: "new@example.com" }), "deactivated");
    await expectRefused(await signInAs({ email: member.email }), "deactivated");
    expect(await links()).toEqual([]);
  });

  test("AN-17 of a disabled organization's member is refused", async () => {
    await getDb().pool.query("UPDATE organizations SET disabled_at = now()");
    await expectRefused(await signInAs(), "deactivated");
  });

  test("of an invited member makes them active under the provider's name and spends the invitation", async () => {
    const { id, token } = await invite("new@example.com");
    expect(await memberOf(await signInAs({ email: "new@example.com", name: "Grace Hopper" }))).toBe(id);
    const [member] = await rows("SELECT name, activated_at IS NOT NULL AS active FROM members WHERE id = $1", [id]);
    expect(member).toEqual({ name: "Grace Hopper", active: true });
    expect((await events()).map(({ action }) => action)).toEqual(["member.activated", "member.signed_in"]);
    const changes = await rows("SELECT changes FROM audit_events WHERE action = 'member.activated'");
    expect(changes).toMatchObject([
      {
        changes: { status: ["invited", "active"], name: ["new", "Grace Hopper"], identity: [null, expect.any(String)] },
      },
    ]);
    const accept = await organization.owner.client.post(`/v4/invitations/${token}/accept`, {
      name: "Someone else",
      password: "three unrelated brass kettles",
    });
    expect(accept.status).toBe(404);
  });

  test("of an invited member whose invitation has expired is refused and not linked", async () => {
    const { id } = await invite("late@example.com");
    await getDb().pool.query("UPDATE invitations SET expires_at = now() WHERE member_id = $1", [id]);
    await expectRefused(await signInAs({ email: "late@example.com" }), "invitation_expired");
    expect(await links()).toEqual([]);
  });

  test("keeps an invited member's name when the provider has none to show", async () => {
    await invite("new@example.com");
    await signInAs({ email: "new@example.com", name: null });
    expect(await rows("SELECT name FROM members WHERE email = 'new@example.com'")).toEqual([{ name: "new" }]);
  });
});

describe("a linked identity", () => {
  beforeEach(async () => {
    await signInAs();
    await getDb().pool.query("DELETE FROM sessions WHERE ip = '192.0.2.1'");
  });

  test("signs in its member whatever its e-mail is by now: changed, unverified, gone or another member's", async () => {
    const other = await makeMember(organization, "developer");
    const said = [{ email: "married@example.com" }, { emailVerified: false }, { email: null }, { email: other.email }];
    for (const given of said) expect(await memberOf(await signInAs(given))).toBe(organization.owner.id);
    expect(await links()).toHaveLength(1);
  });

  test("is known by issuer and subject together", async () => {
    const other = { email: "stranger@example.com" };
    await expectRefused(await signInAs({ ...other, issuer: "https://other.example.com" }), "not_a_member");
    await expectRefused(await signInAs({ ...other, subject: `${subject}0` }), "not_a_member");
    await expectRefused(await signInAs({ ...other, subject: subject.toUpperCase() }), "not_a_member");
  });

  test("PZ-24 of a deactivated member is refused, even with another member's e-mail", async () => {
    const other = await makeMember(organization, "developer");
    await getDb().pool.query("UPDATE members SET deactivated_at = now() WHERE id = $1", [organization.owner.id]);
    await expectRefused(await signInAs(), "deactivated");
    await expectRefused(await signInAs({ email: other.email }), "deactivated");
  });

  test("goes with its member: who is invited again joins again", async () => {
    const member = await makeMember(organization, "developer");
    const given = { email: member.email, subject: `${subject}-other` };
    await signInAs(given);
    expect((await organization.owner.client.delete(`/v4/account/members/${member.id}`)).status).toBe(204);
    await getDb().pool.query("DELETE FROM sessions WHERE ip = '192.0.2.1'");
    await expectRefused(await signInAs(given), "not_a_member");
    const { id } = await invite(member.email);
    expect(await memberOf(await signInAs(given))).toBe(id);
  });
});

describe("at the same time", () => {
  test("two first sign-ins of one identity link it once and both succeed", async () => {
    const results = await Promise.all([signInAs(), signInAs(), signInAs(), signInAs()]);
    for (const result of results) expect(await memberOf(result)).toBe(organization.owner.id);
    expect(await links()).toHaveLength(1);
    expect((await events()).filter(({ action }) => action === "member.updated")).toHaveLength(1);
  });

  test("two identities with an invited member's e-mail make them active once", async () => {
    const { id } = await invite("new@example.com");
    const email = "new@example.com";
    const results = await Promise.all([signInAs({ email }), signInAs({ email, subject: `${subject}-other` })]);
    for (const result of results) expect(await memberOf(result)).toBe(id);
    expect((await events()).filter(({ action }) => action === "member.activated")).toHaveLength(1);
  });

  test("an accepted invitation and a first sign-in make one active member, and both are answered", async () => {
    const { id, token } = await invite("new@example.com");
    const body = { name: "Grace", password: "three unrelated brass kettles" };
    const [accepted, result] = await Promise.all([
      organization.owner.client.post(`/v4/invitations/${token}/accept`, body),
      signInAs({ email: "new@example.com" }),
    ]);
    expect([204, 404]).toContain(accepted.status);
    expect(await memberOf(result)).toBe(id);
    expect((await events()).filter(({ action }) => action === "member.activated")).toHaveLength(1);
  });

  test("PZ-24 a deactivation that commits meanwhile wins", async () => {
    const db = await getDb().pool.connect();
    try {
      await db.query("BEGIN");
      await db.query("UPDATE members SET deactivated_at = now(), version = version + 1");
      const pending = signInAs();
      await new Promise((resolve) => setTimeout(resolve, 300));
      await db.query("COMMIT");
      await expectRefused(await pending, "deactivated");
      expect(await links()).toEqual([]);
    } finally {
      db.release();
    }
  });

  test("one who is refused again and again writes no more than ten lines a minute", async () => {
    for (let i = 0; i < 15; i++) await signInAs({ email: "stranger@example.com" });
    expect(await events()).toHaveLength(10);
  });
});

test("DB-05 without its line in the log nobody is signed in, linked or made active", async () => {
  const { id } = await invite("new@example.com");
  const before = await rows("SELECT * FROM members WHERE id = $1", [id]);
  await asSuperuser((db) => db.query("ALTER TABLE audit_events RENAME TO audit_events_away"));
  try {
    await expect(signInAs({ email: "new@example.com" })).rejects.toMatchObject({ code: "unavailable" });
  } finally {
    await asSuperuser((db) => db.query("ALTER TABLE audit_events_away RENAME TO audit_events"));
  }
  expect(await rows("SELECT * FROM members WHERE id = $1", [id])).toEqual(before);
  expect(await links()).toEqual([]);
});
