import pg from "pg";
import { type Bed, serve } from "@/scripts/bench/bed";
import { percentile } from "@/scripts/bench/measure";

export const PAGE_KEYS = Number(process.env.BENCH_PAGE_KEYS ?? 100_000);
const TIMES = 60;

export type PageTime = { name: string; p50: number; p95: number };

/** Fills the organization up to 100,000 keys, in all states, as rows: making them through the API would take minutes. */
async function fillWithKeys(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(
    `INSERT INTO api_keys (id, organization_id, environment, region_id, name, permissions, all_subaccounts,
       allowed_subaccounts, allowed_ips, expires_at, disabled_at, revoked_at, token_preview, created_by_type,
       created_by_id, created_by_name, created_at, updated_at, last_used_at)
     SELECT 'key_' || substr(md5(i::text), 1, 24), r.organization_id, 'production', r.id, 'Service ' || md5(i::text) || ' ' || i,
       '{residential:read,serp_api:read}', true, '{}', '{}',
       CASE WHEN i % 3 = 0 THEN now() + (i || ' minutes')::interval END,
       CASE WHEN i % 17 = 0 THEN now() END, CASE WHEN i % 5 = 0 THEN now() END, 'lk_prod_0000…0000', 'user', 'usr_bench', 'Bench',
       now() - (i || ' seconds')::interval, now(), CASE WHEN i % 2 = 0 THEN now() - (i || ' seconds')::interval END
     FROM generate_series(1, $1) AS i, (SELECT id, organization_id FROM regions LIMIT 1) AS r`,
    [PAGE_KEYS],
  );
  await client.query("ANALYZE api_keys");
  await client.end();
}

/** The API Keys page, as the server renders it for a member, in each order, by search, and a deep page. */
export async function benchPages(bed: Bed): Promise<PageTime[]> {
  const { instance, databaseUrl, cookie } = await serve(bed);
  try {
    await fillWithKeys(databaseUrl);
    return await timePages(instance.url, cookie);
  } finally {
    await instance.stop();
  }
}

async function timePages(url: string, cookie: string): Promise<PageTime[]> {
  const views: [string, string][] = [
    ["first page, newest first", ""],
    ["by name", "?sort=name"],
    ["by expiry", "?sort=expires_at"],
    ["by last use, latest first", "?sort=-last_used_at"],
    ["search that finds one", "?search=99999"],
    ["search that finds all", "?search=service&sort=name"],
    ["search that finds nothing", "?search=zzzzzz"],
    ["production, every status", "?status=all&environment=production"],
    ["revoked", "?status=revoked"],
    ["page 1,000 (50 rows each)", `?cursor=${await cursorAfter(url, cookie, 1_000)}`],
  ];
  const times: PageTime[] = [];
  for (const [name, query] of views) {
    const taken: number[] = [];
    for (let i = 0; i < TIMES; i++) taken.push(await timeOf(`${url}/api-keys${query}`, cookie));
    const [p50, p95] = [percentile(taken, 0.5), percentile(taken, 0.95)];
    times.push({ name, p50, p95 });
    console.log(`page  ${name.padEnd(28)} p50 ${p50.toFixed(0)} ms  p95 ${p95.toFixed(0)} ms`);
  }
  return times;
}

async function timeOf(address: string, cookie: string): Promise<number> {
  const started = performance.now();
  const answer = await fetch(address, { headers: { cookie } });
  await answer.text();
  if (answer.status !== 200) throw new Error(`${address} answered ${answer.status}`);
  return performance.now() - started;
}

/** The cursor after so many pages of 50, walked in steps of 100. */
async function cursorAfter(url: string, cookie: string, pages: number): Promise<string> {
  let cursor = "";
  for (let i = 0; i < pages / 2; i++) {
    const answer = await fetch(`${url}/v4/account/api-keys?status=active&limit=100${cursor && `&cursor=${cursor}`}`, {
      headers: { cookie },
    });
    const { next_cursor } = (await answer.json()) as { next_cursor: string | null };
    if (next_cursor === null) break;
    cursor = next_cursor;
  }
  return cursor;
}
