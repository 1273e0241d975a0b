import { describe, expect, test } from "vitest";
import { AppError } from "@/lib/errors";
import { isAccepted, OUTCOMES, outcomeOfError } from "@/lib/usage/outcome";

describe("how a request counts", () => {
  test.each([
    ["insufficient_permissions", "INSUFFICIENT_PERMISSIONS"],
    ["exceeds_own_access", "INSUFFICIENT_PERMISSIONS"],
    ["ip_not_allowed", "IP_NOT_ALLOWED"],
    ["rate_limited", "RATE_LIMITED"],
    ["invalid_token", "REVOKED"],
    ["validation_failed", "VALID"],
    ["not_found", "VALID"],
    ["unavailable", "VALID"],
  ] as const)("%s is %s", (code, outcome) => {
    expect(outcomeOfError(new AppError(code, "…"))).toBe(outcome);
  });

  test("a failure of ours is not held against the key", () => {
    expect(outcomeOfError(new TypeError("a bug"))).toBe("VALID");
  });
});

test("only who may use the key moves its last use", () => {
  expect(OUTCOMES.filter((outcome) => !isAccepted(outcome))).toEqual([
    "NOT_FOUND",
    "REVOKED",
    "EXPIRED",
    "DISABLED",
    "WRONG_ENVIRONMENT",
    "WRONG_REGION",
    "IP_NOT_ALLOWED",
  ]);
});
