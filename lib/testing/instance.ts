import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

export type Instance = {
  url: string;
  /** The one-time set-up link, or null when the environment names the owner. */
  setupUrl: string | null;
  pid: number;
  /** Its exit code, once it has ended; null where a signal ended it. */
  ended: Promise<number | null>;
  stop: () => Promise<void>;
};

/** `detached`: in a process group of its own, as a service manager starts it. */
type Options = { args?: string[]; env?: Record<string, string>; detached?: boolean };

/** The production build as a process of its own, on a free port unless `PORT` names one, with an empty database that goes when it stops. */
export async function startInstance({ args = [], env = {}, detached = false }: Options = {}): Promise<Instance> {
  const directory = await mkdtemp(path.join(tmpdir(), "latchkey-instance-"));
  // As root, PostgreSQL runs as another user, who must be able to pass.
  await chmod(directory, 0o711);
  const port = env.PORT ?? (await freePort());
  const settings: NodeJS.ProcessEnv = {
    ...process.env,
    NODE_ENV: "production" as const,
    PORT: String(port),
    LATCHKEY_DATA_DIR: directory,
    LOG_LEVEL: "warn",
    ...env,
  };
  const child = spawn(process.execPath, ["dist/server.mjs", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: settings,
    detached,
  });
  const ended = once(child, "exit").then(([code]) => code);
  const expected = env.LATCHKEY_OWNER_EMAIL ? "serves at" : "/setup?";
  const output = await outputUntil(child, expected);
  const stop = async () => {
    // Ctrl-C reaches the server too: it may have stopped already.
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGTERM");
      await ended;
    }
    await rm(directory, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  await untilReady(url);
  return {
    url,
    setupUrl: /https?:\/\/\S+\/setup\S+/.exec(output)?.[0] ?? null,
    pid: child.pid ?? 0,
    ended,
    stop,
  };
}

/** On a busy machine the database may be reached a moment after the first page is served. */
async function untilReady(url: string): Promise<void> {
  for (let i = 0; i < 300; i++) {
    const ready = await fetch(`${url}/readyz`).catch(() => null);
    await ready?.text();
    if (ready?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`${url} did not become ready within a minute.`);
}

async function outputUntil(child: ChildProcess, expected: string): Promise<string> {
  let output = "";
  await new Promise<void>((resolve, reject) => {
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (output.includes(expected)) resolve();
    });
    child.once("exit", () =>
      reject(new Error(`The server ended before it was ready. Build it with npm run build.\n${output}`)),
    );
  });
  return output;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (!address || typeof address === "string") throw new Error("No free port on 127.0.0.1.");
  return address.port;
}

export const OWNER = { email: "ada@example.com", password: "four unrelated wooden spoons", organization: "Acme" };
/** The environment of an instance that comes with its owner and with API keys set up. */
export const OWNER_ENV = {
  LATCHKEY_OWNER_EMAIL: OWNER.email,
  LATCHKEY_OWNER_PASSWORD: OWNER.password,
  LATCHKEY_ORGANIZATION: OWNER.organization,
};

/** Signs in the way a browser does, and returns the cookie header of the session. */
export async function signInOverHttp(url: string, { email, password } = OWNER): Promise<string> {
  const csrf = await fetch(`${url}/api/auth/csrf`);
  const { csrfToken } = (await csrf.json()) as { csrfToken: string };
  const cookies = csrf.headers.getSetCookie().map((cookie) => cookie.split(";")[0]);
  const answer = await fetch(`${url}/api/auth/callback/credentials`, {
    method: "POST",
    redirect: "manual",
    headers: { "content-type": "application/x-www-form-urlencoded", cookie: cookies.join("; ") },
    body: new URLSearchParams({ csrfToken, email, password, json: "true" }),
  });
  const session = answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0] ?? "")
    .find((cookie) => cookie.includes("latchkey.session="));
  if (!session) throw new Error(`Not signed in: ${answer.status} ${await answer.text()}`);
  return session;
}
