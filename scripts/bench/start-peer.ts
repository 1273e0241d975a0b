import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";

export type Peer = { url: string; pid: number; stop: () => Promise<void> };

/** Starts what Latchkey is compared with: with a database, it reads one of `ids` for each request. */
export const startPeer = (body: string, database?: { url: string; ids: string[] }): Promise<Peer> =>
  startProgram("scripts/bench/peer.ts", {
    PEER_BODY: body,
    ...(database ? { PEER_DATABASE_URL: database.url, PEER_IDS: database.ids.join(",") } : {}),
  });

/** Starts better-auth on a database of its own. */
export const startBetterAuth = (databaseUrl: string, storage: "database" | "memory"): Promise<Peer> =>
  startProgram("scripts/bench/better-auth.ts", { PEER_DATABASE_URL: databaseUrl, PEER_STORAGE: storage });

/** The program alone in its process, built before, so that its memory and time are its own. */
async function startProgram(source: string, settings: Record<string, string>): Promise<Peer> {
  const outfile = path.resolve("dist", `${path.basename(source, ".ts")}.${randomBytes(4).toString("hex")}.mjs`);
  const format = { bundle: true, platform: "node", target: "node20", format: "esm", packages: "external" } as const;
  await build({ entryPoints: [source], outfile, ...format });
  const env = { ...process.env, NODE_ENV: "production" as const, ...settings };
  const child = spawn(process.execPath, [outfile], { stdio: ["ignore", "pipe", "inherit"], env });
  const exited = once(child, "exit");
  const ended = exited.then(() => Promise.reject(new Error(`${source} ended before it was ready.`)));
  const [output] = (await Promise.race([once(child.stdout, "data"), ended])) as [Buffer];
  ended.catch(() => {});
  const port = /port (\d+)/.exec(String(output))?.[1];
  const stop = async () => {
    child.kill("SIGTERM");
    await exited;
    await rm(outfile, { force: true });
  };
  return { url: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, stop };
}
