import pg from "pg";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { AuditEntry } from "@/lib/audit/entry";
import { recordAllDone } from "@/lib/audit/repository";
import { getDb, sql, type Tx } from "@/lib/db";
import { asSuperuser, truncateAll } from "@/lib/testing/database";
import { inTransaction } from "@/lib/transaction";

beforeEach(truncateAll);
afterEach(() => vi.restoreAllMocks());

const insertion = (name: string) => sql`
  INSERT INTO sign_in_throttles (subject, failures, blocked_until, updated_at) VALUES (${name}, 1, now(), now())`;
const insert = (tx: Tx, name: string) => tx.$executeRaw(insertion(name));
const UNWRITABLE = new Date(Number.NaN);
const stored = async () =>
  (await getDb().pool.query("SELECT subject FROM sign_in_throttles ORDER BY subject")).rows.map(
    ({ subject }) => subject,
  );

/** How often `work` waits for the database. */
async function tripsOf(work: () => Promise<unknown>): Promise<number> {
  const queries = vi.spyOn(pg.Client.prototype, "query");
  await work();
  const count = queries.mock.calls.length;
  queries.mockRestore();
  return count;
}

describe("statements of a transaction", () => {
  test("that are asked for together travel together, with BEGIN; what nobody waits for, with COMMIT", async () => {
    const work = () =>
      inTransaction(async (tx) => {
        await Promise.all([insert(tx, "a"), insert(tx, "b")]);
        tx.withCommit(insertion("c"));
      });
    expect(await tripsOf(work)).toBe(2);
    expect(await stored()).toEqual(["a", "b", "c"]);
  });

  test("that are waited for are on their way one by one", async () => {
    const work = () =>
      inTransaction(async (tx) => {
        expect(await insert(tx, "a")).toBe(1);
        expect(await tx.$queryRaw`SELECT subject FROM sign_in_throttles`).toEqual([{ subject: "a" }]);
      });
    expect(await tripsOf(work)).toBe(3);
  });

  test("are none when there is nothing to do", async () => {
    expect(await tripsOf(() => inTransaction(() => Promise.resolve(1)))).toBe(0);
  });
});

describe("a transaction is undone", () => {
  test("when its work throws, and the next one on the connection begins anew", async () => {
    for (let i = 0; i < 12; i++) {
      const refused = inTransaction(async (tx) => {
        await insert(tx, "a");
        throw new Error("no");
      });
      await expect(refused).rejects.toThrow("no");
    }
    await inTransaction((tx) => insert(tx, "b"));
    expect(await stored()).toEqual(["b"]);
  });

  test("when its work throws before anything was sent", async () => {
    const refused = inTransaction(async (tx) => {
      insert(tx, "a").catch(() => {});
      throw new Error("no");
    });
    await expect(refused).rejects.toThrow("no");
    expect(await stored()).toEqual([]);
  });

  test("when what travels with COMMIT fails, and that failure is the one that is told", async () => {
    const failed = inTransaction(async (tx) => {
      await insert(tx, "a");
      tx.withCommit(insertion("b"), () => new Error("not this one"));
      tx.withCommit(insertion("a"), () => new Error("twice"));
      tx.withCommit(insertion("c"), () => new Error("nor this one"));
    });
    await expect(failed).rejects.toThrow("twice");
    expect(await stored()).toEqual([]);
  });

  test("when what travels with COMMIT cannot be written down, before COMMIT travels", async () => {
    const failed = inTransaction(async (tx) => {
      await insert(tx, "a");
      tx.withCommit(insertion("b"));
      tx.withCommit(sql`UPDATE sign_in_throttles SET updated_at = ${UNWRITABLE}`);
    });
    await expect(failed).rejects.toThrow(RangeError);
    expect(await stored()).toEqual([]);
  });

  test("when its audit event cannot be made: no event, no change", async () => {
    const who = {
      organizationId: "org",
      principal: { type: "system" as const, id: "", name: "" },
      ip: null,
      requestId: "",
    };
    const changes = { counted: [0n, 1n] as [unknown, unknown] };
    const entry: AuditEntry = { action: "region.updated", target: { type: "region", id: "", name: "" }, changes };
    const failed = inTransaction(async (tx) => {
      await insert(tx, "a");
      tx.withCommit(insertion("b"));
      recordAllDone(tx, [{ who, entries: [entry] }]);
    });
    await expect(failed).rejects.toThrow("BigInt");
    expect(await stored()).toEqual([]);
  });

  test("when what has begun it could not be sent, even if its work makes nothing of that", async () => {
    const failed = inTransaction(async (tx) => {
      await tx.$queryRaw`SELECT ${UNWRITABLE}::timestamptz`.catch(() => {});
      await insert(tx, "a").catch(() => {});
    });
    await expect(failed).rejects.toThrow("had failed");
    expect(await stored()).toEqual([]);
  });

  test("when what was on its way without COMMIT fails: COMMIT is not sent any more", async () => {
    const texts = vi.spyOn(pg.Client.prototype, "query");
    const failed = inTransaction(async (tx) => {
      await insert(tx, "a");
      tx.withCommit(insertion("a"), () => new Error("twice"));
      await new Promise((resolve) => setImmediate(resolve));
      tx.withCommit(insertion("b"));
    });
    await expect(failed).rejects.toThrow("twice");
    const sent = texts.mock.calls.flatMap(
      ([trip]) => (trip as unknown as { statements: { text: string }[] }).statements,
    );
    expect(sent.map(({ text }) => text.trim().split(" ")[0])).toEqual(["BEGIN", "INSERT", "INSERT", "ROLLBACK"]);
    expect(await stored()).toEqual([]);
  });

  test("when a statement has failed, even if its work makes nothing of it", async () => {
    const failed = inTransaction(async (tx) => {
      await insert(tx, "a");
      await insert(tx, "a").catch(() => {});
    });
    await expect(failed).rejects.toThrow("had failed");
    expect(await stored()).toEqual([]);
  });

  test("when it takes too long", async () => {
    const slow = inTransaction(async (tx) => {
      await insert(tx, "a");
      vi.spyOn(performance, "now").mockReturnValue(performance.now() + 11_000);
      await insert(tx, "b");
    });
    await expect(slow).rejects.toMatchObject({ code: "unavailable" });
    expect(await stored()).toEqual([]);
  });

  test("when it took too long, even if it would have had time again", async () => {
    const slow = inTransaction(async (tx) => {
      const now = vi.spyOn(performance, "now").mockReturnValue(performance.now() + 11_000);
      await insert(tx, "a").catch(() => {});
      now.mockRestore();
    });
    await expect(slow).rejects.toThrow("had failed");
  });
});

