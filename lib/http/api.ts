import type { IncomingMessage } from "node:http";
import { type Context, Hono } from "hono";
import { mayAccess } from "@/lib/auth/roles";
import { getEnv } from "@/lib/env";
import { AppError } from "@/lib/errors";
import { authenticate, type Identified } from "@/lib/http/authenticate";
import { invalidJson, readJsonBody } from "@/lib/http/body";
import { clientAddress, peerFromHeader } from "@/lib/http/client-address";
import type { Answer, Endpoint } from "@/lib/http/endpoint";
import { ENDPOINTS } from "@/lib/http/endpoints";
import { countRequest } from "@/lib/http/metrics";
import { baseHeaders, type HeaderMap, logFailure, problemResponse, publicError } from "@/lib/http/problem";
import { consume, RateLimited } from "@/lib/http/rate-limit";
import { newId } from "@/lib/ids";
import { limitedNetwork } from "@/lib/ip-address";
import { log } from "@/lib/log";
import { outcomeOfError } from "@/lib/usage/outcome";
import { recordUse } from "@/lib/usage/recorder";

/** `incoming` is node's request on the fast lane; under Next there is none. */
type Bindings = { incoming?: IncomingMessage };
type ApiContext = Context<{ Bindings: Bindings }>;

/**
 * The whole programmatic surface. Mounted twice: by server.ts straight on node's server, and by Next's route
 * handlers. It uses nothing of Next.
 */
export const api = new Hono<{ Bindings: Bindings }>();

for (const endpoint of ENDPOINTS) {
  api.on(endpoint.method, honoPath(endpoint.path), (c) => serve(c, endpoint));
}
api.notFound((c) => withRequest(c, "unmatched", () => Promise.reject(unmatched(c.req.method, c.req.path))));

/** Everything that is the same for all requests: an id, the answer's shape, and one line in the log. */
async function withRequest(
  c: ApiContext,
  pattern: string,
  answer: (requestId: string, who: Who) => Promise<Response>,
): Promise<Response> {
  const requestId = newId("req");
  const started = performance.now();
  const who: Who = { principal: null, headers: {} };
  let response: Response;
  try {
    response = await answer(requestId, who);
  } catch (thrown) {
    const error = publicError(thrown);
    logFailure(error, requestId);
    response = problemResponse(error, requestId, error instanceof RateLimited ? error.headers : who.headers);
    // What is left of an oversized body is not read: the connection cannot be used again.
    if (error.code === "body_too_large") response.headers.set("connection", "close");
  }
  const ms = Math.round((performance.now() - started) * 100) / 100;
  countRequest(c.req.method, pattern, response.status, ms);
  const level = response.status >= 500 ? "warn" : response.status >= 400 || c.req.method !== "GET" ? "info" : "debug";
  if (log.isLevelEnabled(level)) {
    const { method, path } = c.req;
    log[level](
      { request_id: requestId, method, path: loggedPath(path), status: response.status, ms, principal: who.principal },
      "request",
    );
  }
  return response;
}

type Who = { principal: string | null; headers: HeaderMap };

function serve(c: ApiContext, endpoint: Endpoint): Promise<Response> {
  return withRequest(c, endpoint.path, async (requestId, who) => {
    const header = (name: string) => c.req.header(name);
    const ip = addressOf(c);
    if (endpoint.kind !== "principal") {
      if (endpoint.kind === "forwarded") refuseTwoCredentials(c);
      else if (endpoint.method !== "GET") who.headers = consume("setup", limitedNetwork(ip));
      return respond(
        endpoint,
        requestId,
        await endpoint.call({ requestId, ip, header, raw: await rawInput(c, endpoint) }),
        who,
      );
    }
    refuseTwoCredentials(c);
    const identified = await authenticate({ method: c.req.method, header, ip, requestId });
    who.principal = identified.principal.id;
    return countingUse(identified, ip, async () => {
      const { principal } = identified;
      if (!endpoint.limit) consume("organization", principal.organization_id);
      who.headers = consume(endpoint.limit ?? "key", principal.id);
      const context = {
        principal,
        requestId,
        ip,
        idempotencyKey: endpoint.usesIdempotencyKey ? header("idempotency-key") : undefined,
        ifMatch: header("if-match"),
      };
      // Who may not call it gets no word about the body. The operation itself refuses, and writes that down.
      const raw = mayAccess(principal, endpoint.access) ? await rawInput(c, endpoint) : { params: c.req.param() };
      return respond(endpoint, requestId, await endpoint.call(context, raw), who);
    });
  });
}

