import { once } from "node:events";
import { createServer } from "node:http";
import type autocannon from "autocannon";
import type { Instance } from "@/lib/testing/instance";
import { interleaved, type Sample } from "@/scripts/bench/measure";

// More keys than connections, so that no key meets its own rate limit of 6,000 a minute.
const KEYS = 512;

/** `GET /v4/account/api-keys/{id}` with a token: through the fast lane, through Next, and a bare server with the same bytes. */
export async function benchReads(
  fast: Instance,
  next: Instance,
  cookie: string,
): Promise<(Sample & { name: string })[]> {
  const requests = await makeReads(fast, cookie);
  const [first] = requests;
  const headers = first?.headers as Record<string, string>;
  const body = await (await fetch(`${fast.url}${first?.path}`, { headers })).text();
  const bare = createServer((_request, response) => {
    const length = Buffer.byteLength(body);
    response.writeHead(200, { "content-type": "application/json", "content-length": length }).end(body);
  });
  bare.listen(0, "127.0.0.1");
  await once(bare, "listening");
  const address = bare.address();
  const bareUrl = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  try {
    return await interleaved([
      { name: "Latchkey, fast lane", url: fast.url, requests, pid: fast.pid },
      { name: "Latchkey, Next mount", url: next.url, requests, pid: next.pid },
      { name: "bare node:http, same JSON", url: bareUrl, requests: [{ path: "/" }], pid: process.pid },
    ]);
  } finally {
    bare.close();
  }
}

async function makeReads({ url }: Instance, cookie: string): Promise<autocannon.Request[]> {
  const headers = { cookie, origin: url, "content-type": "application/json" };
  const requests: autocannon.Request[] = [];
  for (let i = 0; i < KEYS; i++) {
    const body = JSON.stringify({
      name: `Bench ${i}`,
      permissions: ["account:apikeys:read"],
      allowed_ips: ["127.0.0.0/8"],
    });
    const answer = await fetch(`${url}/v4/account/api-keys`, { method: "POST", headers, body });
    if (answer.status !== 201) throw new Error(`No key was made: ${answer.status} ${await answer.text()}`);
    const { id, token } = (await answer.json()) as { id: string; token: string };
    requests.push({ method: "GET", path: `/v4/account/api-keys/${id}`, headers: { authorization: `Bearer ${token}` } });
  }
  return requests;
}
