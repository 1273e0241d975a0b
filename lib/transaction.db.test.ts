import pg from "pg";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { getDb, type Tx } from "@/lib/db";
import { truncateAll } from "@/lib/testing/database";
import { inTransaction } from "@/lib/transaction";

beforeEach(truncateAll);
afterEach(() => vi.restoreAllMocks());

const insert = (tx: Tx, name: string) => tx.$executeRaw`
  INSERT INTO sign_in_throttles (subject, failures, blocked_until, updated_at) VALUES (${name}, 1, now(), now())`;
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
        tx.withCommit(insert(tx, "c"));
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
      tx.withCommit(insert(tx, "b"));
      tx.withCommit(insert(tx, "a").catch(() => Promise.reject(new Error("twice"))));
      tx.withCommit(insert(tx, "c"));
    });
    await expect(failed).rejects.toThrow("twice");
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
