import { createHash } from "node:crypto";
import { expect, test } from "@playwright/test";
import { type SharedDatabase, sharedDatabase } from "@/e2e/shared-database";
import { asMember } from "@/e2e/traffic";
import { type Instance, OWNER_ENV, signInOverHttp } from "@/lib/testing/instance";

// Two instances, each a process of the production build, on one PostgreSQL. One imports; what does the other know?

const IMPORT = "/v4/account/api-keys/import";
const KEYS = "/v4/account/api-keys";
/** The promise is two seconds; the rest is for a busy machine. */
const SEEN_WITHIN_MS = 3_000;

let database: SharedDatabase;
let importing: Instance;
let other: Instance;
let cookie = "";

test.beforeAll(async () => {
  test.setTimeout(120_000);
  database = await sharedDatabase();
  importing = await database.start(OWNER_ENV);
  other = await database.start(OWNER_ENV);
  cookie = await signInOverHttp(importing.url);
});
test.afterAll(async () => {
  await other?.stop();
  await importing?.stop();
  await database?.stop();
});

test("the first import of all is seen by the other instance within two seconds, the next ones at once", async () => {
  const [first, second] = ["acme_live_first_7Hq2", "acme_live_second_7Hq2"];
  // So that the other has looked, and has nothing imported in its memory.
  expect(await statusAt(other, first)).toBe(401);
  const id = await imported(first);
  const started = Date.now();
  expect(await statusAt(importing, first)).toBe(200);
  while ((await statusAt(other, first)) !== 200 && Date.now() - started < 10_000) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(await statusAt(other, first)).toBe(200);
  expect(Date.now() - started).toBeLessThan(SEEN_WITHIN_MS);

  await imported(second);
  expect(await statusAt(other, second)).toBe(200);
  expect((await asMember(importing, cookie, "DELETE", `${KEYS}/${id}`)).status).toBe(204);
  expect(await statusAt(other, first)).toBe(401);
});

async function imported(token: string): Promise<string> {
  const hex = createHash("sha256").update(token).digest("hex");
  const key = {
    name: "Imported",
    permissions: ["residential:read"],
    digest: { algorithm: "sha256", hex },
    prefix: "acme_live_",
  };
  const { status, body } = await asMember(importing, cookie, "POST", IMPORT, { keys: [key] });
  expect([status, body.imported]).toEqual([200, 1]);
  return body.results[0].id;
}

async function statusAt({ url }: Instance, token: string): Promise<number> {
  const answer = await fetch(`${url}/v4/authorize`, { headers: { authorization: `Bearer ${token}` } });
  await answer.arrayBuffer();
  return answer.status;
}
