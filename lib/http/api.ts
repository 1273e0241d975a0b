import { mayAccess } from "@/lib/auth/roles";
import type { RequestContext } from "@/lib/context";
import { getEnv } from "@/lib/env";
import { AppError } from "@/lib/errors";
import { authenticate, type Identified } from "@/lib/http/authenticate";
import { invalidJson, readJsonBody } from "@/lib/http/body";
import { clientAddress } from "@/lib/http/client-address";
import type { Answer, Endpoint } from "@/lib/http/endpoint";
import { loggedPath } from "@/lib/http/logged-path";
import { countRequest } from "@/lib/http/metrics";
import { baseHeaders, type HeaderMap, logFailure, problemAnswer, publicError } from "@/lib/http/problem";
import { queryOf } from "@/lib/http/query";
import { consume, RateLimited } from "@/lib/http/rate-limit";
import type { ApiAnswer, ApiRequest } from "@/lib/http/request";
import { type Route, routeOf } from "@/lib/http/router";
import { newId } from "@/lib/ids";
import { limitedNetwork } from "@/lib/ip-address";
import { log } from "@/lib/log";
import { type Outcome, outcomeOfError } from "@/lib/usage/outcome";
import { recordUse } from "@/lib/usage/recorder";

/** What is known of a request while it is served: for its log line, and for headers that failures carry too. */
type Serving = { requestId: string; principal: string | null; headers: HeaderMap; endpoint: Endpoint | null };

/**
 * Answers a request to the API; the whole programmatic surface is here. Never rejects. Mounted twice: on node's server
 * and, through the web's Request and Response, as Next's route handlers. It uses nothing of either.
 */
export async function answer(request: ApiRequest): Promise<ApiAnswer> {
  const started = performance.now();
  const serving: Serving = { requestId: newId("req"), principal: null, headers: {}, endpoint: null };
  let answered: ApiAnswer;
  try {
    const route = routeOf(request.method, request.path);
    serving.endpoint = route.endpoint;
    answered = await serve(request, route, serving);
  } catch (thrown) {
    const error = publicError(thrown);
    logFailure(error, serving.requestId);
    answered = problemAnswer(error, serving.requestId, error instanceof RateLimited ? error.headers : serving.headers);
    // What is left of an oversized body is not read: the connection cannot be used again.
    if (error.code === "body_too_large") answered.headers.connection = "close";
  }
  const ms = performance.now() - started;
  countRequest(request.method, serving.endpoint?.path ?? "unmatched", answered.status, ms);
  logRequest(request, serving, answered.status, ms);
  return answered;
}

/** Reads and checks are too many for a line each; changes, refusals and failures get one. */
function logRequest({ method, path }: ApiRequest, serving: Serving, status: number, ms: number): void {
  const isCheck = serving.endpoint?.kind === "forwarded" || serving.endpoint?.limit === "decision";
  const isQuiet = status < 400 && (method === "GET" || method === "HEAD" || isCheck);
  const level = status >= 500 ? "warn" : isQuiet ? "debug" : "info";
  if (!log.isLevelEnabled(level)) return;
  const { requestId: request_id, principal } = serving;
  log[level](
    { request_id, method, path: loggedPath(path), status, ms: Math.round(ms * 100) / 100, principal },
    "request",
  );
}

async function serve(request: ApiRequest, route: Route, serving: Serving): Promise<ApiAnswer> {
  const { endpoint } = route;
  const { header } = request;
  const { requestId } = serving;
  const ip = clientAddress(request.peer, header("x-forwarded-for"), getEnv().trustedProxies);
  if (endpoint.kind !== "principal") {
    if (endpoint.kind === "forwarded") refuseTwoCredentials(request);
    else if (endpoint.method !== "GET") serving.headers = consume("setup", limitedNetwork(ip));
    const raw = endpoint.kind === "public" ? await rawInput(request, route) : {};
    return respond(endpoint, await endpoint.call({ requestId, ip, header, search: request.search, raw }), serving);
  }
  refuseTwoCredentials(request);
  const identified = await authenticate({ method: request.method, header, ip, requestId });
  serving.principal = identified.principal.id;
  try {
    const answered = await servePrincipal(request, route, endpoint, serving, { principal: identified.principal, ip });
    countUse(identified, ip, "VALID");
    return answered;
  } catch (error) {
    countUse(identified, ip, outcomeOfError(error));
    throw error;
  }
}

