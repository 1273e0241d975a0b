import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

/**
 * Starts the built server on a free port with an empty database, for the whole run. The tests find its address in
 * LATCHKEY_E2E_URL and the one-time set-up link in LATCHKEY_E2E_SETUP_URL.
 */
export default async function startServer(): Promise<() => Promise<void>> {
  const directory = await mkdtemp(path.join(tmpdir(), "latchkey-e2e-"));
  // As root, PostgreSQL runs as another user, who must be able to pass.
  await chmod(directory, 0o711);
  const port = await freePort();
  const child = spawn(process.execPath, ["dist/server.mjs"], {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      ...process.env,
      NODE_ENV: "production",
      PORT: String(port),
      LATCHKEY_DATA_DIR: directory,
      LOG_LEVEL: "warn",
    },
  });
  const output = await outputUntilSetupLink(child);
  process.env.LATCHKEY_E2E_URL = `http://127.0.0.1:${port}`;
  process.env.LATCHKEY_E2E_SETUP_URL = /https?:\/\/\S+\/setup\S+/.exec(output)?.[0] ?? "";
  return async () => {
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    await exited;
    await rm(directory, { recursive: true, force: true });
  };
}

async function outputUntilSetupLink(child: ChildProcess): Promise<string> {
  let output = "";
  await new Promise<void>((resolve, reject) => {
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (output.includes("/setup?")) resolve();
    });
    child.once("exit", () =>
      reject(new Error(`The server ended before it was ready. Build it with npm run build.\n${output}`)),
    );
  });
  return output;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (!address || typeof address === "string") throw new Error("No free port on 127.0.0.1.");
  return address.port;
}
