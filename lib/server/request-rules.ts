import type { IncomingMessage } from "node:http";
import type { Refusal } from "@/lib/server/refusal";

export const MAX_HEADERS = 200;
const MAX_FORM_BYTES = 64 * 1024;
const API_PATH = /^\/(?:v4|auth)(?:\/|$)|^\/(?:healthz|readyz|metrics)$/;
const AUTH_PATH = /^\/api\/auth(?:\/|$)/;

/** Whether the API app serves this path. next-auth's `/api/auth` is a page's business. */
export const isApiPath = (path: string): boolean => API_PATH.test(path);

/**
 * No doubled slash anywhere in the path: Next would redirect, and a redirect loses bodies and credentials. And no dots
 * for segments: Next would follow them to a path that nobody has looked at.
 */
const MISLEADING = /^[^?]*\/(?:[/\\]|(?:\.|%2e){1,2}(?:[/\\?]|%2f|%5c|$))/i;

/**
 * The request's target as a path with its query, or null if it is none. Of an absolute target (`GET http://x/y`)
 * only the path counts: the console's origin comes from its settings, never from a request.
 */
export function pathTarget(target: string | undefined): string | null {
  if (!target) return null;
  if (target.startsWith("/")) return MISLEADING.test(target) ? null : target;
  if (!/^https?:\/\//i.test(target) || !URL.canParse(target)) return null;
  const { pathname, search } = new URL(target);
  return pathTarget(`${pathname}${search}`);
}

/** Why a request goes to neither lane, or null. `path` is without its query. */
export function refusalOf(request: IncomingMessage, path: string): Refusal | null {
  if (request.rawHeaders.length / 2 > MAX_HEADERS) {
    return { status: 431, code: "too_many_headers", detail: `At most ${MAX_HEADERS} header lines are read.` };
  }
  // RFC 9112 section 3.2.
  if (request.headers.host === undefined && request.httpVersion === "1.1") {
    return { status: 400, code: "bad_request", detail: "A request names its Host." };
  }
  // The API says by itself what each of its paths takes.
  if (isApiPath(path)) return null;
  const method = request.method ?? "";
  const allowed = AUTH_PATH.test(path) ? ["GET", "HEAD", "POST"] : ["GET", "HEAD"];
  if (!allowed.includes(method)) {
    return {
      status: 405,
      code: "method_not_allowed",
      detail: `${method} is not supported here.`,
      allow: allowed.join(", "),
    };
  }
  const { "content-length": length, "transfer-encoding": coding } = request.headers;
  if (method !== "POST") {
    if (coding === undefined && Number(length ?? 0) === 0) return null;
    return { status: 413, code: "body_too_large", detail: "A request for a page has no body." };
  }
  // Next reads a body of any size; the API app counts its own.
  if (length === undefined) return { status: 411, code: "length_required", detail: "Send a Content-Length." };
  if (Number(length) > MAX_FORM_BYTES) {
    return { status: 413, code: "body_too_large", detail: `A body may have at most ${MAX_FORM_BYTES} bytes.` };
  }
  return null;
}
