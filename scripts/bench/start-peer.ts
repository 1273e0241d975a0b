import { spawn } from "node:child_process";
import { once } from "node:events";

export type Peer = { url: string; pid: number; stop: () => Promise<void> };

/** Starts what Latchkey is compared with: with a database, it reads one of `ids` for each request. */
export async function startPeer(body: string, database?: { url: string; ids: string[] }): Promise<Peer> {
  const env = {
    ...process.env,
    PEER_BODY: body,
    ...(database ? { PEER_DATABASE_URL: database.url, PEER_IDS: database.ids.join(",") } : {}),
  };
  const args = ["scripts/run.mjs", "scripts/bench/peer.ts"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"], env });
  const [output] = await once(child.stdout, "data");
  const port = /port (\d+)/.exec(String(output))?.[1];
  const stop = async () => {
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    await exited;
  };
  return { url: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, stop };
}
