import { existsSync, readFileSync, statSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startEmbedded } from "@/lib/postgres/embedded";
import { withClient } from "@/lib/testing/database";

const options = { durable: false, settings: { fsync: "off" } };
let directory = "";
const file = (name: string) => path.join(directory, "postgres", name);
const postmasterId = () => Number(readFileSync(file("data/postmaster.pid"), "utf8").split("\n")[0]);

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "latchkey-embedded-"));
  await chmod(directory, 0o711);
});
afterAll(() => rm(directory, { recursive: true }));

test("two starts at the same moment share one server, and only the last to stop ends it", async () => {
  const [first, second] = await Promise.all([startEmbedded(directory, options), startEmbedded(directory, options)]);
  await first.stop();
  await withClient(second.ownerUrl, (client) => client.query("SELECT 1"));
  await second.stop();
  expect(existsSync(file("data/postmaster.pid"))).toBe(false);
});

test("it listens on no network, and its passwords are for the owner of the process alone", async () => {
  const server = await startEmbedded(directory, options);
  const { rows } = await withClient(server.superuserUrl, (client) => client.query("SHOW listen_addresses"));
  expect(rows).toEqual([{ listen_addresses: "" }]);
  expect(statSync(file("passwords.json")).mode & 0o777).toBe(0o600);
  expect(statSync(file("socket")).mode & 0o777).toBe(0o700);
  const wrong = new URL(server.appUrl);
  wrong.password = "guess";
  await expect(withClient(wrong.toString(), (client) => client.query("SELECT 1"))).rejects.toThrow("password");
  await server.stop();
});

test("a server that is killed is started again under the process that uses it", async () => {
  const server = await startEmbedded(directory, options);
  const before = postmasterId();
  process.kill(before, "SIGKILL");
  const deadline = Date.now() + 15_000;
  while (Date.now() < deadline) {
    const answer = await withClient(server.appUrl, (client) => client.query("SELECT 1")).catch(() => null);
    if (answer && postmasterId() !== before) break;
    await sleep(50);
  }
  expect(postmasterId()).not.toBe(before);
  await server.stop();
  expect(existsSync(file("data/postmaster.pid"))).toBe(false);
});

test("it is started again however long a process of the killed server keeps its memory", async () => {
  const server = await startEmbedded(directory, options);
  const before = postmasterId();
  const busy = new pg.Client({ connectionString: server.appUrl });
  busy.on("error", () => undefined);
  await busy.connect();
  // A process that computes does not notice the death of its postmaster, which keeps a new one from starting.
  const computing = busy.query("SELECT count(*) FROM generate_series(1, 60000000)").catch(() => undefined);
  await sleep(200);
  process.kill(before, "SIGKILL");
  await computing;
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline) {
    const answer = await withClient(server.appUrl, (client) => client.query("SELECT 1")).catch(() => null);
    if (answer && postmasterId() !== before) break;
    await sleep(50);
  }
  expect(postmasterId()).not.toBe(before);
  await server.stop();
});

test("what a crash of everything leaves behind is recovered at the next start", async () => {
  const crashed = await startEmbedded(directory, options);
  await withClient(crashed.ownerUrl, (client) => client.query("CREATE TABLE kept AS SELECT 1 AS id"));
  // The hold of a process that is gone: its connection ends without a word.
  const { rows } = await withClient(crashed.superuserUrl, (client) =>
    client.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'latchkey-hold'"),
  );
  expect(rows).toHaveLength(1);
  process.kill(postmasterId(), "SIGKILL");
  const next = await startEmbedded(directory, options);
  await withClient(next.ownerUrl, async (client) => {
    expect((await client.query("SELECT id FROM kept")).rows).toEqual([{ id: 1 }]);
  });
  await crashed.stop();
  await next.stop();
});

test("the two roles differ: one owns, one serves", async () => {
  const server = await startEmbedded(directory, options);
  await expect(withClient(server.appUrl, (client) => client.query("CREATE TABLE x (id int)"))).rejects.toBeInstanceOf(
    pg.DatabaseError,
  );
  await withClient(server.ownerUrl, (client) => client.query("CREATE TABLE x (id int)"));
  await server.stop();
});
