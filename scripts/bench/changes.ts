import { type Bed, serve } from "@/scripts/bench/bed";
import { interleaved, KEYS, type Sample } from "@/scripts/bench/measure";
import { postWith } from "@/scripts/bench/request";
import { startBetterAuth } from "@/scripts/bench/start-peer";
import { createRequests, makeCallers, makeChecked, regenerateRequests, subjectOf } from "@/scripts/bench/subjects";

/** Create and regenerate, audited and durable, against better-auth's create. */
export async function benchChanges(bed: Bed): Promise<Sample[]> {
  const served = await serve(bed);
  const peer = await startBetterAuth(await bed.newDatabase(), "database");
  try {
    const callers = await makeCallers(served);
    // Keys that a manager may regenerate: one that it can do more than.
    const ids = (await makeChecked(served)).map(({ id }) => id);
    const create = Array.from({ length: KEYS }, (_, i) => postWith(null, "/create", { name: `Made ${i}` }));
    const subjects = [
      await subjectOf("create", served.instance, createRequests(callers)),
      await subjectOf("regenerate", served.instance, regenerateRequests(callers, ids)),
      { name: "better-auth create, database", url: peer.url, pid: peer.pid, requests: create },
    ];
    return await interleaved(subjects, { postgres: bed.postgres });
  } finally {
    await peer.stop();
    await served.instance.stop();
  }
}
