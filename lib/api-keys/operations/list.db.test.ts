import { beforeAll, describe, expect, test, vi } from "vitest";
import { keyStatus } from "@/lib/api-keys/status";
import { getDb } from "@/lib/db";
import { truncateAll } from "@/lib/testing/database";
import { makeKey, makeOrganization, type TestOrganization } from "@/lib/testing/factories";

const KEYS = "/v4/account/api-keys";
type Listed = { id: string; name: string; status: string };

let organization: TestOrganization;
const list = async (query: string) => (await organization.owner.client.get(`${KEYS}?${query}`)).body;
const namesOf = (body: { data: Listed[] }) => body.data.map((key) => key.name);

const NAMES = ["alpha", "Beta", "gamma 100%", "delta_x", "DELTA y", "épsilon", "zeta\\", "o'eta"];

beforeAll(async () => {
  await truncateAll();
  organization = await makeOrganization();
  for (const [i, name] of NAMES.entries()) {
    const { id } = await makeKey(organization, { name, environment: i % 2 ? "preview" : "production" });
    // Two of each moment, so that a page can break between equals.
    await getDb().pool.query(
      "UPDATE api_keys SET created_at = to_timestamp($2), last_used_at = $3, expires_at = $4 WHERE id = $1",
      [
        id,
        1_795_000_000 + Math.floor(i / 2),
        i < 4 ? new Date(1_795_000_000_000 + i * 1000) : null,
        i % 3 === 0 ? new Date(Date.now() + (i + 1) * 86_400_000) : null,
      ],
    );
  }
});

