import type { ErrorCode } from "@/lib/errors";

/** What to do about each error, for the page that a problem's `type` leads to. A code without help does not compile. */
export const ERROR_HELP: Record<ErrorCode, string> = {
  invalid_json: "Send one JSON object, in UTF-8 and without a byte order mark.",
  ambiguous_credentials: "Send one token in one header: Authorization, X-API-Key or api-token.",
  invalid_cursor: "Start the list again without the cursor. A cursor belongs to one list in one order.",
  unauthenticated: "Send a token as “Authorization: Bearer <token>”, or sign in to the console.",
  invalid_token:
    "The token is unknown, mistyped, expired, disabled or revoked. Ask who manages your keys for one that works.",
  insufficient_permissions: "Use a key or an account that has the permission named in the answer.",
  exceeds_own_access: "You can only hand out what you have. Leave out what “exceeding” lists, or use a stronger key.",
  ip_not_allowed: "Call from an address that the key's rules admit, or have the rules changed.",
  cross_origin: "Changes with a session come from the console's own pages. Scripts use a token.",
  not_found: "Check the path and the id. A key of another organization, environment or region is not found either.",
  method_not_allowed: "Use one of the methods in the Allow header.",
  key_in_use: "A key cannot revoke, disable, regenerate or widen itself. Use another key.",
  last_active_key: "The region would be left without an active key. Create another one first.",
  last_owner: "Make another member an owner first.",
  region_in_use: "Delete the region's keys permanently, or keep the region. The last region stays.",
  product_in_use: "Retire the product instead: its keys go on working and nobody can be granted it anew.",
  signing_key_in_use:
    "Wait until its tokens were used, or regenerate or revoke their keys; or confirm with “end_tokens” that they stop working. The current version stays: rotate first.",
  name_taken: "Choose another name.",
  not_bootstrapped: "An owner presses “Set up API keys” in the console once.",
  idempotency_conflict: "Use a new Idempotency-Key for a new request.",
  idempotency_in_progress: "Wait for the first request to end, then retry.",
  version_mismatch: "Read it again and repeat the change on what it is now.",
  body_too_large: "Send at most 64 KiB; an import may have 512 KiB.",
  unsupported_media_type: "Send “Content-Type: application/json” and no Content-Encoding.",
  validation_failed: "“errors” names each field by its pointer and says what it needs.",
  rate_limited: "Wait as many seconds as Retry-After says.",
  internal: "Report the request id: it finds the cause in the server's log.",
  unavailable: "Retry after as many seconds as Retry-After says. It says nothing about the key.",
};
