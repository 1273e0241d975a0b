import { beforeEach, describe, expect, test } from "vitest";
import type { AuditEntry } from "@/lib/audit/entry";
import { recordDenied, recordDone } from "@/lib/audit/repository";
import { sealAll, startSealer } from "@/lib/audit/sealer";
import { verifyLog } from "@/lib/audit/verify";
import { getDb } from "@/lib/db";
import { asSuperuser, truncateAll } from "@/lib/testing/database";
import { makeOrganization } from "@/lib/testing/factories";
import { inTransaction } from "@/lib/transaction";

const ORGANIZATION = "org_000000000000000000000000";
const who = {
  organizationId: ORGANIZATION,
  principal: { type: "system", id: "test", name: "Test" },
  ip: null,
  requestId: "req_1",
} as const;
const entry = (name: string): AuditEntry => ({
  action: "region.updated",
  target: { type: "region", id: "reg_1", name },
  changes: { b: [1, 2.5], a: [null, { z: ["x"], y: "é" }] },
});

beforeEach(truncateAll);

const write = (name: string, organizationId: string = ORGANIZATION) =>
  recordDenied({ ...who, organizationId }, entry(name));
const seals = async () =>
  (
    await getDb().pool.query(
      "SELECT organization_id, sequence, event_id FROM audit_seals ORDER BY organization_id, sequence",
    )
  ).rows;
const eventIds = async () =>
  (await getDb().pool.query("SELECT id FROM audit_events ORDER BY at, id")).rows.map(({ id }) => id);

/** As someone who has taken over the database: past the grants and the append-only triggers. */
const tamper = (sql: string, values: unknown[] = []) =>
  asSuperuser(async (client) => {
    await client.query("SET session_replication_role = replica");
    await client.query(sql, values);
  });

describe("sealing", () => {
  test("covers every event once, in the order in which they happened, organization by organization", async () => {
    for (const name of ["a", "b", "c"]) await write(name);
    await write("d", "org_111111111111111111111111");
    await sealAll();
    await write("e");
    await sealAll();
    await sealAll();
    const rows = await seals();
    expect(rows.map(({ sequence }) => sequence)).toEqual(["1", "2", "3", "4", "1"]);
    const ofFirst = rows.filter(({ organization_id }) => organization_id === ORGANIZATION);
    const ids = await eventIds();
    expect(ofFirst.map(({ event_id }) => event_id)).toEqual([ids[0], ids[1], ids[2], ids[4]]);
    expect(await verifyLog(ORGANIZATION)).toMatchObject({ sealed: 4n, pending: 0, broken: null });
  });

  test("catches up with a log of more than one batch", async () => {
    const names = Array.from({ length: 1_203 }, (_, i) => entry(`n${i}`));
    await inTransaction((tx) => recordDone(tx, who, names));
    await sealAll();
    expect(await verifyLog(ORGANIZATION)).toMatchObject({ sealed: 1_203n, pending: 0, broken: null });
  });

  test("an event whose transaction commits late is sealed after later ones, and the chain is intact", async () => {
    let commit = () => {};
    const held = new Promise<void>((resolve) => {
      commit = resolve;
    });
    let written = () => {};
    const early = new Promise<void>((resolve) => {
      written = resolve;
    });
    const slow = inTransaction(async (tx) => {
      await recordDone(tx, who, [entry("early")]);
      written();
      await held;
    });
    await early;
    await write("late");
    await sealAll();
    commit();
    await slow;
    await sealAll();
    expect((await seals()).map(({ sequence }) => sequence)).toEqual(["1", "2"]);
    expect(await verifyLog(ORGANIZATION)).toMatchObject({ sealed: 2n, broken: null });
  });

  test("by several instances at once makes one chain without gaps or doubles", async () => {
    for (let round = 0; round < 5; round++) {
      await Promise.all(Array.from({ length: 20 }, (_, i) => write(`n${i}`)));
      await Promise.all([sealAll(), sealAll(), sealAll(), sealAll()]);
    }
    await sealAll();
    expect(await verifyLog(ORGANIZATION)).toMatchObject({ sealed: 100n, pending: 0, broken: null });
  });

  test("runs in the background at most a second behind, and once more when it is stopped", async () => {
    const stop = startSealer();
    await write("while running");
    await expect.poll(async () => (await seals()).length, { timeout: 1_500, interval: 50 }).toBe(1);
    await write("just before the end");
    await stop();
    expect(await seals()).toHaveLength(2);
  });

  test("what the API writes is sealed and verified like the rest", async () => {
    const organization = await makeOrganization();
    await organization.owner.client.post("/v4/account/regions", { name: "Europe" });
    await sealAll();
    const verdict = await verifyLog(organization.id);
    expect(verdict.broken).toBeNull();
    expect(verdict.sealed).toBeGreaterThanOrEqual(3n);
  });

  test("odd text that PostgreSQL cannot store does not keep an event out of the log, nor make it look forged", async () => {
    await write("half \uD800 and NUL \0");
    await sealAll();
    expect(await verifyLog(ORGANIZATION)).toMatchObject({ sealed: 1n, broken: null });
  });
});