async function servePrincipal(
  request: ApiRequest,
  route: Route,
  endpoint: Extract<Endpoint, { kind: "principal" }>,
  serving: Serving,
  { principal, ip }: Pick<RequestContext, "principal" | "ip">,
): Promise<ApiAnswer> {
  const { header } = request;
  if (!endpoint.limit) consume("organization", principal.organization_id);
  serving.headers = consume(endpoint.limit ?? "key", principal.id);
  const context: RequestContext = {
    principal,
    requestId: serving.requestId,
    ip,
    idempotencyKey: endpoint.usesIdempotencyKey ? header("idempotency-key") : undefined,
    ifMatch: header("if-match"),
    propagation: undefined,
  };
  // Who may not call it gets no word about the body. The operation itself refuses, and writes that down.
  const raw = mayAccess(principal, endpoint.access) ? await rawInput(request, route) : { params: route.params };
  const answered = respond(endpoint, await endpoint.call(context, raw), serving);
  const { propagation } = context;
  // How many instances act on the change already, and how long that took: all of them, or there would be no answer.
  if (propagation)
    answered.headers["latchkey-propagation"] = `instances=${propagation.instances}; ms=${propagation.ms.toFixed(1)}`;
  return answered;
}

/** Counts the request for the key that made it, by how it ended. */
function countUse({ principal, token }: Identified, ip: string | null, outcome: Outcome): void {
  if (token === null) return;
  recordUse({ organizationId: principal.organization_id, apiKeyId: principal.id, token, ip, outcome });
}

function respond(endpoint: Endpoint, given: Answer, { requestId, headers: extra }: Serving): ApiAnswer {
  const status = given.status ?? endpoint.status;
  const headers = baseHeaders(requestId);
  for (const name in extra) headers[name] = extra[name] as string;
  for (const name in given.headers) headers[name] = given.headers[name] as string;
  const isText = given.json === undefined && (given.body === undefined || typeof given.body === "string");
  if (isText) return { status, headers, body: (given.body as string | undefined) ?? null };
  const json = given.json ?? JSON.stringify(given.body);
  // The contract is checked where it costs nothing to fail: in tests and development.
  if (process.env.NODE_ENV !== "production" && endpoint.response && status === endpoint.status)
    endpoint.response.parse(given.body ?? JSON.parse(json));
  headers["content-type"] = "application/json";
  return { status, headers, body: json };
}

type Raw = { params?: unknown; query?: unknown; body?: unknown };

/** The parts of the request that the endpoint's operation takes: path parameters, query, body. */
function rawInput(request: ApiRequest, { endpoint, params }: Route): Raw | Promise<Raw> {
  const { input, maxBodyBytes, method } = endpoint;
  const raw: Raw = {};
  if (input.params) raw.params = params;
  if (input.query || request.search !== "") raw.query = queryOf(request.search);
  // What a GET carries means nothing (RFC 9110 section 9.3.1).
  if (method === "GET") return raw;
  const body = readJsonBody(request, maxBodyBytes);
  // Most bodies are there already, and what need not be waited for costs less.
  return body instanceof Promise ? body.then((read) => withBody(raw, read, endpoint)) : withBody(raw, body, endpoint);
}

function withBody(raw: Raw, body: unknown, { input }: Endpoint): Raw {
  if (body === undefined && input.body && !input.body.safeParse(undefined).success) throw invalidJson();
  if (body !== undefined || input.body) raw.body = body;
  return raw;
}

/** Of two credentials neither is believed. */
function refuseTwoCredentials({ authorizations }: ApiRequest): void {
  if (authorizations > 1) throw new AppError("ambiguous_credentials", "Send one Authorization header.");
}
