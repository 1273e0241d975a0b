import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { databaseFault } from "@/lib/database-errors";
import { sendTogether } from "@/lib/postgres/round-trip";
import { endSilentConnections } from "@/lib/postgres/silence";
import { type DatabaseProxy, startDatabaseProxy } from "@/lib/testing/database-proxy";

const SILENCE_MS = 300;

let proxy: DatabaseProxy;
let pool: pg.Pool;

beforeEach(async () => {
  proxy = await startDatabaseProxy(process.env.DATABASE_URL ?? "");
  pool = new pg.Pool({ connectionString: proxy.url, max: 3 });
  pool.on("error", () => undefined);
  endSilentConnections(pool, SILENCE_MS);
});
afterEach(async () => {
  await pool.end();
  await proxy.close();
});

const fill = () => Promise.all([1, 2, 3].map(() => pool.query("SELECT pg_sleep(0.05)")));

test("a query whose connection falls silent fails as a database that is away, and idle siblings go with it", async () => {
  await fill();
  expect(pool.totalCount).toBe(3);
  proxy.fault = { kind: "silent" };
  const failure = await pool.query("SELECT 1").catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "ETIMEDOUT" });
  expect(databaseFault(failure)).toBe("unavailable");
  proxy.fault = { kind: "none" };
  expect((await pool.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
  expect(pool.totalCount).toBe(1);
});

test("one that falls silent in a transaction is not handed on", async () => {
  const client = await pool.connect();
  client.on("error", () => undefined);
  await client.query("BEGIN");
  proxy.fault = { kind: "silent" };
  await expect(client.query("COMMIT")).rejects.toMatchObject({ code: "ETIMEDOUT" });
  client.release();
  proxy.fault = { kind: "none" };
  const { rows } = await pool.query("SELECT now() = statement_timestamp() AS on_its_own");
  expect(rows).toEqual([{ on_its_own: true }]);
});

test("several statements that each wait, in one round trip, are no silence", async () => {
  await fill();
  const client = await pool.connect();
  const slow = { text: `SELECT pg_sleep(${(SILENCE_MS * 0.5) / 1000})`, name: "slow", values: [] };
  const { outcomes, failure } = await sendTogether(client, [slow, slow, slow]);
  client.release();
  expect(failure).toBeNull();
  expect(outcomes).toHaveLength(3);
  expect(pool.idleCount).toBe(3);
});

test("an idle connection may be silent for as long as it likes, and a slow answer is no silence", async () => {
  await fill();
  await new Promise((resolve) => setTimeout(resolve, SILENCE_MS * 2));
  expect(pool.idleCount).toBe(3);
  const client = await pool.connect();
  for (let i = 0; i < 3; i++) await client.query(`SELECT pg_sleep(${(SILENCE_MS * 0.5) / 1000})`);
  client.release();
  expect(pool.idleCount).toBe(3);
});
