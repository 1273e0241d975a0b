import pg from "pg";
import { APP, OWNER, type Passwords } from "@/lib/postgres/cluster";

const SETUP_LOCK = 7_346_103;

/**
 * The embedded server's two login roles and its database: an owner that migrates, and the role that serves, which
 * may only do what it was granted. `client` is the superuser's.
 */
export async function ensureDatabase(client: pg.Client, passwords: Passwords): Promise<void> {
  if (await hasDatabase(client)) return;
  await client.query("SELECT pg_advisory_lock($1)", [SETUP_LOCK]);
  try {
    if (await hasDatabase(client)) return;
    await ensureLogin(client, OWNER, passwords.owner);
    await ensureLogin(client, APP, passwords.app);
    // Last, since its presence says that the rest is there.
    await client.query(`CREATE DATABASE latchkey OWNER ${OWNER}`);
  } finally {
    await client.query("SELECT pg_advisory_unlock($1)", [SETUP_LOCK]);
  }
}

async function hasDatabase(client: pg.Client): Promise<boolean> {
  return (await client.query("SELECT FROM pg_database WHERE datname = 'latchkey'")).rowCount === 1;
}

async function ensureLogin(client: pg.Client, role: string, password: string): Promise<void> {
  const exists = (await client.query("SELECT FROM pg_roles WHERE rolname = $1", [role])).rowCount === 1;
  if (!exists) await client.query(`CREATE ROLE ${role} LOGIN PASSWORD ${pg.escapeLiteral(password)}`);
}
