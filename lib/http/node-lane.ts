import type { IncomingMessage, ServerResponse } from "node:http";
import { answer } from "@/lib/http/api";
import type { ApiAnswer, ApiRequest } from "@/lib/http/request";

/** Serves the API on node's own server, without the web's Request and Response in between. */
export function nodeLane(fixedHeaders: Record<string, string>) {
  return (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    // `answer` turns every failure into a problem; what is left to fail is the connection.
    answer(nodeRequest(incoming)).then(
      (answered) => write(incoming, outgoing, answered, fixedHeaders),
      () => outgoing.destroy(),
    );
  };
}

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

function write(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { status, headers, body }: ApiAnswer,
  fixedHeaders: Record<string, string>,
): void {
  if (status !== 204) headers["content-length"] = String(body === null ? 0 : Buffer.byteLength(body));
  // A body that was promised and has not arrived would be looked for in the next request of this connection.
  if (!incoming.complete) headers.connection = "close";
  outgoing.writeHead(status, Object.assign(headers, fixedHeaders));
  outgoing.end(incoming.method === "HEAD" ? null : body);
}
