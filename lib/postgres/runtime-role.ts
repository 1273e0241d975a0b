import pg from "pg";
import { APP } from "@/lib/postgres/cluster";

/** Rows in these are written once: the runtime role may read and insert. */
const APPEND_ONLY = ["audit_events", "audit_seals"];
const GRANT_LOCK = 5_268_432;

/**
 * Grants the runtime role what serving needs and no more: no schema changes, and of the audit tables only SELECT and
 * INSERT. Creates the role where that is allowed. Nothing is written when all is in place.
 * @returns false where roles cannot be managed: then the append-only triggers alone protect the audit log.
 */
export async function ensureRuntimeRole(client: pg.Client): Promise<boolean> {
  if ((await hasRole(client)) && (await isGranted(client))) return true;
  try {
    if (!(await hasRole(client))) await client.query(`CREATE ROLE ${APP} NOLOGIN`);
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock($1)", [GRANT_LOCK]);
    await client.query(GRANTS);
    await client.query("COMMIT");
    return true;
  } catch (error) {
    await client.query("ROLLBACK");
    const created = error instanceof pg.DatabaseError && (error.code === "42710" || error.code === "23505");
    if (created) return ensureRuntimeRole(client);
    if (error instanceof pg.DatabaseError && error.code === "42501") return false;
    throw error;
  }
}

/** Lets the current user take the runtime role with `SET ROLE`; false where that may not be granted. */
export async function mayBecomeRuntimeRole(client: pg.Client): Promise<boolean> {
  try {
    await client.query(`GRANT ${APP} TO CURRENT_USER`);
    await client.query("BEGIN");
    await client.query(`SET LOCAL ROLE ${APP}`);
    return true;
  } catch (error) {
    if (error instanceof pg.DatabaseError) return false;
    throw error;
  } finally {
    await client.query("ROLLBACK");
  }
}

const GRANTS = `
  GRANT USAGE ON SCHEMA public TO ${APP};
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${APP};
  GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO ${APP};
  REVOKE UPDATE, DELETE, TRUNCATE ON ${APPEND_ONLY.join(", ")} FROM ${APP};
  REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON _prisma_migrations FROM ${APP};
  ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${APP};
  ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO ${APP};
`;

async function hasRole(client: pg.Client): Promise<boolean> {
  return (await client.query("SELECT FROM pg_roles WHERE rolname = $1", [APP])).rowCount === 1;
}

async function isGranted(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT count(*) FILTER (WHERE NOT has_table_privilege($1, oid, 'SELECT')) = 0
        AND count(*) FILTER (WHERE NOT has_table_privilege($1, oid, 'INSERT') AND relname <> '_prisma_migrations') = 0
        AND count(*) FILTER (WHERE has_table_privilege($1, oid, 'UPDATE, DELETE, TRUNCATE') AND relname = ANY ($2)) = 0
        AS granted
       FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')`,
    [APP, APPEND_ONLY],
  );
  return rows[0]?.granted === true;
}
