import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, request } from "node:http";
import { freePort } from "@/lib/testing/instance";

/** What reached the service behind the gateway. */
export type Reached = { method: string; url: string; headers: IncomingHttpHeaders; names: string[]; body: string };

export type Service = { port: number; count: () => number; stop: () => void };

/** A service that answers every request with what it received, and counts them. */
export async function startService(): Promise<Service> {
  const port = await freePort();
  let count = 0;
  const server = createServer(async (incoming, answer) => {
    count++;
    let body = "";
    for await (const chunk of incoming.setEncoding("utf8")) body += chunk;
    const { method, url, headers } = incoming;
    const names = incoming.rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
    answer.setHeader("content-type", "application/json");
    answer.end(JSON.stringify({ method, url, headers, names, body }));
  }).listen(port, "127.0.0.1");
  await once(server, "listening");
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { port, count: () => count, stop };
}

export type Headers = Record<string, string | string[]>;
export type Sent = { method?: string; path?: string; headers?: Headers; body?: string };
export type Got = { status: number; headers: IncomingHttpHeaders; text: string };

/** The address that clients come from: not the gateway's, which is a trusted proxy. */
export const CLIENT = "127.0.0.2";

/** One request as a client from 127.0.0.2, on a connection of its own. */
export function send(port: number, { method = "GET", path = "/", headers = {}, body }: Sent = {}): Promise<Got> {
  return new Promise((resolve, reject) => {
    // Node sends the length by itself for some methods only.
    const isChunked = "transfer-encoding" in headers;
    const length: Headers = body === undefined || isChunked ? {} : { "content-length": `${Buffer.byteLength(body)}` };
    const sent = { ...headers, ...length };
    const options = { host: "127.0.0.1", port, method, path, headers: sent, agent: false, localAddress: CLIENT };
    const outgoing = request(options, async (answer) => {
      let text = "";
      for await (const chunk of answer.setEncoding("utf8")) text += chunk;
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text });
    });
    outgoing.setTimeout(15_000, () => outgoing.destroy(new Error("No answer within 15 seconds.")));
    outgoing.once("error", reject);
    outgoing.end(body);
  });
}
