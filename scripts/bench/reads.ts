import type autocannon from "autocannon";
import type { Instance } from "@/lib/testing/instance";
import { makeKeys } from "@/scripts/bench/make-keys";
import { interleaved, type Sample } from "@/scripts/bench/measure";
import { startPeer } from "@/scripts/bench/start-peer";

// More keys than connections, so that no key meets its own rate limit of 6,000 a minute.
const KEYS = 512;

/** `GET /v4/account/api-keys/{id}` with a token: through the fast lane, through Next, and a bare server with the same bytes. */
export async function benchReads(
  fast: Instance,
  next: Instance,
  cookie: string,
): Promise<(Sample & { name: string })[]> {
  const keys = await makeKeys(fast, cookie, KEYS, {
    permissions: ["account:apikeys:read"],
    allowed_ips: ["127.0.0.0/8"],
  });
  const requests: autocannon.Request[] = keys.map(({ id, token }) => ({
    method: "GET",
    path: `/v4/account/api-keys/${id}`,
    headers: { authorization: `Bearer ${token}` },
  }));
  const [first] = requests;
  const headers = first?.headers as Record<string, string>;
  const bare = await startPeer(await (await fetch(`${fast.url}${first?.path}`, { headers })).text());
  try {
    return await interleaved([
      { name: "Latchkey, fast lane", url: fast.url, requests, pid: fast.pid },
      { name: "Latchkey, Next mount", url: next.url, requests, pid: next.pid },
      { name: "bare node:http, same JSON", url: bare.url, requests: [{ path: "/" }], pid: bare.pid },
    ]);
  } finally {
    await bare.stop();
  }
}