test("a value that nobody can read is the failure of who asked for it, and only of them", async () => {
  const MONEY = 790;
  const known = pg.types.getTypeParser(MONEY);
  pg.types.setTypeParser(MONEY, () => {
    throw new Error("unreadable");
  });
  try {
    const asked = inTransaction(async (tx) => {
      await insert(tx, "a");
      await tx.$queryRaw`SELECT 1::money`;
    });
    await expect(asked).rejects.toThrow("unreadable");
    await inTransaction(async (tx) => {
      tx.withCommit(sql`${insertion("b")} RETURNING 1::money`);
    });
  } finally {
    pg.types.setTypeParser(MONEY, known);
  }
  expect(await stored()).toEqual(["b"]);
});

test("a statement whose table has changed since it was prepared is prepared anew", async () => {
  const change = (type: string) =>
    asSuperuser((db) => db.query(`ALTER TABLE sign_in_throttles ALTER COLUMN failures TYPE ${type}`));
  const read = () => inTransaction((tx) => tx.$queryRaw`SELECT failures FROM sign_in_throttles`);
  await inTransaction((tx) => insert(tx, "a"));
  expect(await read()).toEqual([{ failures: 1 }]);
  await change("bigint");
  try {
    expect(await read()).toEqual([{ failures: "1" }]);
  } finally {
    await change("int");
  }
});

test("statements that the server has forgotten are prepared anew", async () => {
  await inTransaction((tx) => insert(tx, "a"));
  const { pool } = getDb();
  const clients = await Promise.all(Array.from({ length: pool.idleCount }, () => pool.connect()));
  for (const client of clients) await client.query("DEALLOCATE ALL");
  for (const client of clients) client.release();
  await inTransaction((tx) => insert(tx, "b"));
  expect(await stored()).toEqual(["a", "b"]);
});

test("nothing can be asked of a transaction that is over", async () => {
  let kept: Tx | undefined;
  await inTransaction(async (tx) => {
    kept = tx;
    await insert(tx, "a");
  });
  await expect(kept && insert(kept, "b")).rejects.toThrow("over");
  expect(await stored()).toEqual(["a"]);
});

test("a connection that is lost in the middle is not used again", async () => {
  const lost = inTransaction(async (tx) => {
    await insert(tx, "a");
    await tx.$queryRaw`SELECT pg_terminate_backend(pg_backend_pid())`;
  });
  await expect(lost).rejects.toThrow();
  for (let i = 0; i < 12; i++) await inTransaction((tx) => tx.$queryRaw`SELECT 1`);
  expect(await stored()).toEqual([]);
});
