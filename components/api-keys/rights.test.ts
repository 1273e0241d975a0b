import { expect, test } from "vitest";
import { apiKey } from "@/components/api-keys/example-key";
import { createRefusal, type KeyViewer, refusalOf } from "@/components/api-keys/rights";

const viewerOf = (role: KeyViewer["role"], id = "usr_ada"): KeyViewer => ({
  id,
  role,
  ip: null,
  all_subaccounts: true,
});

test.each(["owner", "admin"] as const)("an %s may do everything that the key's state allows", (role) => {
  const actions = ["edit", "regenerate", "disable", "revoke"] as const;
  expect(actions.map((action) => refusalOf(action, apiKey(), viewerOf(role, "usr_other")))).toEqual([
    null,
    null,
    null,
    null,
  ]);
  expect(createRefusal(viewerOf(role))).toBeNull();
});

test("a developer manages only the keys that they created themselves", () => {
  expect(refusalOf("revoke", apiKey(), viewerOf("developer"))).toBeNull();
  expect(refusalOf("revoke", apiKey(), viewerOf("developer", "usr_other"))).toMatch(/only the keys that they created/);
  const byKey = apiKey({ created_by: { type: "api_key", id: "usr_ada", name: "x" } });
  expect(refusalOf("edit", byKey, viewerOf("developer"))).not.toBeNull();
});

test("a viewer changes nothing and creates nothing, and is told why", () => {
  expect(refusalOf("edit", apiKey(), viewerOf("viewer"))).toMatch(/^Viewers/);
  expect(createRefusal(viewerOf("viewer"))).toMatch(/^Viewers/);
});

test("a revoked key can only be deleted permanently, and no other can", () => {
  const revoked = apiKey({ status: "revoked", revoked_at: 1 });
  expect(refusalOf("delete", revoked, viewerOf("owner"))).toBeNull();
  for (const action of ["edit", "regenerate", "disable", "reactivate", "revoke"] as const) {
    expect(refusalOf(action, revoked, viewerOf("owner"))).not.toBeNull();
  }
  expect(refusalOf("delete", apiKey(), viewerOf("owner"))).not.toBeNull();
});

test("disable and reactivate follow the switch, whatever the expiry", () => {
  const off = apiKey({ is_active: false, status: "expired" });
  expect(refusalOf("reactivate", off, viewerOf("owner"))).toBeNull();
  expect(refusalOf("disable", off, viewerOf("owner"))).not.toBeNull();
});
