import { beforeEach, describe, expect, test } from "vitest";
import { findSession } from "@/lib/auth/repository";
import { refuseUnreadable, type SignInAttempt, signIn, signOut } from "@/lib/auth/sign-in";
import { getDb } from "@/lib/db";
import { truncateAll } from "@/lib/testing/database";
import { makeOrganization, PASSWORD, type TestOrganization } from "@/lib/testing/factories";

let organization: TestOrganization;
beforeEach(async () => {
  await truncateAll();
  organization = await makeOrganization();
});

const attempt = (given: Partial<SignInAttempt> = {}) =>
  signIn({ email: organization.owner.email, password: PASSWORD, ip: "192.0.2.1", userAgent: "test", ...given });

describe("signIn", () => {
  test("SC-05 SC-14 makes a session of its own each time; signing out ends that one alone", async () => {
    const [first, second] = [await attempt(), await attempt()];
    if (first.outcome !== "signed_in" || second.outcome !== "signed_in")
      throw new Error(JSON.stringify([first, second]));
    expect(first.sessionSecret).not.toBe(second.sessionSecret);
    expect(await findSession(first.sessionSecret)).toMatchObject({
      type: "user",
      id: organization.owner.id,
      role: "owner",
    });
    await signOut(first.sessionSecret, null);
    expect(await findSession(first.sessionSecret)).toBeNull();
    expect(await findSession(second.sessionSecret)).not.toBeNull();
  });

  test("answers a wrong password, an unknown e-mail and a deactivated member alike, and audits each", async () => {
    expect(await attempt({ password: "wrong" })).toEqual({ outcome: "wrong" });
    expect(await attempt({ email: "nobody@example.com" })).toEqual({ outcome: "wrong" });
    await getDb().pool.query("UPDATE members SET deactivated_at = now()");
    expect(await attempt()).toEqual({ outcome: "wrong" });
    const { rows } = await getDb().pool.query(
      "SELECT changes->'refused'->>1 AS why, ip FROM audit_events WHERE action = 'member.signed_in' ORDER BY at, id",
    );
    expect(rows.map((row) => row.why).sort()).toEqual(["deactivated", "wrong_credentials", "wrong_credentials"]);
    expect(JSON.stringify(rows)).not.toContain(PASSWORD);
  });

  test("an unknown e-mail costs as much work as a known one", async () => {
    await attempt({ password: "warm up" });
    const timeOf = async (email: string, ip: string) => {
      const started = performance.now();
      await attempt({ email, password: "wrong", ip });
      return performance.now() - started;
    };
    const times: [number[], number[]] = [[], []];
    for (let i = 0; i < 5; i++) {
      times[0].push(await timeOf(organization.owner.email, `192.0.2.${10 + i}`));
      times[1].push(await timeOf(`nobody${i}@example.com`, `192.0.2.${20 + i}`));
    }
    const median = (values: number[]) => values.sort((a, b) => a - b)[2] ?? 0;
    // A hash takes some 20 ms; a skipped one would show as a factor of five and more.
    expect(median(times[1])).toBeGreaterThan(median(times[0]) / 3);
  });

  test("AN-22 five failures are free, then each waits longer; others are not locked, and a success forgets", async () => {
    for (let i = 0; i < 5; i++) await attempt({ password: "wrong" });
    expect(await waitOf("pair:")).toBe(0);
    await attempt({ password: "wrong" });
    expect(await waitOf("pair:")).toBe(1);
    await block("pair:", 60);
    const throttled = await attempt();
    expect(throttled.outcome === "throttled" && throttled.seconds).toBeGreaterThan(50);
    expect((await attempt({ ip: "192.0.2.99" })).outcome).toBe("signed_in");
    await block("pair:", 0);
    await attempt({ password: "wrong" });
    expect(await waitOf("pair:")).toBe(2);
    await block("pair:", 0);
    expect((await attempt()).outcome).toBe("signed_in");
    expect(await waitOf("pair:")).toBeNull();
  });

  test("AN-22 attempts made at once count too: of forty, no more than six passwords are tried", async () => {
    const outcomes = await Promise.all(Array.from({ length: 40 }, () => attempt({ password: "wrong" })));
    expect(outcomes.filter(({ outcome }) => outcome === "wrong").length).toBeLessThanOrEqual(6);
    expect(await waitOf("pair:")).toBeGreaterThan(0);
    const { rows } = await getDb().pool.query(
      "SELECT count(*)::int AS n FROM audit_events WHERE changes->'refused'->>1 = 'throttled'",
    );
    expect(rows[0].n).toBe(1);
  });

  test("PZ-24 a password that is changed while it is checked signs nobody in", async () => {
    const db = await getDb().pool.connect();
    try {
      await db.query("BEGIN");
      await db.query("UPDATE members SET password_hash = 'changed', version = version + 1");
      const pending = attempt();
      await new Promise((resolve) => setTimeout(resolve, 300));
      await db.query("COMMIT");
      expect(await pending).toEqual({ outcome: "wrong" });
    } finally {
      db.release();
    }
  });

  test("AN-22 guessing many accounts from one address slows that address down", async () => {
    for (let i = 0; i < 21; i++) await attempt({ email: `guess${i}@example.com`, password: "wrong" });
    expect(await waitOf("address:")).toBe(1);
    await block("address:", 60);
    expect((await attempt({ email: "guess99@example.com" })).outcome).toBe("throttled");
  });

  test("AN-22 guessing one account from many addresses does not lock out an address its owner has used", async () => {
    await attempt();
    for (let i = 0; i < 52; i++) {
      await block("account:", 0);
      await attempt({ password: "wrong", ip: `198.51.100.${i}` });
    }
    await block("account:", 60);
    expect((await attempt({ ip: "198.51.100.200" })).outcome).toBe("throttled");
    expect((await attempt()).outcome).toBe("signed_in");
  });
});

/** How long the last failure blocks, in seconds; null if nothing is remembered. */
async function waitOf(subject: string): Promise<number | null> {
  const { rows } = await getDb().pool.query<{ seconds: number }>(
    "SELECT extract(epoch FROM blocked_until - updated_at)::int AS seconds FROM sign_in_throttles WHERE subject LIKE $1",
    [`${subject}%`],
  );
  return rows[0]?.seconds ?? null;
}

/** Moves the end of a block, so that no test waits for one or races against it. */
async function block(subject: string, seconds: number): Promise<void> {
  await getDb().pool.query(
    "UPDATE sign_in_throttles SET blocked_until = now() + make_interval(secs => $2) WHERE subject LIKE $1",
    [`${subject}%`, seconds],
  );
}

test("an attempt that cannot be read is audited too, and a flood of them is bounded", async () => {
  const { email, id } = organization.owner;
  await refuseUnreadable(email, "192.0.2.77");
  await refuseUnreadable(null, "192.0.2.77");
  for (let i = 0; i < 20; i++) await refuseUnreadable(null, "192.0.2.78");
  const { rows } = await getDb().pool.query(
    `SELECT target_id, changes->'refused'->>1 AS why, ip FROM audit_events
     WHERE action = 'member.signed_in' AND outcome = 'denied' ORDER BY at, id`,
  );
  expect(rows.slice(0, 2)).toEqual([
    { target_id: id, why: "unreadable", ip: "192.0.2.77" },
    { target_id: "", why: "unreadable", ip: "192.0.2.77" },
  ]);
  expect(rows.length).toBe(12);
});
