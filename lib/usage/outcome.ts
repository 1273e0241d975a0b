import { VERIFICATION_CODES } from "@/lib/api-keys/verification";
import { AppError } from "@/lib/errors";

/** What became of a request that was made with a key: `VALID`, or the reason of its denial. */
export const OUTCOMES = [...VERIFICATION_CODES, "RATE_LIMITED"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** The outcomes of a token that was good where it was used: what "last used" speaks of. Not a thief's or a dead key's. */
const ACCEPTED: readonly Outcome[] = [
  "VALID",
  "SUBACCOUNT_NOT_ALLOWED",
  "INSUFFICIENT_PERMISSIONS",
  "RESOURCE_NOT_ALLOWED",
  "RATE_LIMITED",
];

/** True if the outcome means that the key itself was in use, by who may use it. */
export const isAccepted = (outcome: Outcome): boolean => ACCEPTED.includes(outcome);

/** How an authenticated request that ended with `error` counts. One that the key was not the reason of was allowed. */
export function outcomeOfError(error: unknown): Outcome {
  if (!(error instanceof AppError)) return "VALID";
  if (error.code === "insufficient_permissions" || error.code === "exceeds_own_access") {
    return "INSUFFICIENT_PERMISSIONS";
  }
  if (error.code === "ip_not_allowed") return "IP_NOT_ALLOWED";
  if (error.code === "rate_limited") return "RATE_LIMITED";
  // It was good when the request began, and taken away before the change that it asked for.
  return error.code === "invalid_token" ? "REVOKED" : "VALID";
}
