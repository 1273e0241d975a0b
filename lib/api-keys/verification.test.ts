import { describe, expect, test } from "vitest";
import { type Candidate, DENIAL_CODES, decide, type Requirements, scopeAsked } from "@/lib/api-keys/verification";

const now = new Date("2026-11-20T12:00:00Z");
const past = new Date("2026-11-20T11:59:59Z");

const key: Candidate = {
  environment: "production",
  region_id: "reg_1",
  permissions: ["residential:read", "residential:write"],
  scopes: [{ action: "write", resource: "PLACE/Site/42/*" }],
  all_subaccounts: false,
  allowed_subaccounts: ["sub_1"],
  allowed_ips: ["203.0.113.0/24"],
  expires_at: new Date("2026-11-20T12:00:01Z"),
  disabled_at: null,
  revoked_at: null,
  now,
};

const met: Requirements = {
  environment: "production",
  region_id: "reg_1",
  ip: "203.0.113.9",
  subaccount: { id: "sub_1", exists: true },
  permissions: ["residential:write"],
  scope: { action: "write", resource: "PLACE/Site/42/THING" },
};

/** What makes each check fail, in the order in which they count. */
const FAULTS: [(typeof DENIAL_CODES)[number], Partial<Candidate>, Partial<Requirements>][] = [
  ["REVOKED", { revoked_at: past }, {}],
  ["EXPIRED", { expires_at: now }, {}],
  ["DISABLED", { disabled_at: past }, {}],
  ["WRONG_ENVIRONMENT", {}, { environment: "preview" }],
  ["WRONG_REGION", {}, { region_id: "reg_2" }],
  ["IP_NOT_ALLOWED", {}, { ip: "198.51.100.1" }],
  ["SUBACCOUNT_NOT_ALLOWED", {}, { subaccount: { id: "sub_2", exists: true } }],
  ["INSUFFICIENT_PERMISSIONS", {}, { permissions: ["residential:write", "serp_api:read"] }],
  ["RESOURCE_NOT_ALLOWED", {}, { scope: { action: "read", resource: "PLACE/Site/42/THING" } }],
];

describe("decide", () => {
  test("a key that meets everything is valid, and every check passed", () => {
    const { code, checks } = decide(key, met);
    expect(code).toBe("VALID");
    expect(checks.map((check) => check.code)).toEqual([...DENIAL_CODES]);
    expect(checks.every((check) => check.outcome === "passed" && check.detail === null)).toBe(true);
  });

  test("what is not asked for is not judged, but for the state and the address rules", () => {
    const { code, checks } = decide(key, { ip: "203.0.113.9", permissions: [] });
    expect(code).toBe("VALID");
    const judged = checks.filter((check) => check.outcome !== "not_asked").map((check) => check.code);
    expect(judged).toEqual(["NOT_FOUND", "REVOKED", "EXPIRED", "DISABLED", "IP_NOT_ALLOWED"]);
  });

  test("no key is NOT_FOUND, and nothing else can be asked", () => {
    const { code, checks } = decide(null, met);
    expect(code).toBe("NOT_FOUND");
    expect(checks.map((check) => check.outcome)).toEqual(["failed", ...Array(9).fill("not_asked")]);
  });

  test.each(FAULTS)("%s alone is found", (code, fault, asked) => {
    const decision = decide({ ...key, ...fault }, { ...met, ...asked });
    expect(decision.code).toBe(code);
    const failed = decision.checks.filter((check) => check.outcome === "failed");
    expect(failed.map((check) => check.code)).toEqual([code]);
    expect(failed[0]?.detail).toMatch(/\.$/);
  });

  test("of any two faults the earlier one is the code, and both are in the checks", () => {
    for (const [i, [first, ...firstFault]] of FAULTS.entries()) {
      for (const [second, ...secondFault] of FAULTS.slice(i + 1)) {
        const candidate = { ...key, ...firstFault[0], ...secondFault[0] };
        const { code, checks } = decide(candidate, { ...met, ...firstFault[1], ...secondFault[1] });
        const failed = checks.filter((check) => check.outcome === "failed").map((check) => check.code);
        expect([code, failed]).toEqual([first, [first, second]]);
      }
    }
  });

  test("IP-06 a key with address rules refuses an unknown address, one without does not", () => {
    expect(decide(key, { ...met, ip: null }).code).toBe("IP_NOT_ALLOWED");
    expect(decide({ ...key, allowed_ips: [] }, { ...met, ip: null }).code).toBe("VALID");
  });

  test("a subaccount that does not exist is reached by no key, and an empty list reaches none", () => {
    const all = { ...key, all_subaccounts: true, allowed_subaccounts: [] };
    expect(decide(all, { ...met, subaccount: { id: "sub_9", exists: true } }).code).toBe("VALID");
    expect(decide(all, { ...met, subaccount: { id: "sub_1", exists: false } }).code).toBe("SUBACCOUNT_NOT_ALLOWED");
    expect(decide({ ...key, allowed_subaccounts: [] }, met).code).toBe("SUBACCOUNT_NOT_ALLOWED");
  });

  test("a path with wildcards asks for all that it stands for", () => {
    const ask = (resource: string) => decide(key, { ...met, scope: { action: "write", resource } }).code;
    expect(ask("PLACE/Site/42/*")).toBe("VALID");
    expect(ask("PLACE/Site/42/#")).toBe("VALID");
    expect(ask("PLACE/Site/#/THING")).toBe("RESOURCE_NOT_ALLOWED");
    expect(ask("*")).toBe("RESOURCE_NOT_ALLOWED");
    const oneLevel = { ...key, scopes: [{ action: "write", resource: "PLACE/#" }] as const };
    expect(decide(oneLevel, { ...met, scope: { action: "write", resource: "PLACE/*" } }).code).toBe(
      "RESOURCE_NOT_ALLOWED",
    );
  });

  test("write includes neither read nor admin; an action alone is no scope", () => {
    for (const action of ["read", "admin", "*"] as const) {
      expect(decide(key, { ...met, scope: { action, resource: "PLACE/Site/42/T" } }).code).toBe("RESOURCE_NOT_ALLOWED");
    }
    expect(scopeAsked("read", undefined)).toBeUndefined();
    expect(scopeAsked("read", "a")).toEqual({ action: "read", resource: "a" });
  });
});
