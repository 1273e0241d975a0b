import { Agent, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse, request as send } from "node:http";
import { log } from "@/lib/log";
import { onceAMinute } from "@/lib/once-a-minute";

/** RFC 9110 section 7.6.1: what speaks of one connection only. */
const OF_ONE_CONNECTION = [
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** Hands requests on to a server behind a Unix socket, and its answers back, as streams. */
export function forwardTo(socketPath: string): (request: IncomingMessage, response: ServerResponse) => void {
  const kept = new Agent({ keepAlive: true });
  return (request, response) => {
    const { method, url: path } = request;
    // Next may answer without having read the body, and what is left of it would hold up the connection's next request.
    const agent = hasBody(request.headers) ? false : kept;
    const onward = send({ socketPath, agent, method, path, headers: lasting(request.headers) }, (answer) => {
      const headers = lasting(answer.headers);
      for (const name in headers) response.setHeader(name, headers[name] ?? "");
      // Answered before all of the body was there: what is left of it must not be taken for the next request.
      if (!request.complete) response.setHeader("Connection", "close");
      response.writeHead(answer.statusCode ?? 502);
      answer.pipe(response);
      // Cut off in the middle: so must ours be, or half a page would pass for a whole one.
      answer.once("aborted", () => response.destroy());
    });
    onward.once("error", (error) => {
      if (response.closed) return;
      if (onceAMinute("pages-forward")) log.error({ err: error }, "a page could not be rendered");
      if (response.headersSent) response.destroy();
      else
        response.writeHead(503, { "Content-Type": "text/plain", "Retry-After": "2" }).end("Try again in a moment.\n");
    });
    // Nobody waits for the rest any more, or will ever send it: a connection that waits for either is one for ever.
    response.once("close", () => {
      if (!response.writableFinished || !onward.writableFinished) onward.destroy();
    });
    request.once("close", () => {
      if (!request.complete) onward.destroy();
    });
    request.pipe(onward);
  };
}

const hasBody = ({ "content-length": length = "0", "transfer-encoding": coding }: IncomingHttpHeaders): boolean =>
  length !== "0" || coding !== undefined;

function lasting(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const kept = { ...headers };
  for (const name of OF_ONE_CONNECTION) delete kept[name];
  // A body without a length is sent on in chunks, which this header makes node do.
  if (headers["transfer-encoding"] !== undefined && headers["content-length"] === undefined)
    kept["transfer-encoding"] = "chunked";
  return kept;
}