describe("DB-12 verification names the first broken record", () => {
  let ids: string[];

  beforeEach(async () => {
    for (const name of ["one", "two", "three", "four", "five"]) await write(name);
    await sealAll();
    ids = await eventIds();
    expect((await verifyLog(ORGANIZATION)).broken).toBeNull();
  });

  test.each([
    "action = 'region.created'",
    "outcome = 'done'",
    "principal_id = 'someone else'",
    "target_name = 'x'",
    "ip = '203.0.113.1'",
    "at = at + interval '1 ms'",
    `changes = '{"a":[null,null]}'`,
    "changes = changes || '{\"c\":[1,2]}'",
    "request_id = 'req_2'",
  ])("when an event was changed: %s", async (change) => {
    await tamper(`UPDATE audit_events SET ${change} WHERE id = ANY ($1)`, [[ids[2], ids[4]]]);
    expect((await verifyLog(ORGANIZATION)).broken).toMatchObject({ kind: "changed", sequence: 3n, event_id: ids[2] });
  });

  test("when an event was deleted", async () => {
    await tamper("DELETE FROM audit_events WHERE id = $1", [ids[1]]);
    expect((await verifyLog(ORGANIZATION)).broken).toMatchObject({ kind: "deleted", sequence: 2n, event_id: ids[1] });
  });

  test("when an event and its seal were deleted from the middle", async () => {
    await tamper("DELETE FROM audit_events WHERE id = $1", [ids[1]]);
    await tamper("DELETE FROM audit_seals WHERE event_id = $1", [ids[1]]);
    expect((await verifyLog(ORGANIZATION)).broken).toMatchObject({ kind: "seal_deleted", sequence: 2n });
  });

  test("when the first event and its seal were deleted", async () => {
    await tamper("DELETE FROM audit_events WHERE id = $1", [ids[0]]);
    await tamper("DELETE FROM audit_seals WHERE event_id = $1", [ids[0]]);
    expect((await verifyLog(ORGANIZATION)).broken).toMatchObject({ kind: "seal_deleted", sequence: 1n });
  });

  test("when a seal was made anew for a changed event, at the next one", async () => {
    await tamper("UPDATE audit_seals SET hash = sha256(hash) WHERE sequence = 5");
    expect((await verifyLog(ORGANIZATION)).broken).toMatchObject({ kind: "changed", sequence: 5n });
  });

  const copyInto = `INSERT INTO audit_events SELECT (jsonb_populate_record(e, $2)).* FROM audit_events e WHERE id = $1`;
  const forged = () => ({ id: "evt_forged000000000000000000", at: new Date(Date.now() - 3_600_000) });

  test("when an event was put in among old ones", async () => {
    await tamper(copyInto, [ids[2], forged()]);
    await sealAll();
    expect((await verifyLog(ORGANIZATION)).broken).toMatchObject({ kind: "inserted", event_id: forged().id });
  });

  test("when an event was put in among new ones, before the sealer comes by and after", async () => {
    await tamper(copyInto, [ids[2], { id: forged().id }]);
    expect((await verifyLog(ORGANIZATION)).broken).toMatchObject({ kind: "inserted", event_id: forged().id });
    await sealAll();
    expect((await verifyLog(ORGANIZATION)).broken).toMatchObject({
      kind: "inserted",
      sequence: 6n,
      event_id: forged().id,
    });
  });

  test("when an old event was written again under the id of another, with a good chain after it", async () => {
    await tamper(copyInto, [ids[2], { id: `${ids[1]?.slice(0, -1)}${ids[1]?.endsWith("0") ? "1" : "0"}` }]);
    await sealAll();
    expect((await verifyLog(ORGANIZATION)).broken).toMatchObject({ kind: "inserted", sequence: 6n });
  });

  test("when the newest records were cut off, against a head that was kept elsewhere", async () => {
    const { sealed, head } = await verifyLog(ORGANIZATION);
    const expected = { sequence: sealed, hash: head };
    await tamper("DELETE FROM audit_events WHERE id = $1", [ids[4]]);
    await tamper("DELETE FROM audit_seals WHERE event_id = $1", [ids[4]]);
    expect((await verifyLog(ORGANIZATION)).broken).toBeNull();
    expect((await verifyLog(ORGANIZATION, expected)).broken).toMatchObject({ kind: "seal_deleted", sequence: 5n });
    await write("another fifth");
    await sealAll();
    expect((await verifyLog(ORGANIZATION, expected)).broken).toMatchObject({ kind: "seal_changed", sequence: 5n });
  });
});

test("DB-05 a change whose audit event cannot be written does not happen and is answered 503", async () => {
  const { owner } = await makeOrganization();
  const sabotage = "ALTER TABLE audit_events ADD CONSTRAINT nothing_more CHECK (action <> 'region.created') NOT VALID";
  await tamper(sabotage);
  try {
    const answer = await owner.client.post("/v4/account/regions", { name: "Never" });
    expect([answer.status, answer.body.code]).toEqual([503, "unavailable"]);
    expect(answer.headers.get("retry-after")).not.toBeNull();
    expect((await owner.client.get("/v4/account/regions")).body.data).toHaveLength(1);
  } finally {
    await tamper("ALTER TABLE audit_events DROP CONSTRAINT nothing_more");
  }
});
