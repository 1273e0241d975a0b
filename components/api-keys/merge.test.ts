import { describe, expect, test } from "vitest";
import { apiKey } from "@/components/api-keys/example-key";
import { EDITED_LABELS } from "@/components/api-keys/field-labels";
import { fromKey, type KeyFormValues, toUpdateBody } from "@/components/api-keys/form-values";
import { differencesOf, doneBesides, mergedValues, plainChoices } from "@/components/api-keys/merge";

const NOW = 1_795_170_000;
const FIELDS = EDITED_LABELS.map(([field]) => field);
const options = { subaccounts: [{ id: "sub_1", name: "North", external_id: null }] };
const before = fromKey(apiKey({ permissions: ["a:read", "b:read"], description: "Old" }));
const states = (mine: Partial<KeyFormValues>, theirs: Partial<KeyFormValues>) => ({
  before,
  mine: { ...before, ...mine },
  theirs: { ...before, ...theirs },
});
const merge = (mine: Partial<KeyFormValues>, theirs: Partial<KeyFormValues>) => {
  const three = states(mine, theirs);
  const differences = differencesOf(three, options, NOW);
  return { three, differences, choices: plainChoices(differences) };
};

describe("two edits of one key", () => {
  test("of different fields are both kept, without a choice to make", () => {
    const { three, differences, choices } = merge({ name: "Mine" }, { allowed_ips: ["192.0.2.1"] });
    expect(differences.map(({ field, changedBy }) => [field, changedBy])).toEqual([
      ["name", "mine"],
      ["allowed_ips", "theirs"],
    ]);
    const merged = mergedValues(three, choices);
    expect(merged).toEqual({ ...before, name: "Mine", allowed_ips: ["192.0.2.1"] });
    expect(toUpdateBody(three.theirs, merged, NOW)).toEqual({ name: "Mine" });
  });

  test("of the same field are never decided for the person", () => {
    const { three, differences, choices } = merge({ description: "Mine" }, { description: "Theirs" });
    const difference = { field: "description", label: "Description", changedBy: "both" };
    expect(differences).toEqual([{ ...difference, before: ["Old"], mine: ["Mine"], theirs: ["Theirs"] }]);
    expect(choices).toEqual({});
    expect(mergedValues(three, { description: "mine" }).description).toBe("Mine");
    expect(mergedValues(three, { description: "theirs" }).description).toBe("Theirs");
  });

  test("that come to the same are no difference, whatever their order and blanks", () => {
    const mine = {
      permissions: ["b:read", "c:read"],
      name: " Same ",
      scopes: [{ action: "read" as const, resource: "" }],
    };
    const theirs = {
      permissions: ["c:read", "b:read"],
      name: "Same",
      scopes: [{ action: "read" as const, resource: "*" }],
    };
    expect(merge(mine, theirs).differences).toEqual([]);
  });

  test("of subaccounts are taken whole: never the list of one with the switch of the other", () => {
    const { three, differences } = merge({ all_subaccounts: false, allowed_subaccounts: ["sub_1"] }, {});
    expect(differences).toMatchObject([
      { field: "allowed_subaccounts", before: ["all"], mine: ["North"], theirs: ["all"] },
    ]);
    expect(mergedValues(three, { allowed_subaccounts: "mine" })).toEqual(three.mine);
    expect(mergedValues(three, { allowed_subaccounts: "theirs" })).toEqual(three.theirs);
  });

  test("each field can be kept or given up by itself", () => {
    const { three, differences } = merge(
      {
        name: "M",
        description: "M",
        expires_at: { choice: "30d", local: "" },
        allowed_ips: ["192.0.2.1"],
        all_subaccounts: false,
        permissions: ["m:read"],
        scopes: [{ action: "read", resource: "m" }],
      },
      {
        name: "T",
        description: "T",
        expires_at: { choice: "custom", local: "2027-03-03T14:05" },
        allowed_ips: ["192.0.2.2"],
        allowed_subaccounts: ["sub_1"],
        permissions: ["t:read"],
        scopes: [{ action: "read", resource: "t" }],
      },
    );
    expect(differences.map(({ field }) => field)).toEqual(FIELDS);
    for (const field of FIELDS) {
      const merged = mergedValues(three, { [field]: "mine" });
      const left = differencesOf({ ...three, mine: merged }, options, NOW);
      expect(left.map((difference) => difference.field)).toEqual([field]);
    }
    const all = Object.fromEntries(FIELDS.map((field) => [field, "mine" as const]));
    expect(mergedValues(three, all)).toEqual(three.mine);
  });

  test("say what was done to the key that no field shows", () => {
    const theirs = apiKey({ is_active: false, status: "disabled", regenerated_at: NOW });
    expect(doneBesides(apiKey(), theirs)).toEqual(["disabled it", "regenerated its token"]);
    expect(doneBesides(theirs, { ...theirs, is_active: true, name: "Other" })).toEqual(["reactivated it"]);
  });
});
