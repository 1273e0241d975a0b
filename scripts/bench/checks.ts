import { type Bed, serve, serveAlso, WITHOUT_CACHE } from "@/scripts/bench/bed";
import { interleaved, KEYS, type Sample, type Subject } from "@/scripts/bench/measure";
import { postWith, tryOne } from "@/scripts/bench/request";
import { type Peer, startBetterAuth, startPeer } from "@/scripts/bench/start-peer";
import { authorizeRequests, makeCallers, makeChecked, subjectOf, verifyRequests } from "@/scripts/bench/subjects";

/**
 * `POST /v4/verify` and `GET /v4/authorize` from the cache and without it, against a bare server with the same bytes,
 * one that reads one row by its primary key, prepared, for each request, and better-auth.
 */
export async function benchChecks(bed: Bed): Promise<Sample[]> {
  const served = await serve(bed);
  const uncached = await serveAlso(served, { env: WITHOUT_CACHE });
  const peers: Peer[] = [];
  try {
    const callers = await makeCallers(served);
    const keys = await makeChecked(served);
    const tokens = keys.map(({ token }) => token);
    const verify = verifyRequests(callers, tokens);
    const authorize = authorizeRequests(tokens);
    const [first] = verify;
    const body = first ? await tryOne(served.instance.url, first) : "";
    const select = await startPeer(body, { url: served.databaseUrl, ids: keys.map(({ id }) => id) });
    peers.push(select);
    const bare = await startPeer(body);
    peers.push(bare);
    const others: Subject[] = [];
    for (const storage of ["database", "memory"] as const) {
      const peer = await startBetterAuth(await bed.newDatabase(), storage);
      peers.push(peer);
      others.push(await betterAuthVerify(peer, storage));
    }
    const subjects = [
      await subjectOf("verify", served.instance, verify),
      await subjectOf("verify, no cache", uncached, verify),
      await subjectOf("authorize", served.instance, authorize),
      await subjectOf("authorize, no cache", uncached, authorize),
      { name: "node:http, one prepared SELECT", url: select.url, pid: select.pid, requests: verify },
      { name: "bare node:http, POST", url: bare.url, pid: bare.pid, requests: verify },
      ...others,
    ];
    return await interleaved(subjects, { postgres: bed.postgres });
  } finally {
    for (const peer of peers) await peer.stop();
    await uncached.stop();
    await served.instance.stop();
  }
}

async function betterAuthVerify({ url, pid }: Peer, storage: "database" | "memory"): Promise<Subject> {
  const requests = [];
  for (let i = 0; i < KEYS; i++) {
    const made = await tryOne(url, postWith(null, "/create", { name: `Bench ${i}` }));
    const { key } = JSON.parse(made) as { key: string };
    requests.push(postWith(null, "/verify", { key }));
  }
  const [first] = requests;
  const answer = first ? await tryOne(url, first) : "";
  if (!answer.includes('"valid":true')) throw new Error(`better-auth: ${answer}`);
  return { name: `better-auth verify, ${storage}`, url, pid, requests };
}
