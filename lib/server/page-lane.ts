import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pageContentSecurityPolicy } from "@/lib/server/security-headers";

const store = globalThis as { __latchkeyPeerSecret?: string };

/** What marks an `x-latchkey-peer` header as written by this server; as good as a password of this run. */
export function peerSecret(): string {
  store.__latchkeyPeerSecret ??= randomBytes(32).toString("base64url");
  return store.__latchkeyPeerSecret;
}

/** Believes the headers of the process that was given this secret. */
export function adoptPeerSecret(secret: string): void {
  store.__latchkeyPeerSecret = secret;
}

/** Only what our own process wrote may reach Next under these names, and nothing of a client's claims about the host. */
const OURS =
  /^(?:x-latchkey-.*|x-middleware-.*|x-nonce|content-security-policy.*|forwarded|x-forwarded-(?:host|proto|port|server|prefix))$/;

/**
 * Readies a request for Next: the peer's address in a header that only this process can write, the console's own
 * origin in place of what the client says, and a content security policy with a fresh nonce, which Next picks up.
 */
export function preparePageRequest(request: IncomingMessage, response: ServerResponse, origin: URL, dev = false): void {
  for (const name of Object.keys(request.headers)) if (OURS.test(name)) delete request.headers[name];
  request.headers["x-latchkey-peer"] = `${peerSecret()}.${request.socket.remoteAddress ?? ""}`;
  request.headers["x-latchkey-target"] = request.url;
  request.headers.host = origin.host;
  request.headers["x-forwarded-host"] = origin.host;
  request.headers["x-forwarded-proto"] = origin.protocol.slice(0, -1);

  const policy = pageContentSecurityPolicy(randomBytes(16).toString("base64"), dev);
  request.headers["content-security-policy"] = policy;
  response.setHeader("Content-Security-Policy", policy);
  forbidCaching(request, response);
}

/** Pages show one person's data: whatever Next says about caching, only its hashed files and images may be kept. */
function forbidCaching(request: IncomingMessage, response: ServerResponse): void {
  if (request.url?.startsWith("/_next/static/")) return;
  const writeHead = response.writeHead.bind(response);
  const withoutCaching = (...args: Parameters<typeof writeHead>) => {
    const type = String(response.getHeader("content-type") ?? "");
    if (!/^(?:image|font)\//.test(type)) response.setHeader("Cache-Control", "no-store");
    return writeHead(...args);
  };
  Object.assign(response, { writeHead: withoutCaching });
}

/** What is shown while nothing can render pages. */
export function sayStarting(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(503, { "Content-Type": "text/html; charset=utf-8", "Retry-After": "5" });
  response.end(
    '<!doctype html><html lang="en"><meta http-equiv="refresh" content="5"><title>Latchkey</title>' +
      "<h1>Latchkey is starting</h1><p>This page reloads by itself. The server's log says more.</p></html>",
  );
}
