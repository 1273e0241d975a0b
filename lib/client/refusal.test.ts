import { expect, test } from "vitest";
import { DENIAL_CODES, decide } from "@/lib/api-keys/verification";
import { ipNotAllowed } from "@/lib/auth/repository";
import { refusalOf, refusals } from "@/lib/client/refusal";
import { DENIALS } from "@/lib/client/types";
import { ERRORS, type ErrorCode } from "@/lib/errors";

// The client has no dependencies and so repeats what the server says: this holds the two together.
const denied = (code: (typeof DENIALS)[number]) => refusalOf({ valid: false, code, key: null }, []);
const all = [...Object.values(refusals), ...DENIALS.map(denied)];

test("the client knows the denials of the server, in their order", () => {
  expect(DENIALS).toEqual(DENIAL_CODES);
});

test("a refusal of the client has the status and the title that the server gives its code", () => {
  for (const { status, body } of all) {
    const { code, ...problem } = JSON.parse(body) as { code: ErrorCode; title: string; status: number };
    expect(problem).toMatchObject({ ...ERRORS[code], status });
  }
});

test("a refused address is told in the server's words, and so is what a key lacks", () => {
  const detailOf = (code: (typeof DENIALS)[number]) => JSON.parse(denied(code).body).detail;
  expect(detailOf("IP_NOT_ALLOWED")).toBe(ipNotAllowed().message);
  const key = {
    environment: "production" as const,
    region_id: "reg_1",
    permissions: [],
    scopes: [],
    all_subaccounts: false,
    allowed_subaccounts: [],
    allowed_ips: [],
    expires_at: null,
    disabled_at: null,
    revoked_at: null,
    now: new Date(),
  };
  const { checks } = decide(key, {
    ip: null,
    permissions: [],
    subaccount: { id: "sub_1", exists: true },
    scope: { action: "read", resource: "a" },
  });
  for (const code of ["SUBACCOUNT_NOT_ALLOWED", "RESOURCE_NOT_ALLOWED"] as const)
    expect(detailOf(code)).toBe(checks.find((check) => check.code === code)?.detail);
});
