import { describe, expect, test } from "vitest";
import { AppError } from "@/lib/errors";
import {
  losesOwner,
  type Managed,
  refuseSelf,
  requireAuthorityOver,
  requireReach,
  type Standing,
} from "@/lib/members/policy";
import type { Role } from "@/lib/principal";

const standing = (role: Role, permissions: string[] | null = null, subaccounts: string[] | null = null): Standing => ({
  role,
  permissions,
  subaccounts,
});
const manager = (...given: Parameters<typeof standing>) => ({ id: "usr_m", ...standing(...given) });

function outcome(judge: () => void): string {
  try {
    judge();
    return "allowed";
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

test.each<[Role, Role[], string]>([
  ["owner", ["owner"], "allowed"],
  ["admin", ["admin", "viewer"], "allowed"],
  ["admin", ["owner", "viewer"], "insufficient_permissions"],
  ["admin", ["viewer", "owner"], "insufficient_permissions"],
])("owners are managed by owners: %s over %j is %s", (role, roles, expected) => {
  expect(outcome(() => requireAuthorityOver(manager(role), ...roles))).toBe(expected);
});

describe("nobody hands out what they do not have", () => {
  const limited = manager("admin", ["a:read"], ["sub_1"]);
  test.each<[string, Standing, Standing | null, string]>([
    ["exactly the own limits", standing("admin", ["a:read"], ["sub_1"]), null, "allowed"],
    ["less", standing("viewer", [], []), null, "allowed"],
    ["an unlimited axis", standing("viewer", null, []), null, "exceeds_own_access"],
    ["one entry too many", standing("viewer", [], ["sub_1", "sub_2"]), null, "exceeds_own_access"],
    ["less than before, though still more than the own", standing("viewer"), standing("admin"), "allowed"],
    ["one axis less, the other more", standing("viewer", [], null), standing("viewer", null, []), "exceeds_own_access"],
    ["a higher role with old limits beyond the own", standing("admin"), standing("viewer"), "exceeds_own_access"],
    ["unchanged limits beyond the own", standing("admin"), standing("admin"), "allowed"],
  ])("%s", (_, next, before, expected) => {
    expect(outcome(() => requireReach(limited, next, before))).toBe(expected);
  });

  test("an unlimited manager is not limited", () => {
    expect(outcome(() => requireReach(manager("admin"), standing("admin"), null))).toBe("allowed");
  });
});

test("nobody changes themself", () => {
  expect(outcome(() => refuseSelf(manager("owner"), { id: "usr_m" }))).toBe("insufficient_permissions");
  expect(outcome(() => refuseSelf(manager("owner"), { id: "usr_other" }))).toBe("allowed");
});

const owner: Managed = { id: "usr_o", ...standing("owner"), status: "active" };

test.each<[string, Managed, Parameters<typeof losesOwner>[1], boolean]>([
  ["demoted", owner, { role: "admin", status: "active" }, true],
  ["deactivated", owner, { role: "owner", status: "deactivated" }, true],
  ["removed", owner, null, true],
  ["unchanged", owner, { role: "owner", status: "active" }, false],
  ["only invited so far, then removed", { ...owner, status: "invited" }, null, false],
  ["no owner at all, then removed", { ...owner, role: "admin" }, null, false],
])("an active owner is lost or not: %s", (_, before, after, lost) => {
  expect(losesOwner(before, after)).toBe(lost);
});
