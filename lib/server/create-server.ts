import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
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
    },
    (request, response) => {
      const target = pathTarget(request.url);
      const path = target?.split("?", 1)[0] ?? "";
      const headers = isApiPath(path) ? forApi : forPages;
      if (target === null) {
        setAll(response, headers);
        refuse(response, { status: 404, code: "not_found", detail: "There is nothing at this address." });
        return;
      }
      request.url = target;
      const refusal = refusalOf(request, path);
      if (refusal) {
        setAll(response, headers);
        refuse(response, refusal);
        return;
      }
      if (lane && headers === forApi) {
        lane(request, response);
        return;
      }
      setAll(response, headers);
      preparePageRequest(request, response, origin, dev);
      if (isReady() || isApiPath(path)) pages(request, response);
      else sayStarting(request, response);
    },
  );
  // Node drops the headers beyond this number without a word; one more than we take makes them noticed.
  server.maxHeadersCount = MAX_HEADERS + 1;
  server.on("clientError", (error, socket) => refuseSocket(socket, refusalOfParser(error)));
  server.on("connect", (_request, socket) =>
    refuseSocket(socket, {
      status: 405,
      code: "method_not_allowed",
      detail: "CONNECT is not supported.",
      allow: "GET",
    }),
  );
  if (!dev)
    server.on("upgrade", (_request, socket) =>
      refuseSocket(socket, { status: 400, code: "no_upgrade", detail: "There are no WebSockets here." }),
    );
  return server;
}

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
