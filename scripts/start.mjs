// `npm start`: everything from a clean clone to a running Latchkey. Quick when nothing changed: no other program runs.
import path from "node:path";
import { pathToFileURL } from "node:url";
import { ensureBuilt, ensureInstalled, requireNode } from "./steps.mjs";

requireNode();
process.chdir(path.dirname(import.meta.dirname));
process.env.NODE_ENV = "production";
process.env.NEXT_TELEMETRY_DISABLED = "1";

await ensureInstalled({ withTools: false });
await ensureBuilt();
await import(pathToFileURL(path.resolve("dist/server.mjs")).href);
