import pg from "pg";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { getDb } from "@/lib/db";
import { type Statement, sendTogether } from "@/lib/postgres/round-trip";

let client: pg.PoolClient;
beforeEach(async () => {
  client = await getDb().pool.connect();
});
afterEach(() => client.release(true));

let made = 0;
const statement = (text: string, ...values: unknown[]): Statement => ({ text, values, name: `test_${++made}` });
/** Throws what ended the trip. */
async function send(...statements: Statement[]) {
  const { outcomes, failure } = await sendTogether(client, statements);
  if (failure !== null) throw failure;
  return outcomes;
}
const rowsOf = async (...statements: Statement[]) => (await send(...statements)).map(({ rows }) => rows());

describe("statements in one round trip", () => {
  test("run in their order, each with its rows, its count and its command", async () => {
    const outcomes = await send(
      statement("CREATE TEMPORARY TABLE t (n int)"),
      statement("INSERT INTO t SELECT generate_series(1, 3)"),
      statement("UPDATE t SET n = n + 1 WHERE n > $1", 1),
      statement("SELECT n FROM t ORDER BY n"),
    );
    expect(outcomes.map(({ command, count }) => [command, count])).toEqual([
      ["CREATE", 0],
      ["INSERT", 3],
      ["UPDATE", 2],
      ["SELECT", 3],
    ]);
    expect(outcomes.at(-1)?.rows()).toEqual([{ n: 1 }, { n: 3 }, { n: 4 }]);
  });

  test("stop at the first that fails, and what was done before it in the same trip is undone", async () => {
    await send(statement("CREATE TEMPORARY TABLE t (n int PRIMARY KEY)"));
    const insertion = statement("INSERT INTO t VALUES ($1)", 1);
    const trip = await sendTogether(client, [insertion, insertion, { ...insertion, values: [2] }]);
    expect(trip.failure).toMatchObject({ code: "23505" });
    expect(trip.outcomes).toHaveLength(1);
    expect(await rowsOf(statement("SELECT n FROM t"))).toEqual([[]]);
  });

  test("see what a statement before them had to wait for", async () => {
    const other = await getDb().pool.connect();
    await other.query("SELECT pg_advisory_lock(77)");
    const waiting = rowsOf(
      statement("BEGIN"),
      statement("SELECT pg_advisory_xact_lock_shared(77)"),
      statement("SELECT count(*)::int AS n FROM setup_tokens"),
      statement("COMMIT"),
    );
    await other.query("INSERT INTO setup_tokens (token_digest, expires_at) VALUES ('seen', now())");
    await other.query("SELECT pg_advisory_unlock(77)");
    expect((await waiting)[2]).toEqual([{ n: 1 }]);
    await other.query("DELETE FROM setup_tokens");
    other.release();
  });
});

describe("a prepared statement", () => {
  test("gives the same rows each time, twice in one trip too", async () => {
    const once = statement("SELECT $1::int AS n, 'x' AS text", 1);
    const again = { ...once, values: [2] };
    const [a, b] = [
      { n: 1, text: "x" },
      { n: 2, text: "x" },
    ];
    expect(await rowsOf(once, again)).toEqual([[a], [b]]);
    expect(await rowsOf(again, once)).toEqual([[b], [a]]);
  });

  test.each([
    ["when it failed as it was run", "SELECT 1 / $1::int AS n", 0, 1],
    ["when it failed as it was read", "SELECT n FROM soon WHERE n = $1", 1, 1],
  ])("works later %s the first time", async (_, text, wrong, right) => {
    const failing = statement(text, wrong);
    await expect(send(failing)).rejects.toThrow();
    await send(statement("CREATE TEMPORARY TABLE soon AS SELECT 1 AS n"));
    expect(await rowsOf({ ...failing, values: [right] })).toEqual([[{ n: 1 }]]);
  });

  test("works later when the trip ended before it", async () => {
    const never = statement("SELECT 7 AS n");
    await expect(send(statement("SELECT 1 / 0"), never)).rejects.toThrow();
    expect(await rowsOf(never)).toEqual([[{ n: 7 }]]);
  });

  test("is known to another bundle's copy of this module", async () => {
    const shared = statement("SELECT 5 AS n");
    await send(shared);
    vi.resetModules();
    const other = await import("@/lib/postgres/round-trip");
    expect(other.sendTogether).not.toBe(sendTogether);
    expect((await other.sendTogether(client, [shared])).failure).toBeNull();
  });

  test("needs no name", async () => {
    const unnamed = (text: string): Statement => ({ text, name: "", values: [] });
    expect(await rowsOf(unnamed("SELECT 1 AS a"), unnamed("SELECT 2 AS b"))).toEqual([[{ a: 1 }], [{ b: 2 }]]);
  });
});

describe("values", () => {
  const at = new Date("2026-02-03T04:05:06.789Z");
  const strange = ["plain", "", "NULL", 'a "quote", a \\ and {braces}', "żółw"];
  test.each([
    ["text", "text", 'a "quote" and a \\', 'a "quote" and a \\'],
    ["a number", "int", 42, 42],
    ["a switch", "boolean", true, true],
    ["nothing", "text", null, null],
    ["what is left out", "text", undefined, null],
    ["a moment", "timestamptz", at, at],
    ["bytes", "bytea", new Uint8Array([0, 1, 255]), Buffer.from([0, 1, 255])],
    ["a big number", "int8", 2n ** 60n, String(2n ** 60n)],
    ["texts", "text[]", strange, strange],
    ["no texts", "text[]", [], []],
    ["moments and nothings", "timestamptz[]", [at, null], [at, null]],
    ["lists of bytes", "bytea[]", [new Uint8Array([1, 2])], [Buffer.from([1, 2])]],
    ["an object", "jsonb", { a: [1, null] }, { a: [1, null] }],
  ])("%s comes back as it was sent", async (_, type, sent, expected) => {
    expect(await rowsOf(statement(`SELECT $1::${type} AS value`, sent))).toEqual([[{ value: expected }]]);
  });

  test("one that cannot be written is refused before anything is sent", async () => {
    const wrong = send(statement("SELECT 1"), statement("SELECT $1::timestamptz", new Date(Number.NaN)));
    await expect(wrong).rejects.toThrow(RangeError);
    expect(await rowsOf(statement("SELECT 1 AS n"))).toEqual([[{ n: 1 }]]);
  });
});

test("a value that cannot be read is known to who reads it: its statement was done, and those after it", async () => {
  const MONEY = 790;
  const known = pg.types.getTypeParser(MONEY);
  pg.types.setTypeParser(MONEY, () => {
    throw new Error("unreadable");
  });
  try {
    const [, unreadable, next] = await send(
      statement("SELECT 1 AS n"),
      statement("SELECT 1::money"),
      statement("SELECT 2 AS n"),
    );
    expect(unreadable).toMatchObject({ count: 1, command: "SELECT" });
    expect(() => unreadable?.rows()).toThrow("unreadable");
    expect(next?.rows()).toEqual([{ n: 2 }]);
  } finally {
    pg.types.setTypeParser(MONEY, known);
  }
});

test("a connection that is lost rejects what is under way and what comes after", async () => {
  client.on("error", () => {});
  await expect(send(statement("SELECT pg_terminate_backend(pg_backend_pid())"))).rejects.toThrow();
  await expect(send(statement("SELECT 1"))).rejects.toThrow();
});
