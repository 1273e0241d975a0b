import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { newId } from "@/lib/ids";
import { preparePageRequest, sayStarting } from "@/lib/server/page-lane";
import { type Refusal, refuse, refuseSocket } from "@/lib/server/refusal";
import { isApiPath, MAX_HEADERS, pathTarget, refusalOf } from "@/lib/server/request-rules";
import { apiHeaders, securityHeaders } from "@/lib/server/security-headers";

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

export type Lanes = {
  /** The console's origin, from LATCHKEY_URL. */
  url: string;
  /** The API on node's own request, given the headers of its every answer; null to serve the API through Next too. */
  api: ((headers: Record<string, string>) => Handler) | null;
  pages: Handler;
  /** False while there is no database to show pages from. */
  isReady: () => boolean;
  dev?: boolean;
};

/**
 * The HTTP server: API paths go straight to `answer`, all else to the pages. Slow, oversized and odd requests end
 * here, with an answer.
 */
export function createLatchkeyServer({ url, api, pages, isReady, dev }: Lanes): Server {
  const origin = new URL(url);
  const https = origin.protocol === "https:";
  const [forApi, forPages] = [apiHeaders(https), securityHeaders(https)];
  const lane = api?.(forApi);
  const server = createServer(
    {
      maxHeaderSize: 16 * 1024,
      headersTimeout: 15_000,
      requestTimeout: 30_000,
      keepAliveTimeout: 65_000,
      connectionsCheckingInterval: 5_000,
      // It is asked for below, with an answer of ours.
      requireHostHeader: false,
    },
    (request, response) => {
      const target = pathTarget(request.url);
      const path = target?.split("?", 1)[0] ?? "";
      const headers = isApiPath(path) ? forApi : forPages;
      const refusal = target === null ? NOTHING_HERE : refusalOf(request, path);
      if (refusal || target === null) {
        setAll(response, headers);
        refuse(response, refusal ?? NOTHING_HERE);
        return;
      }
      request.url = target;
      if (lane && headers === forApi) {
        lane(request, response);
        return;
      }
      setAll(response, headers);
      response.setHeader("X-Request-Id", newId("req"));
      preparePageRequest(request, response, origin, dev);
      if (isReady() || isApiPath(path)) pages(request, response);
      else sayStarting(request, response);
    },
  );
  // Node drops the headers beyond this number without a word; one more than we take makes them noticed.
  server.maxHeadersCount = MAX_HEADERS + 1;
  server.on("clientError", (error, socket) => refuseSocket(socket as Socket, refusalOfParser(error)));
  server.on("connect", (_request, socket) =>
    refuseSocket(socket as Socket, {
      status: 405,
      code: "method_not_allowed",
      detail: "CONNECT is not supported.",
      allow: "GET",
    }),
  );
  // Nobody listens for "upgrade": it is an offer, which may be ignored (RFC 9110 section 7.8). A gateway that asks about
  // a WebSocket's handshake passes it on.
  server.on("checkExpectation", (request, response) => {
    setAll(response, isApiPath(request.url ?? "") ? forApi : forPages);
    refuse(response, { status: 417, code: "expectation_failed", detail: "Only 100-continue can be expected." });
  });
  return server;
}

const NOTHING_HERE: Refusal = { status: 404, code: "not_found", detail: "There is nothing at this address." };

function setAll(response: ServerResponse, headers: Record<string, string>): void {
  for (const name in headers) response.setHeader(name, headers[name] ?? "");
}

function refusalOfParser(error: Error): Refusal {
  const code = "code" in error ? error.code : undefined;
  if (code === "HPE_HEADER_OVERFLOW")
    return { status: 431, code: "headers_too_large", detail: "The headers are too large." };
  if (code === "HPE_INVALID_METHOD")
    return { status: 501, code: "method_not_allowed", detail: "This method is not known." };
  if (code === "ERR_HTTP_REQUEST_TIMEOUT")
    return { status: 408, code: "timeout", detail: "The request took too long to arrive." };
  return { status: 400, code: "bad_request", detail: "This is not a valid HTTP request." };
}
