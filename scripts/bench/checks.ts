import type autocannon from "autocannon";
import type { Instance } from "@/lib/testing/instance";
import { makeKeys } from "@/scripts/bench/make-keys";
import { interleaved, type Sample } from "@/scripts/bench/measure";
import { startPeer } from "@/scripts/bench/start-peer";

const KEYS = 512;
const RESOURCE = "PLACE/Site/42/THING/Battery/7";
const REQUIREMENTS = { permissions: ["residential:read"], action: "read", resource: RESOURCE, ip: "203.0.113.9" };

/**
 * `POST /v4/verify` and `GET /v4/authorize` with 512 different keys, against a bare server with the same bytes and
 * against one that reads one row by its primary key, prepared, for each request.
 */
export async function benchChecks(
  instance: Instance,
  cookie: string,
  databaseUrl: string,
): Promise<(Sample & { name: string })[]> {
  const [verifier] = await makeKeys(instance, cookie, 1, { permissions: ["account:apikeys:verify"] });
  const keys = await makeKeys(instance, cookie, KEYS, {
    permissions: ["residential:read"],
    scopes: [{ action: "read", resource: "PLACE/Site/42/*" }],
    allowed_ips: ["203.0.113.0/24", "127.0.0.0/8"],
  });
  const headers = { authorization: `Bearer ${verifier?.token}`, "content-type": "application/json" };
  const verify = keys.map(({ token }) => ({
    method: "POST" as const,
    path: "/v4/verify",
    headers,
    body: JSON.stringify({ token, ...REQUIREMENTS }),
  }));
  const authorize: autocannon.Request[] = keys.map(({ token }) => ({
    method: "GET",
    path: `/v4/authorize?permission=residential:read&action=read&resource=${RESOURCE}`,
    headers: { authorization: `Bearer ${token}` },
  }));
  const answer = await fetch(`${instance.url}/v4/verify`, { method: "POST", headers, body: verify[0]?.body ?? "" });
  const body = await answer.text();
  if (!body.includes('"VALID"')) throw new Error(`Not valid: ${body}`);

  const select = await startPeer(body, { url: databaseUrl, ids: keys.map(({ id }) => id) });
  const bare = await startPeer(body);
  try {
    return await interleaved([
      { name: "verify", url: instance.url, requests: verify, pid: instance.pid },
      { name: "authorize", url: instance.url, requests: authorize, pid: instance.pid },
      { name: "node:http, one prepared SELECT", url: select.url, requests: [{ path: "/" }], pid: select.pid },
      { name: "bare node:http, same JSON", url: bare.url, requests: [{ path: "/" }], pid: bare.pid },
    ]);
  } finally {
    await Promise.all([select.stop(), bare.stop()]);
  }
}
