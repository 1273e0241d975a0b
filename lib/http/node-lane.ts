import type { IncomingMessage, ServerResponse } from "node:http";
import { answer } from "@/lib/http/api";
import type { ApiAnswer, ApiRequest } from "@/lib/http/request";

/** Serves the API on node's own server, without the web's Request and Response in between. */
export function nodeLane(fixedHeaders: Record<string, string>) {
  const fixed = Object.entries(fixedHeaders).flat();
  const finished: Finished[] = [];
  const writeAll = () => {
    for (const one of finished.splice(0)) write(one, fixed);
  };
  return (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    // `answer` turns every failure into a problem; what is left to fail is the connection.
    answer(nodeRequest(incoming)).then(
      (answered) => {
        // Answers to what arrived together are written together: each write wakes who waits for it, and on a virtual
        // machine that costs as much as all else, unless it is awake already.
        if (finished.push({ incoming, outgoing, answered }) === 1) setImmediate(writeAll);
      },
      () => outgoing.destroy(),
    );
  };
}

type Finished = { incoming: IncomingMessage; outgoing: ServerResponse; answered: ApiAnswer };

function nodeRequest(incoming: IncomingMessage): ApiRequest {
  const url = incoming.url ?? "/";
  const mark = url.indexOf("?");
  return {
    method: incoming.method ?? "",
    path: mark < 0 ? url : url.slice(0, mark),
    search: mark < 0 ? "" : url.slice(mark + 1),
    header: (name) => incoming.headers[name] as string | undefined,
    authorizations: countAuthorizations(incoming.rawHeaders),
    peer: incoming.socket.remoteAddress ?? null,
    incoming,
    stream: () => null,
  };
}

const AUTHORIZATION = "authorization";

function countAuthorizations(rawHeaders: string[]): number {
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i];
    if (name?.length === AUTHORIZATION.length && name.toLowerCase() === AUTHORIZATION) count++;
  }
  return count;
}

/** `fixed`: names and values in turn, as node takes headers fastest. */
function write({ incoming, outgoing, answered }: Finished, fixed: string[]): void {
  const { status, headers, body } = answered;
  const all = fixed.slice();
  for (const name in headers) all.push(name, headers[name] as string);
  const length = body === null ? 0 : Buffer.byteLength(body);
  if (status !== 204) all.push("content-length", String(length));
  // A body that was promised and has not arrived would be looked for in the next request of this connection.
  if (!incoming.complete && headers.connection === undefined) all.push("connection", "close");
  outgoing.writeHead(status, all);
  if (body === null || incoming.method === "HEAD") outgoing.end();
  // Text that takes a byte for each character is copied as it is, not encoded.
  else outgoing.end(body, length === body.length ? "latin1" : "utf8");
}
