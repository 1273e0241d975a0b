/** Every error the API can answer with, its HTTP status and its title. A code without a status does not compile. */
export const ERRORS = {
  invalid_json: { status: 400, title: "The body is not a JSON object" },
  ambiguous_credentials: { status: 400, title: "More than one credential was sent" },
  invalid_cursor: { status: 400, title: "The cursor is not valid" },
  unauthenticated: { status: 401, title: "Authentication is required" },
  invalid_token: { status: 401, title: "The token is not valid" },
  insufficient_permissions: { status: 403, title: "A permission is missing" },
  exceeds_own_access: { status: 403, title: "This exceeds your own access" },
  ip_not_allowed: { status: 403, title: "This address is not allowed" },
  cross_origin: { status: 403, title: "The request came from another origin" },
  not_found: { status: 404, title: "Not found" },
  method_not_allowed: { status: 405, title: "This method is not supported here" },
  key_in_use: { status: 409, title: "The key is in use by this request" },
  last_active_key: { status: 409, title: "This is the last active key of its region" },
  last_owner: { status: 409, title: "This is the last active owner" },
  region_in_use: { status: 409, title: "The region is in use" },
  product_in_use: { status: 409, title: "The product is in use" },
  signing_key_in_use: { status: 409, title: "Tokens depend on this version of the signing key" },
  name_taken: { status: 409, title: "The name is taken" },
  not_bootstrapped: { status: 409, title: "API keys are not set up" },
  idempotency_conflict: { status: 409, title: "The idempotency key was used for another request" },
  idempotency_in_progress: { status: 409, title: "The first request is still running" },
  version_mismatch: { status: 412, title: "This was changed in the meantime" },
  body_too_large: { status: 413, title: "The body is too large" },
  unsupported_media_type: { status: 415, title: "The content type is not supported" },
  validation_failed: { status: 422, title: "The request is not valid" },
  rate_limited: { status: 429, title: "Too many requests" },
  internal: { status: 500, title: "Something went wrong" },
  unavailable: { status: 503, title: "Temporarily unavailable" },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** One field that needs attention. `pointer` is a JSON Pointer (RFC 6901) into the body, or `/name` of a query parameter. */
export type FieldError = { pointer: string; code: string; detail: string };

/** What a grant has too much of, per axis, as the API names it. */
export type Exceeding = {
  permissions?: string[];
  scopes?: { action: string; resource: string }[];
  subaccounts?: string[];
  ips?: string[];
  expires_at?: number | null;
  environment?: string;
  region_id?: string;
};

export type ErrorExtras = {
  errors?: FieldError[];
  exceeding?: Exceeding;
  /** The permission(s) that are missing, for 403 `insufficient_permissions`. */
  missing?: string[];
  /** A credential was sent, but not one that can be used: RFC 6750 then wants `error="invalid_token"`. */
  unusable?: boolean;
  /** Seconds, for 429 and 503. */
  retryAfter?: number;
  /** For 405. */
  allow?: string[];
  /** Other public members of the problem body. */
  members?: Record<string, unknown>;
  cause?: unknown;
};

/**
 * The one error of the domain. `message` is public: it is sent as the problem's `detail` and must hold no secret;
 * `cause` is for the log only. Anything else that is thrown becomes `internal` at the boundary.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly extras: ErrorExtras;

  constructor(code: ErrorCode, message: string, extras: ErrorExtras = {}) {
    super(message, extras.cause === undefined ? undefined : { cause: extras.cause });
    this.name = "AppError";
    this.code = code;
    this.extras = extras;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }
}

/** The plain 404: absent, foreign and invisible are told apart by nobody. */
export const notFound = (what = "There is nothing here with this id."): AppError => new AppError("not_found", what);

/** A 422 for fields that were judged outside a schema (for example against the catalogue). */
export function validationFailed(errors: FieldError[]): AppError {
  const count = errors.length;
  return new AppError(
    "validation_failed",
    count === 1 ? "1 field needs attention." : `${count} fields need attention.`,
    {
      errors,
    },
  );
}