describe("GET /v4/account/api-keys", () => {
  test.each([
    "created_at",
    "-created_at",
    "name",
    "-name",
    "expires_at",
    "-expires_at",
    "last_used_at",
    "-last_used_at",
  ])("pages of any size by %s show every key once, in the order of one large page", async (sort) => {
    const whole = await list(`sort=${sort}&limit=100`);
    expect(whole.data).toHaveLength(NAMES.length);
    expect(whole.next_cursor).toBeNull();
    for (const limit of [1, 3, 4]) {
      const paged: Listed[] = [];
      let cursor = "";
      for (let pages = 0; pages < 20; pages++) {
        const page = await list(`sort=${sort}&limit=${limit}${cursor}`);
        paged.push(...page.data);
        if (page.next_cursor === null) break;
        cursor = `&cursor=${page.next_cursor}`;
      }
      expect(paged.map((key) => key.id)).toEqual(whole.data.map((key: Listed) => key.id));
    }
  });

  test("a cursor stays good while keys are added", async () => {
    const first = await list("limit=3");
    const { id } = await makeKey(organization, { name: "added meanwhile" });
    const second = await list(`limit=100&cursor=${first.next_cursor}`);
    const seen = [...first.data, ...second.data].map((key: Listed) => key.name);
    expect(seen.sort()).toEqual([...NAMES].sort());
    await organization.owner.client.delete(`${KEYS}/${id}?purge=true`);
  });

  test("names sort without regard to case, keys that never expire after those that do", async () => {
    expect(namesOf(await list("sort=name")).slice(0, 4)).toEqual(["alpha", "Beta", "DELTA y", "delta_x"]);
    const expiring = (await list("sort=expires_at")).data.map(
      (key: { expires_at: number | null }) => key.expires_at === null,
    );
    expect(expiring).toEqual([...expiring].sort());
  });

  test("counts only when asked", async () => {
    expect((await list("limit=1")).total).toBeNull();
    expect((await list("limit=1&include_total=true")).total).toBe(NAMES.length);
    expect((await list("limit=1&include_total=true&search=delta")).total).toBe(2);
  });

  test.each([
    ["delta", ["DELTA y", "delta_x"]],
    ["%25", ["gamma 100%"]],
    ["a_x", ["delta_x"]],
    ["%5C", ["zeta\\"]],
    ["'", ["o'eta"]],
    ["É", ["épsilon"]],
    ["no such", []],
  ])("IV-14 search %s is part of the name, literally and in any case", async (search, expected) => {
    expect(namesOf(await list(`search=${search}&sort=name`))).toEqual(expected);
  });

  test("filters by environment and region, and refuses what it does not know", async () => {
    expect((await list("environment=preview")).data).toHaveLength(4);
    expect((await list(`region_id=${organization.regionId}`)).data).toHaveLength(NAMES.length);
    expect((await list("region_id=reg_elsewhere")).data).toEqual([]);
    for (const query of [
      "limit=0",
      "limit=101",
      "limit=1.5",
      "limit=abc",
      "sort=id",
      "status=on",
      "environment=dev",
      "account_id=org_x",
      "status[not]=x",
      "limit=1&limit=2",
      "include_total=1",
      "expires_within=7d",
      "unused_for=0",
    ]) {
      const { status, body } = await organization.owner.client.get(`${KEYS}?${query}`);
      expect([query, status, body.code]).toEqual([query, 422, "validation_failed"]);
    }
  });

  test("expires_within finds the active keys that end within that time, and no others", async () => {
    const day = 86_400;
    const moments: [string, number | null][] = [
      ["ending in 6 days", 6 * day],
      ["ending in 8 days", 8 * day],
      ["ended yesterday", -day],
      ["never ending", null],
    ];
    const ids: string[] = [];
    for (const [name, seconds] of moments) {
      const { id } = await makeKey(organization, { name });
      await getDb().pool.query("UPDATE api_keys SET expires_at = now() + make_interval(secs => $2) WHERE id = $1", [
        id,
        seconds,
      ]);
      ids.push(id);
    }
    const { id: disabled } = await makeKey(organization, { name: "ending but disabled" });
    await getDb().pool.query(
      "UPDATE api_keys SET expires_at = now() + interval '1 day', disabled_at = now() WHERE id = $1",
      [disabled],
    );
    const found = await list(`expires_within=${7 * day}&search=end&sort=name&include_total=true`);
    expect([namesOf(found), found.total]).toEqual([["ending in 6 days"], 1]);
    expect(namesOf(await list(`expires_within=${9 * day}&search=end&sort=name`))).toEqual([
      "ending in 6 days",
      "ending in 8 days",
    ]);
    expect(namesOf(await list(`expires_within=${7 * day}&search=end&status=expired,disabled`))).toEqual([]);
    for (const id of [...ids, disabled]) await organization.owner.client.delete(`${KEYS}/${id}?purge=true`);
  });

  test("unused_for finds what was last used before, and what was never used and is older", async () => {
    const days: [string, number, number | null][] = [
      ["idle: old and never used", 91, null],
      ["idle: used long ago", 200, 91],
      ["idle: used lately", 200, 89],
      ["idle: new and never used", 89, null],
    ];
    const ids: string[] = [];
    for (const [name, created, used] of days) {
      const { id } = await makeKey(organization, { name });
      await getDb().pool.query(
        "UPDATE api_keys SET created_at = now() - make_interval(days => $2), last_used_at = now() - make_interval(days => $3) WHERE id = $1",
        [id, created, used],
      );
      ids.push(id);
    }
    const found = await list(`unused_for=${90 * 86_400}&search=idle&sort=name&include_total=true`);
    expect([namesOf(found), found.total]).toEqual([["idle: old and never used", "idle: used long ago"], 2]);
    for (const id of ids) await organization.owner.client.delete(`${KEYS}/${id}?purge=true`);
  });

  test("created_by finds the keys that a member made", async () => {
    const { id } = await makeKey(organization, { name: "mine" });
    expect(namesOf(await list(`created_by=${organization.owner.id}&search=mine`))).toEqual(["mine"]);
    expect((await list("created_by=usr_000000000000000000000000")).data).toEqual([]);
    await organization.owner.client.delete(`${KEYS}/${id}?purge=true`);
  });

  test("PZ-19 a cursor that is forged, of another order or of another organization is 400", async () => {
    const { next_cursor } = await list("limit=1");
    const foreign = await makeOrganization();
    const attempts = [
      organization.owner.client.get(`${KEYS}?cursor=${next_cursor.slice(0, -2)}AA`),
      organization.owner.client.get(`${KEYS}?cursor=${Buffer.from('["2026-01-01","key_a"]').toString("base64url")}`),
      organization.owner.client.get(`${KEYS}?cursor=x`),
      organization.owner.client.get(`${KEYS}?cursor=`),
      organization.owner.client.get(`${KEYS}?cursor=${"a".repeat(1_001)}`),
      organization.owner.client.get(`${KEYS}?sort=name&cursor=${next_cursor}`),
      foreign.owner.client.get(`${KEYS}?cursor=${next_cursor}`),
    ];
    for (const answer of await Promise.all(attempts))
      expect([answer.status, answer.body.code]).toEqual([400, "invalid_cursor"]);
  });

  test("the status in SQL is the status of the record", async () => {
    const past = "now() - interval '1 second'";
    const states = [
      ["active", "NULL", "NULL", "NULL"],
      ["disabled", "NULL", "NULL", "now()"],
      ["expired", "NULL", past, "NULL"],
      ["expired", "NULL", past, "now()"],
      ["revoked", "now()", past, "now()"],
      ["revoked", "now()", "NULL", "NULL"],
    ] as const;
    const { id } = await makeKey(organization, { name: "of many states" });
    for (const [expected, revoked, expires, disabled] of states) {
      await getDb().pool.query(
        `UPDATE api_keys SET revoked_at = ${revoked}, expires_at = ${expires}, disabled_at = ${disabled} WHERE id = $1`,
        [id],
      );
      const { rows } = await getDb().pool.query(
        "SELECT revoked_at, expires_at, disabled_at, now() AS now FROM api_keys WHERE id = $1",
        [id],
      );
      expect(keyStatus(rows[0], rows[0].now)).toBe(expected);
      for (const status of ["active", "disabled", "expired", "revoked"]) {
        const found = (await list(`status=${status}&search=of many states`)).data;
        expect([expected, status, found.length]).toEqual([expected, status, status === expected ? 1 : 0]);
      }
    }
    await organization.owner.client.delete(`${KEYS}/${id}?purge=true`);
  });

  test("SH-01 PZ-26 no answer but the one to create or regenerate has a token or a digest", async () => {
    const { id, token } = await makeKey(organization, { name: "secret keeper" });
    const { client } = organization.owner;
    const answers = [
      await client.get(KEYS),
      await client.get(`${KEYS}/${id}`),
      await client.put(`${KEYS}/${id}`, { name: "secret keeper 2" }),
    ];
    for (const { body } of answers) {
      const text = JSON.stringify(body);
      expect(text).not.toContain(token.slice(8, 40));
      expect(text).not.toMatch(/digest|"token"/);
    }
    await client.delete(`${KEYS}/${id}?purge=true`);
  });

  test("a read takes one statement for the principal and one for the answer", async () => {
    const key = await makeKey(organization, { name: "counted" });
    await key.client.get(`${KEYS}/${key.id}`);
    const statements = vi.spyOn(getDb().pool, "query");
    expect((await key.client.get(`${KEYS}/${key.id}`)).status).toBe(200);
    expect(statements).toHaveBeenCalledTimes(2);
    statements.mockRestore();
    await organization.owner.client.delete(`${KEYS}/${key.id}?purge=true`);
  });

  test("a list is planned for its filters each time: a plan for all of them would walk every key of the organization", async () => {
    const { pool } = getDb();
    const filters = `environment=preview&created_by=usr_${"0".repeat(24)}`;
    const { client } = organization.owner;
    for (let i = 0; i < 8; i++) {
      const { status } = await client.get(`${KEYS}?limit=20&include_total=true&${filters}`);
      expect(status).toBe(200);
    }
    await client.get(`${KEYS}/key_${"0".repeat(24)}`);
    const connections = await Promise.all(Array.from({ length: pool.totalCount }, () => pool.connect()));
    try {
      const kept: string[] = [];
      for (const connection of connections) {
        const { rows } = await connection.query<{ statement: string }>(
          "SELECT statement FROM pg_prepared_statements WHERE statement ~ 'FROM api_keys k\\s+WHERE'",
        );
        kept.push(...rows.map(({ statement }) => statement));
      }
      expect(kept.filter((statement) => statement.includes("k.id ="))).not.toEqual([]);
      expect(kept.filter((statement) => statement.includes("created_by_id ="))).toEqual([]);
    } finally {
      for (const connection of connections) connection.release();
    }
  });
});
