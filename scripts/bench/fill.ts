import pg from "pg";
import { digestToken, generateToken, tokenPreview } from "@/lib/api-keys/token";
import { closeDb } from "@/lib/db";
import { newId, type OrganizationId } from "@/lib/ids";
import { currentSigningKey } from "@/lib/organizations/signing-keys";
import { inTransaction } from "@/lib/transaction";
import type { MadeKey } from "@/scripts/bench/make-keys";
import { CHECKED } from "@/scripts/bench/subjects";

const BATCH = 10_000;

/** Keys as rows, with tokens that work: making a million through the API would take an hour. */
export type Filler = { upTo(count: number): Promise<void>; keys: MadeKey[] };

export async function startFilling(databaseUrl: string): Promise<Filler> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ id: string; organization_id: string }>(
    "SELECT id, organization_id FROM regions ORDER BY is_default DESC LIMIT 1",
  );
  await client.end();
  const [region] = rows;
  if (!region) throw new Error("The organization has no region.");
  const signingKey = await signingKeyOf(databaseUrl, region.organization_id as OrganizationId);
  const keys: MadeKey[] = [];
  return {
    keys,
    async upTo(count) {
      const started = performance.now();
      const filling = new pg.Client({ connectionString: databaseUrl });
      await filling.connect();
      // Adding to the index for searches takes longer than all the rest.
      const { rows } = await filling.query<{ definition: string }>(
        `SELECT pg_get_indexdef(to_regclass('api_keys_name_search_idx')) AS definition`,
      );
      await filling.query("DROP INDEX IF EXISTS api_keys_name_search_idx");
      while (keys.length < count) {
        const made = Array.from({ length: Math.min(BATCH, count - keys.length) }, () => ({
          id: newId("key"),
          token: generateToken("production"),
        }));
        await insert(filling, region, made, signingKey);
        keys.push(...made);
      }
      const [search] = rows;
      // Without the extension for it there is none.
      if (search?.definition) await filling.query(search.definition);
      await filling.query("VACUUM (ANALYZE) api_keys, token_digests");
      await filling.end();
      console.log(`${count.toLocaleString("en")} keys after ${((performance.now() - started) / 1000).toFixed(1)} s`);
    },
  };
}

/** So many of them, from the first to the last, evenly. */
export function spread(keys: MadeKey[], count: number): MadeKey[] {
  const step = Math.max(1, keys.length / count);
  return Array.from({ length: Math.min(count, keys.length) }, (_, i) => keys[Math.floor(i * step)] as MadeKey);
}

type SigningKey = { version: number; secret: Buffer };

async function signingKeyOf(databaseUrl: string, organizationId: OrganizationId): Promise<SigningKey> {
  process.env.DATABASE_URL = databaseUrl;
  try {
    return await inTransaction((tx) => currentSigningKey(tx, organizationId));
  } finally {
    await closeDb();
    delete process.env.DATABASE_URL;
  }
}

async function insert(
  client: pg.Client,
  region: { id: string; organization_id: string },
  made: MadeKey[],
  { version, secret }: SigningKey,
): Promise<void> {
  const ids = made.map(({ id }) => id);
  const previews = made.map(({ token }) => tokenPreview(token));
  const digests = made.map(({ token }) => digestToken(token, secret));
  await client.query("BEGIN");
  // One transaction is one moment: without the steps, a million rows would share their place in the list's order.
  await client.query(
    `INSERT INTO api_keys (id, organization_id, environment, region_id, name, permissions, scopes, all_subaccounts,
       allowed_subaccounts, allowed_ips, token_preview, created_by_type, created_by_id, created_by_name, created_at, updated_at)
     SELECT id, $1, 'production', $2, 'Service ' || id, $3, $4, true, '{}', $5, preview, 'user', 'usr_bench', 'Bench',
       now() - (n || ' ms')::interval, now()
     FROM unnest($6::text[], $7::text[]) WITH ORDINALITY AS made (id, preview, n)`,
    [
      region.organization_id,
      region.id,
      CHECKED.permissions,
      JSON.stringify(CHECKED.scopes),
      CHECKED.allowed_ips,
      ids,
      previews,
    ],
  );
  await client.query(
    `INSERT INTO token_digests (digest, api_key_id, organization_id, signing_key_version, token_preview)
     SELECT digest, id, $1, $2, preview FROM unnest($3::bytea[], $4::text[], $5::text[]) AS made (digest, id, preview)`,
    [region.organization_id, version, digests, ids, previews],
  );
  await client.query("COMMIT");
}