/** Counts the request for the key that made it, by how it ends. */
async function countingUse<T>(
  { principal, token }: Identified,
  ip: string | null,
  answer: () => Promise<T>,
): Promise<T> {
  if (token === null) return answer();
  const use = { organizationId: principal.organization_id, apiKeyId: principal.id, token, ip };
  try {
    const answered = await answer();
    recordUse({ ...use, outcome: "VALID" });
    return answered;
  } catch (error) {
    recordUse({ ...use, outcome: outcomeOfError(error) });
    throw error;
  }
}

function respond(endpoint: Endpoint, requestId: string, answer: Answer, who: Who): Response {
  const status = answer.status ?? endpoint.status;
  const headers: HeaderMap = { ...baseHeaders(requestId), ...who.headers, ...answer.headers };
  if (answer.body === undefined) return new Response(null, { status, headers });
  if (typeof answer.body === "string") return new Response(answer.body, { status, headers });
  // The contract is checked where it costs nothing to fail: in tests and development.
  if (process.env.NODE_ENV !== "production" && endpoint.response && status === endpoint.status)
    endpoint.response.parse(answer.body);
  return new Response(JSON.stringify(answer.body), {
    status,
    headers: { ...headers, "content-type": "application/json" },
  });
}

/** The parts of the request that the endpoint's operation takes: path parameters, query, body. */
async function rawInput(c: ApiContext, { input, maxBodyBytes }: Endpoint): Promise<unknown> {
  const raw: { params?: unknown; query?: unknown; body?: unknown } = {};
  if (input.params) raw.params = c.req.param();
  if (input.query) raw.query = queryOf(c.req.url);
  if (input.body) {
    raw.body = await readJsonBody({
      header: (name) => c.req.header(name),
      incoming: c.env?.incoming,
      stream: () => c.req.raw.body,
      maxBytes: maxBodyBytes,
    });
    if (raw.body === undefined && !input.body.safeParse(undefined).success) throw invalidJson();
  }
  return raw;
}

/** Parameters as text; one that is given twice becomes a list, which no schema takes. */
function queryOf(url: string): Record<string, string | string[]> {
  const start = url.indexOf("?");
  const query: Record<string, string | string[]> = Object.create(null);
  if (start < 0) return query;
  for (const [name, value] of new URLSearchParams(url.slice(start + 1))) {
    const before = query[name];
    query[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
  }
  return query;
}

function addressOf(c: ApiContext): string | null {
  const incoming = c.env?.incoming;
  const peer = incoming ? incoming.socket.remoteAddress : peerFromHeader(c.req.header("x-latchkey-peer"));
  return clientAddress(peer, c.req.header("x-forwarded-for"), getEnv().trustedProxies);
}

/** Node keeps the first of two Authorization headers and hides the second: neither is believed. */
function refuseTwoCredentials(c: ApiContext): void {
  const names = c.env?.incoming?.rawHeaders ?? [];
  let seen = 0;
  for (let i = 0; i < names.length; i += 2) if (names[i]?.toLowerCase() === "authorization") seen++;
  if (seen > 1) throw new AppError("ambiguous_credentials", "Send one Authorization header.");
}

const PATTERNS = [...new Set(ENDPOINTS.map((endpoint) => endpoint.path))].map((path) => ({
  pattern: new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, "[^/]+")}$`),
  methods: ENDPOINTS.filter((endpoint) => endpoint.path === path).map((endpoint) => endpoint.method),
}));

/** Why nothing answers: the path is unknown, or it is known with other methods. */
function unmatched(method: string, path: string): AppError {
  const methods = new Set<string>(
    PATTERNS.filter((known) => known.pattern.test(path)).flatMap((known) => known.methods),
  );
  if (methods.size === 0) return new AppError("not_found", "There is nothing at this path.");
  if (methods.has("GET")) methods.add("HEAD");
  return new AppError("method_not_allowed", `${method.slice(0, 20)} is not supported here.`, {
    allow: [...methods].sort(),
  });
}

function honoPath(path: string): string {
  return path.replaceAll(/\{([^}]+)\}/g, ":$1");
}

/**
 * The path for the log, without what may be a secret in it: an invitation's, or a token that someone put where an id
 * goes. A segment as long as either is hidden whatever the path, for paths are mistyped too.
 */
const loggedPath = (path: string): string => path.slice(0, 300).replace(/[^/]{40,}/g, "[hidden]");
