import { log } from "@/lib/log";
import { onceAMinute } from "@/lib/once-a-minute";
import { type CountStore, counterName, keptSeconds } from "@/lib/rate-limits/store";

const PATIENCE_MS = 2_000;

/** Counts in a Redis or Valkey, in one round trip an exchange. It connects at the first one, and again by itself. */
export function redisStore(url: string): CountStore {
  let opening: ReturnType<typeof open> | null = null;

  return {
    async add(additions) {
      opening ??= open(url);
      const { client, connected } = await opening;
      if (!client.isReady) await withinPatience(connected);
      const commands = client.multi().time();
      for (const addition of additions) {
        const [counter, before] = [keyOf(addition, addition.period), keyOf(addition, addition.period - 1)];
        commands.incrBy(counter, addition.count).expire(counter, keptSeconds(addition)).get(before);
      }
      const [time, ...answers] = (await whenAnswered(commands.exec())) as unknown[];
      const totals = additions.map((addition, i) => ({
        ...addition,
        count: Number(answers[3 * i]),
        previous: Number(answers[3 * i + 2] ?? 0),
      }));
      return { totals, now: secondsOf(time) };
    },
    async close() {
      if (opening) (await opening).client.destroy();
    },
  };
}

/** The client, which is loaded here because most instances have no Redis, and its first attempt to connect. */
async function open(url: string) {
  const { createClient } = await import("@redis/client");
  const client = createClient({
    url,
    // What cannot be told now waits in the limiter, which adds it up, rather than here.
    disableOfflineQueue: true,
    socket: {
      connectTimeout: PATIENCE_MS,
      reconnectStrategy: (retries) => Math.min(5_000, 100 * 2 ** Math.min(retries, 10)),
    },
  });
  client.on("error", (error: Error) => {
    if (onceAMinute("redis")) log.warn({ reason: error.message }, "Redis cannot be reached");
  });
  return { client, connected: client.connect().catch(() => undefined) };
}

const keyOf = (addition: Parameters<typeof counterName>[0], period: number): string =>
  `latchkey:limit:${counterName(addition)}:${period}`;

/** TIME: seconds and microseconds. */
function secondsOf(time: unknown): number {
  const [seconds, micros] = time as [string, string];
  return Number(seconds) + Number(micros) / 1e6;
}

/**
 * However late: what was sent is carried out by a Redis that hangs when it goes on, and sending it again would count it
 * again. It rejects when the connection is closed.
 */
async function whenAnswered<T>(answer: Promise<T>): Promise<T> {
  const late = setTimeout(() => {
    if (onceAMinute("redis")) log.warn("Redis does not answer; this instance counts by itself until it does");
  }, PATIENCE_MS).unref();
  try {
    return await answer;
  } finally {
    clearTimeout(late);
  }
}

async function withinPatience<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Redis was not reached within ${PATIENCE_MS} ms.`)), PATIENCE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
