import { describe, expect, it } from "vitest";
import { actionLabel, eventTitle } from "@/components/audit/action-words";
import { shownChanges } from "@/components/audit/change-words";
import { refusalWords } from "@/components/audit/refusal-words";
import { AUDIT_ACTIONS } from "@/lib/audit/actions";

describe("an action", () => {
  it.each([
    ["api_key.created", "API key created"],
    ["api_key.grace_period_extended", "API key overlap extended"],
    ["api_key.grace_period_ended", "API key overlap ended"],
    ["api_key.deleted", "API key deleted permanently"],
    ["region.deleted", "Region deleted"],
    ["product.unretired", "Product offered again"],
    ["member.signed_in", "Member signed in"],
    ["something_new.happened", "Something new happened"],
  ])("%s is told as %s", (action, words) => {
    expect(actionLabel(action)).toBe(words);
  });
});

describe("a refusal", () => {
  it.each([
    ["member.signed_in", "Sign-in refused"],
    ["member.password_changed", "Password change refused"],
    ["api_key.created", "Create API key refused"],
    ["api_key.used", "Use of API key refused"],
    ["api_key.grace_period_ended", "End the overlap of API key refused"],
    ["signing_key.rotated", "Rotate signing key refused"],
    ["something_new.happened", "Something new happened: refused"],
  ])("of %s does not read as if it had happened: %s", (action, words) => {
    expect(eventTitle({ action, outcome: "denied" })).toBe(words);
  });

  it("has words for every action of the table", () => {
    const all = Object.entries(AUDIT_ACTIONS).flatMap(([kind, verbs]) => verbs.map((verb) => `${kind}.${verb}`));
    for (const action of all) expect(eventTitle({ action, outcome: "denied" })).toMatch(/[a-z] refused$/);
  });

  it("says why in words, its own or those of the API", () => {
    expect(["wrong_credentials", "throttled", "insufficient_permissions", "new_code"].map(refusalWords)).toEqual([
      "wrong e-mail or password",
      "too many attempts",
      "a permission is missing",
      "new_code",
    ]);
  });
});

describe("changes", () => {
  it("are told in words: lists, times, scopes and switches", () => {
    expect(
      shownChanges({
        name: ["CI", "Pipeline"],
        is_active: [true, false],
        expires_at: [null, 1_795_170_000],
        allowed_ips: [[], ["203.0.113.0/24", "192.0.2.1"]],
        scopes: [[], [{ action: "read", resource: "PLACE/*" }]],
        description: ["", null],
      }),
    ).toEqual([
      { field: "Name", before: "CI", after: "Pipeline" },
      { field: "Active", before: "yes", after: "no" },
      { field: "Expiration", before: null, after: "20 Nov 2026, 10:20 UTC" },
      { field: "IP restrictions", before: "none", after: "203.0.113.0/24, 192.0.2.1" },
      { field: "Scopes", before: "none", after: "read on PLACE/*" },
      { field: "Description", before: "(empty)", after: null },
    ]);
  });

  it("name the overlap as the console does", () => {
    expect(shownChanges({ grace_period_ends_at: [1_795_170_000, null] })).toEqual([
      { field: "Overlap ends", before: "20 Nov 2026, 10:20 UTC", after: null },
    ]);
  });

  it("leave out a field that says nothing on either side", () => {
    expect(shownChanges({ description: [null, null] })).toEqual([]);
  });
});
