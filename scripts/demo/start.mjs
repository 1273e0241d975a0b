// `npm run demo`: builds what is missing, then runs a throw-away instance with a believable organization.
import path from "node:path";
import { ensureBuilt, ensureInstalled, requireNode } from "../steps.mjs";

requireNode();
process.chdir(path.resolve(import.meta.dirname, "../.."));
process.env.NODE_ENV = "production";
process.env.NEXT_TELEMETRY_DISABLED = "1";
// It brings its own database and settings; an operator's must not be touched by it.
for (const name of Object.keys(process.env))
  if (/^(LATCHKEY_|DATABASE_URL$|HOST$)/.test(name)) delete process.env[name];

await ensureInstalled({ withTools: false });
await ensureBuilt();
process.argv = [process.argv[0], process.argv[1], "scripts/demo/main.ts"];
await import("../run.mjs");
