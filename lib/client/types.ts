/** The codes of `POST /v4/verify`, in the order in which they are checked. */
export const DENIALS = [
  "NOT_FOUND",
  "REVOKED",
  "EXPIRED",
  "DISABLED",
  "WRONG_ENVIRONMENT",
  "WRONG_REGION",
  "IP_NOT_ALLOWED",
  "SUBACCOUNT_NOT_ALLOWED",
  "INSUFFICIENT_PERMISSIONS",
  "RESOURCE_NOT_ALLOWED",
] as const;

export type Denial = (typeof DENIALS)[number];

/** The key of a token, without the token. Times are Unix seconds. */
export type Key = {
  id: string;
  name: string;
  description: string | null;
  status: "active" | "disabled" | "expired" | "revoked";
  environment: "production" | "preview";
  region_id: string;
  token_preview: string;
  permissions: string[];
  scopes: { action: "read" | "write" | "admin" | "*"; resource: string }[];
  /** True: every subaccount. False with an empty list: none. */
  all_subaccounts: boolean;
  allowed_subaccounts: string[];
  allowed_ips: string[];
  expires_at: number | null;
};

/** What the key must be able to do. Nothing asked: any active key of the service's own environment passes. */
export type Requirements = {
  /** All of them must be held. */
  permissions?: readonly string[] | undefined;
  /** Given together with `resource`. */
  action?: "read" | "write" | "admin" | "*" | undefined;
  resource?: string | undefined;
  subaccount?: string | undefined;
  region_id?: string | undefined;
};

export type Question = Requirements & {
  token: string;
  /** The client's address. A key with address rules is refused without it. */
  ip?: string | undefined;
};

export type Verification =
  | { valid: true; code: "VALID"; key: Key }
  /** `key` is null when the token is not found or belongs to an environment that is not the service's to see. */
  | { valid: false; code: Denial; key: Key | null };

/** No decision could be had: the request must not pass. `status` is Latchkey's last answer, null without one. */
export class LatchkeyUnavailable extends Error {
  readonly status: number | null;

  constructor(message: string, { status = null, cause }: { status?: number | null; cause?: unknown } = {}) {
    super(message, { cause });
    this.name = "LatchkeyUnavailable";
    this.status = status;
  }
}
