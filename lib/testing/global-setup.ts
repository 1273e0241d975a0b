import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { withDatabase } from "@/lib/postgres/connection-url";
import { type EmbeddedServer, startEmbedded } from "@/lib/postgres/embedded";
import { prepareDatabase } from "@/lib/postgres/prepare";

declare module "vitest" {
  interface ProvidedContext {
    /** The database `latchkey_template`, migrated and empty, as superuser, owner and runtime role. */
    template: { superuserUrl: string; ownerUrl: string; appUrl: string };
  }
}

export const TEMPLATE = "latchkey_template";

/** One real server for the whole run, and one migrated database that every worker clones. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(path.join(tmpdir(), "latchkey-test-"));
  // As root, the server runs as another user, who must be able to pass.
  await chmod(directory, 0o711);
  const server = await startEmbedded(directory, {
    durable: false,
    settings: { fsync: "off", synchronous_commit: "off", full_page_writes: "off", max_connections: "120" },
  });
  const template = await makeTemplate(server);
  project.provide("template", template);
  return async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  };
}

async function makeTemplate(server: EmbeddedServer) {
  const client = new pg.Client({ connectionString: server.superuserUrl });
  await client.connect();
  await client.query(`CREATE DATABASE ${TEMPLATE} OWNER latchkey_owner`);
  await client.end();
  const ownerUrl = withDatabase(server.ownerUrl, TEMPLATE);
  const appUrl = await withoutLeftTimers(() => prepareDatabase(ownerUrl, withDatabase(server.appUrl, TEMPLATE)));
  return { superuserUrl: withDatabase(server.superuserUrl, TEMPLATE), ownerUrl, appUrl };
}

/** The schema engine leaves the ten-second timer of its lock behind, for which vitest would wait at the end. */
async function withoutLeftTimers<T>(run: () => Promise<T>): Promise<T> {
  const original = globalThis.setTimeout;
  Object.assign(globalThis, { setTimeout: (handler: () => void, ms: number) => original(handler, ms).unref() });
  try {
    return await run();
  } finally {
    globalThis.setTimeout = original;
  }
}
