import pg from "pg";
import { log } from "@/lib/log";
import { APP } from "@/lib/postgres/cluster";
import { withServerOptions } from "@/lib/postgres/connection-url";
import { migrate } from "@/lib/postgres/migrate";
import { ensureRuntimeRole, mayBecomeRuntimeRole } from "@/lib/postgres/runtime-role";

/**
 * Migrates the database at the owner's URL, by `migrateWith`, and returns the URL to serve with: `appUrl` if the
 * runtime role has a login of its own, else the owner's own login in the runtime role, else (where roles cannot be
 * managed) the owner's.
 */
export async function prepareDatabase(
  ownerUrl: string,
  appUrl?: string,
  migrateWith: (url: string) => Promise<string[]> = migrate,
): Promise<string> {
  const applied = await migrateWith(ownerUrl);
  if (applied.length > 0) log.info({ migrations: applied }, "the database was migrated");
  const client = new pg.Client({ connectionString: ownerUrl, connectionTimeoutMillis: 5_000 });
  client.on("error", () => undefined);
  await client.connect();
  try {
    const granted = await ensureRuntimeRole(client);
    if (granted && appUrl) return appUrl;
    const roleUrl = withServerOptions(ownerUrl, { role: APP });
    if (granted && (await mayBecomeRuntimeRole(client)) && (await connects(roleUrl))) return roleUrl;
  } finally {
    await client.end();
  }
  log.warn(
    `the database user may not manage the role ${APP}: the audit log is protected by triggers alone, ` +
      "which the database's owner could remove",
  );
  return ownerUrl;
}

/** A connection pooler may refuse start-up options. */
async function connects(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return true;
  } catch (error) {
    if (error instanceof pg.DatabaseError) return false;
    throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}
