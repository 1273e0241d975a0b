import { describe, expect, test } from "vitest";
import { apiKey } from "@/components/api-keys/example-key";
import { emptyValues, formErrors, fromKey, toCreateBody, toUpdateBody } from "@/components/api-keys/form-values";

const now = 1_795_170_000;
const filled = { ...emptyValues("reg_1"), name: "CI pipeline", permissions: ["serp_api:read"] };

describe("the body of a create", () => {
  test("says everything but all subaccounts, which the API inherits from the creator", () => {
    expect(toCreateBody(filled, now)).toEqual({
      name: "CI pipeline",
      description: "",
      environment: "production",
      region_id: "reg_1",
      permissions: ["serp_api:read"],
      scopes: [],
      allowed_ips: [],
      expires_at: null,
    });
  });

  test("counts a preset from the moment of saving", () => {
    const values = { ...filled, expires_at: { choice: "7d", local: "" } as const };
    expect(toCreateBody(values, now).expires_at).toBe(now + 7 * 86_400);
  });

  test("reads a cleared resource filter as all resources", () => {
    const values = { ...filled, scopes: [{ action: "read" as const, resource: " " }] };
    expect(toCreateBody(values, now).scopes).toEqual([{ action: "read", resource: "*" }]);
  });

  test("names the chosen subaccounts", () => {
    const values = { ...filled, all_subaccounts: false, allowed_subaccounts: ["sub_1"] };
    expect(toCreateBody(values, now).allowed_subaccounts).toEqual(["sub_1"]);
  });
});

describe("the body of an edit", () => {
  const key = apiKey({
    expires_at: now + 12_345,
    permissions: ["a:read", "b:read"],
    all_subaccounts: false,
    allowed_subaccounts: ["sub_1"],
  });
  const before = fromKey(key);

  test("is empty when nothing was changed, also for an expiry with seconds", () => {
    expect(toUpdateBody(before, { ...fromKey(key) }, now)).toEqual({});
    expect(toUpdateBody(before, { ...before, permissions: ["b:read", "a:read"] }, now)).toEqual({});
  });

  test("names only what was changed", () => {
    expect(toUpdateBody(before, { ...before, name: "New" }, now)).toEqual({ name: "New" });
    expect(toUpdateBody(before, { ...before, description: "x", allowed_ips: ["192.0.2.1"] }, now)).toEqual({
      description: "x",
      allowed_ips: ["192.0.2.1"],
    });
    expect(toUpdateBody(before, { ...before, expires_at: { choice: "never", local: "" } }, now)).toEqual({
      expires_at: null,
    });
  });

  test("widens to all subaccounts by the flag alone, and narrows by a list", () => {
    expect(toUpdateBody(before, { ...before, all_subaccounts: true }, now)).toEqual({ all_subaccounts: true });
    const all = fromKey(apiKey());
    expect(toUpdateBody(all, { ...all, all_subaccounts: false, allowed_subaccounts: ["sub_2"] }, now)).toEqual({
      allowed_subaccounts: ["sub_2"],
    });
  });
});

describe("what only the form can get wrong", () => {
  test("a complete form has no errors", () => {
    expect(formErrors(filled, null, now)).toEqual({});
  });

  test("choosing subaccounts and then none is refused, because the API reads an empty list as all", () => {
    expect(formErrors({ ...filled, all_subaccounts: false }, null, now)).toHaveProperty("allowed_subaccounts");
  });

  test("a key whose subaccounts were all deleted can be edited without giving it any", () => {
    const before = fromKey(apiKey({ all_subaccounts: false }));
    expect(formErrors({ ...before, name: "New" }, before, now)).toEqual({});
  });

  test("a date that is missing or past is refused, but an expired key keeps its own", () => {
    const custom = (local: string) => ({ ...filled, expires_at: { choice: "custom", local } as const });
    expect(formErrors(custom(""), null, now).expires_at).toBe("Choose a date and time.");
    expect(formErrors(custom("2001-01-01T00:00"), null, now).expires_at).toBe("Choose a moment in the future.");
    const expired = fromKey(apiKey({ expires_at: now - 1 }));
    expect(formErrors({ ...expired, name: "New" }, expired, now)).toEqual({});
  });

  test("a key without permission and scope is refused", () => {
    expect(formErrors({ ...filled, permissions: [] }, null, now)).toHaveProperty("permissions");
    expect(formErrors({ ...filled, permissions: [], scopes: [{ action: "read", resource: "*" }] }, null, now)).toEqual(
      {},
    );
  });
});
