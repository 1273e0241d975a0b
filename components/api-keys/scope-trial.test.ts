import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tryScopes } from "@/components/api-keys/scope-trial";
import { SCOPE_ACTIONS, scopeAllows } from "@/lib/api-keys/resource-filter";

const reasonOf = (resource: string, path: string) => {
  const trial = tryScopes([{ action: "read", resource }], "read", path);
  return trial.problem === null ? trial.reasons[0] : trial.problem;
};

describe("trying a path on scopes", () => {
  test.each([
    ["PLACE/Site/42/*", "PLACE/Site/42/THING/7", null],
    ["", "anything/at/all", null],
    ["#", "a", null],
    ["PLACE/Site/42/*", "PLACE/Site/43/THING", "segment 3 has to be 42, not 43."],
    ["PLACE/site", "PLACE/Site", "segment 2 has to be site, not Site. Upper and lower case differ."],
    ["PLACE/Site/42/*", "PLACE/Site/42", "the filter takes at least 4 segments, the path has 3."],
    ["PLACE/#", "PLACE/Site/42", "the filter takes exactly 2 segments, the path has 3."],
    ["a", "a/b", "the filter takes exactly 1 segment, the path has 2."],
    ["a//b", "a/b", "the filter is not valid."],
    ["*", "", "Enter a path, such as PLACE/Site/42."],
    ["*", "/a", "The resource has an empty segment: remove the leading, trailing or doubled slash."],
  ])("%j on %j: %j", (filter, path, reason) => {
    expect(reasonOf(filter, path)).toBe(reason);
  });

  test("an action that is not included is told apart from a path that is not matched", () => {
    const scopes = [{ action: "write", resource: "a/*" } as const, { action: "admin", resource: "b/*" } as const];
    const reasons = ["the filter matches, but write does not include read.", "segment 1 has to be b, not a."];
    expect(tryScopes(scopes, "read", "a/1")).toEqual({ problem: null, allowed: false, reasons, note: null });
    expect(tryScopes(scopes, "read", "b/1")).toMatchObject({ allowed: true, reasons: [expect.any(String), null] });
  });

  test("wildcards in the path are taken literally, and it is said", () => {
    expect(tryScopes([{ action: "read", resource: "a/1" }], "read", "a/#")).toMatchObject({
      allowed: false,
      note: "In a path, # and * stand for themselves: only filters have wildcards.",
    });
  });

  test("the answer is that of verification, for any scopes and path, and a refusal always has its reason", () => {
    const segment = fc.constantFrom("a", "b", "A", "#", "*");
    const resource = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
    const action = fc.constantFrom(...SCOPE_ACTIONS);
    const scopes = fc.array(fc.record({ action, resource }), { maxLength: 4 });
    fc.assert(
      fc.property(scopes, action, resource, (given, wanted, path) => {
        const trial = tryScopes(given, wanted, path);
        expect(trial).toMatchObject({ allowed: scopeAllows(given, wanted, path) });
        if (trial.problem === null)
          expect(trial.reasons.every((reason) => reason === null || reason !== "")).toBe(true);
      }),
    );
  });
});
