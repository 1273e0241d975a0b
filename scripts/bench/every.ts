import { type Bed, type Served, serve, serveAlso, WITHOUT_CACHE } from "@/scripts/bench/bed";
import type { MadeKey } from "@/scripts/bench/make-keys";
import type { Subject } from "@/scripts/bench/measure";
import { startPeer } from "@/scripts/bench/start-peer";
import {
  authorizeRequests,
  createRequests,
  getRequests,
  listRequests,
  makeCallers,
  regenerateRequests,
  subjectOf,
  verifyRequests,
} from "@/scripts/bench/subjects";

/** Every operation on one database, and a bare server beside them that shows what the machine itself does meanwhile. */
export type Every = {
  served: Served;
  /** What leaves these keys as they are. */
  reads(keys: MadeKey[]): Promise<Subject[]>;
  /** What makes keys, and takes these keys' tokens away. */
  changes(keys: MadeKey[]): Promise<Subject[]>;
  stop(): Promise<void>;
};

export async function startEvery(bed: Bed): Promise<Every> {
  const served = await serve(bed);
  const uncached = await serveAlso(served, { env: WITHOUT_CACHE });
  const callers = await makeCallers(served);
  const bare = await startPeer(JSON.stringify({ valid: true, code: "VALID", key: null }));
  return {
    served,
    async reads(keys) {
      const tokens = keys.map(({ token }) => token);
      const ids = keys.map(({ id }) => id);
      const verify = verifyRequests(callers, tokens);
      return [
        await subjectOf("verify", served.instance, verify),
        await subjectOf("verify, no cache", uncached, verify),
        await subjectOf("authorize", served.instance, authorizeRequests(tokens)),
        await subjectOf("get by id", served.instance, getRequests(callers, ids)),
        await subjectOf("list, 20 a page", served.instance, listRequests(callers)),
        { name: "bare node:http, POST", url: bare.url, pid: bare.pid, requests: verify },
      ];
    },
    async changes(keys) {
      const ids = keys.map(({ id }) => id);
      return [
        await subjectOf("create", served.instance, createRequests(callers)),
        await subjectOf("regenerate", served.instance, regenerateRequests(callers, ids)),
      ];
    },
    async stop() {
      await bare.stop();
      await uncached.stop();
      await served.instance.stop();
    },
  };
}
