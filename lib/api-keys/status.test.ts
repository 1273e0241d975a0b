import { describe, expect, test } from "vitest";
import { keyStatus } from "@/lib/api-keys/status";

const now = new Date("2026-11-20T12:00:00.000Z");
const past = new Date(now.getTime() - 1);
const future = new Date(now.getTime() + 1);

describe("keyStatus", () => {
  test.each([
    { revoked_at: null, expires_at: null, disabled_at: null, status: "active" },
    { revoked_at: null, expires_at: future, disabled_at: null, status: "active" },
    { revoked_at: null, expires_at: null, disabled_at: past, status: "disabled" },
    { revoked_at: null, expires_at: future, disabled_at: past, status: "disabled" },
    { revoked_at: null, expires_at: past, disabled_at: null, status: "expired" },
    { revoked_at: null, expires_at: past, disabled_at: past, status: "expired" },
    { revoked_at: past, expires_at: null, disabled_at: null, status: "revoked" },
    { revoked_at: past, expires_at: past, disabled_at: past, status: "revoked" },
  ])("$status wins for revoked $revoked_at, expires $expires_at, disabled $disabled_at", ({ status, ...key }) => {
    expect(keyStatus(key, now)).toBe(status);
  });

  test("a key expires at that instant, not after it", () => {
    expect(keyStatus({ revoked_at: null, disabled_at: null, expires_at: now }, now)).toBe("expired");
  });
});
