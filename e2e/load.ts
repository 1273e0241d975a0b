import { Agent, request } from "node:http";

export type Asked = { method: string; path: string; headers?: Record<string, string>; body?: unknown };
export type Answered = { status: number; body: string };

/** `answered` says what is wrong with an answer, or null. */
export type Client = { ask: () => Asked; answered: (answer: Answered) => string | null };

export type Load = {
  /** What went wrong, in words. */
  failures: string[];
  /** Answers so far. */
  count: () => number;
  /** True once every client was refused a connection. */
  isRefused: () => boolean;
  stop: () => Promise<void>;
};

/** Clients that ask again as soon as they are answered, on kept connections. One that is refused a connection ends. */
export function startLoad(port: number, clients: Client[], { refusalIsFailure = false } = {}): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: clients.length });
  const failures: string[] = [];
  let count = 0;
  let refused = 0;
  let stopped = false;
  const run = async ({ ask, answered }: Client) => {
    while (!stopped) {
      const asked = ask();
      try {
        const problem = answered(await exchange(agent, port, asked));
        count++;
        if (problem !== null) failures.push(`${asked.method} ${asked.path}: ${problem}`);
      } catch (error) {
        const isRefusal = error instanceof Error && "code" in error && error.code === "ECONNREFUSED";
        if (!isRefusal || refusalIsFailure) failures.push(`${asked.method} ${asked.path}: ${String(error)}`);
        if (!isRefusal) continue;
        refused++;
        return;
      }
    }
  };
  const running = Promise.all(clients.map(run));
  return {
    failures,
    count: () => count,
    isRefused: () => refused === clients.length,
    async stop() {
      stopped = true;
      await running;
      agent.destroy();
    },
  };
}

function exchange(agent: Agent, port: number, { method, path, headers, body }: Asked): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? "" : JSON.stringify(body);
    const sent = { ...headers, "content-type": "application/json", "content-length": String(Buffer.byteLength(text)) };
    const outgoing = request({ agent, host: "127.0.0.1", port, method, path, headers: sent }, (answer) => {
      let received = "";
      answer.setEncoding("utf8").on("data", (part: string) => {
        received += part;
      });
      answer.once("end", () => resolve({ status: answer.statusCode ?? 0, body: received }));
      answer.once("error", reject);
    });
    outgoing.setTimeout(15_000, () => outgoing.destroy(new Error("No answer within 15 seconds.")));
    outgoing.once("error", reject);
    outgoing.end(text);
  });
}
