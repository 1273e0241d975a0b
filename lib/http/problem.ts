import { databaseFault } from "@/lib/database-errors";
import { AppError, ERRORS } from "@/lib/errors";
import type { ApiAnswer } from "@/lib/http/request";
import { log } from "@/lib/log";

export type HeaderMap = Record<string, string>;

/** Anything that was thrown, as an error that may be shown. The only place that turns unknown into `internal`. */
export function publicError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (databaseFault(thrown) === "unavailable") {
    return new AppError("unavailable", "The database cannot be reached. Try again.", { retryAfter: 2, cause: thrown });
  }
  if (databaseFault(thrown) === "retry") {
    return new AppError("unavailable", "The change met others at the same time. Try again.", {
      retryAfter: 1,
      cause: thrown,
    });
  }
  return new AppError("internal", "Something went wrong on our side. The request id finds it in the log.", {
    cause: thrown,
  });
}

/** An error as `application/problem+json` (RFC 9457), with the headers that its status calls for. */
export function problemAnswer(error: AppError, requestId: string, extra: HeaderMap = {}): ApiAnswer {
  const { status, title } = ERRORS[error.code];
  const { errors, exceeding, members } = error.extras;
  const body = {
    type: `/docs/errors#${error.code}`,
    title,
    status,
    code: error.code,
    detail: error.message,
    request_id: requestId,
    ...(errors ? { errors } : {}),
    ...(exceeding ? { exceeding } : {}),
    ...members,
  };
  const headers = {
    ...baseHeaders(requestId),
    ...extra,
    ...headersOf(error),
    "content-type": "application/problem+json",
  };
  return { status, headers, body: JSON.stringify(body) };
}

/** The same as the web's Response, for Next's own route handlers. */
export function problemResponse(error: AppError, requestId: string): Response {
  const { status, headers, body } = problemAnswer(error, requestId);
  return new Response(body, { status, headers });
}

export const baseHeaders = (requestId: string): HeaderMap => ({
  "cache-control": "no-store",
  "x-request-id": requestId,
});

function headersOf(error: AppError): HeaderMap {
  const { retryAfter, allow, missing } = error.extras;
  const headers: HeaderMap = {};
  if (retryAfter !== undefined) headers["retry-after"] = String(Math.max(1, Math.ceil(retryAfter)));
  if (allow) headers.allow = allow.join(", ");
  // RFC 6750 section 3.1: no error attribute when no credential was sent.
  if (error.code === "unauthenticated") headers["www-authenticate"] = 'Bearer realm="latchkey"';
  if (error.code === "invalid_token" || error.extras.unusable)
    headers["www-authenticate"] = 'Bearer realm="latchkey", error="invalid_token"';
  if (error.code === "insufficient_permissions" || error.code === "exceeds_own_access") {
    const scope = missing ? `, scope="${missing.join(" ")}"` : "";
    headers["www-authenticate"] = `Bearer realm="latchkey", error="insufficient_scope"${scope}`;
  }
  return headers;
}

/** Writes what only the log may know of a failure. A database that is away is one line, not a stack a second. */
export function logFailure(error: AppError, requestId: string): void {
  if (error.status < 500) return;
  const cause = error.cause ?? error;
  if (error.code === "internal") log.error({ err: cause, request_id: requestId, code: error.code }, error.message);
  else log.warn({ cause: String(cause), request_id: requestId, code: error.code }, error.message);
}
