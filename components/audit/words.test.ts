import { describe, expect, it } from "vitest";
import { actionLabel } from "@/components/audit/action-words";
import { shownChanges } from "@/components/audit/change-words";

describe("an action", () => {
  it.each([
    ["api_key.created", "API key created"],
    ["api_key.grace_period_extended", "API key overlap extended"],
    ["api_key.grace_period_ended", "API key overlap ended"],
    ["api_key.deleted", "API key deleted permanently"],
    ["region.deleted", "Region deleted"],
    ["member.signed_in", "Member signed in"],
    ["something_new.happened", "Something new happened"],
  ])("%s is told as %s", (action, words) => {
    expect(actionLabel(action)).toBe(words);
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

  it("leave out a field that says nothing on either side", () => {
    expect(shownChanges({ description: [null, null] })).toEqual([]);
  });
});
