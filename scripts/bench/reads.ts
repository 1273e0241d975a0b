import { type Bed, serve, serveAlso } from "@/scripts/bench/bed";
import { interleaved, type Sample } from "@/scripts/bench/measure";
import { tryOne } from "@/scripts/bench/request";
import { startPeer } from "@/scripts/bench/start-peer";
import { getRequests, listRequests, makeCallers, makeChecked, subjectOf } from "@/scripts/bench/subjects";

/** One key by id and a page of twenty, with a token: the fast lane, the same through Next, and a bare server. */
export async function benchReads(bed: Bed): Promise<Sample[]> {
  const served = await serve(bed);
  const next = await serveAlso(served, { args: ["--no-fast-lane"] });
  try {
    const callers = await makeCallers(served);
    const ids = (await makeChecked(served)).map(({ id }) => id);
    const get = await subjectOf("get by id", served.instance, getRequests(callers, ids));
    const [first] = get.requests;
    const bare = await startPeer(first ? await tryOne(get.url, first) : "");
    const subjects = [
      get,
      await subjectOf("get by id, Next mount", next, get.requests),
      await subjectOf("list, 20 a page", served.instance, listRequests(callers)),
      { name: "bare node:http, GET", url: bare.url, pid: bare.pid, requests: get.requests },
    ];
    return await interleaved(subjects, { postgres: bed.postgres }).finally(bare.stop);
  } finally {
    await next.stop();
    await served.instance.stop();
  }
}
