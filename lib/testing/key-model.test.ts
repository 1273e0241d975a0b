import { expect, test } from "vitest";
import { KeyModel } from "@/lib/testing/key-model";

const fresh = () => new KeyModel("A", 0);

test("an acknowledged change is the only truth: the state before it is a lost change", () => {
  const model = fresh();
  expect(model.acknowledged({ kind: "disable" }, { status: "disabled", name: "A" })).toBeNull();
  expect(model.decisions(0)).toEqual(new Set(["DISABLED"]));
  expect(model.settled({ status: "active", name: "A", version: 1 })).toContain("could only be");
});

test("a change without an answer was made or was not, and never by half", () => {
  const model = fresh();
  model.unknown({ kind: "regenerate", token: null });
  expect(model.decisions(0)).toEqual(new Set(["VALID", "NOT_FOUND"]));
  expect(model.settled({ status: "active", name: "A", version: 3 })).toContain("could only be");
  expect(model.settled({ status: "active", name: "A", version: 2 })).toBeNull();
  expect(model.decisions(0)).toEqual(new Set(["NOT_FOUND"]));
});

test("what a later answer tells settles what was open", () => {
  const model = fresh();
  model.unknown({ kind: "disable" });
  expect(model.acknowledged({ kind: "rename", name: "B" }, { status: "disabled", name: "B" })).toBeNull();
  expect(model.possible).toEqual([{ status: "disabled", name: "B", token: 0, version: 3 }]);
});

test("only a key that may have been revoked can be gone, and what is gone changes no more", () => {
  const model = fresh();
  expect(model.notFound({ kind: "disable" })).toContain("could only be");
  model.unknown({ kind: "revoke" });
  expect(model.notFound({ kind: "disable" })).toBeNull();
  expect(model.acknowledged({ kind: "reactivate" }, null)).toContain("could only be");
  expect(model.decisions(0)).toEqual(new Set(["REVOKED"]));
});

test("writing what is there already makes no version, a new token does", () => {
  const model = fresh();
  expect(model.changesSomething({ kind: "reactivate" })).toBe(false);
  expect(model.changesSomething({ kind: "regenerate", token: 0 })).toBe(true);
  model.acknowledged({ kind: "reactivate" }, null);
  model.acknowledged({ kind: "rename", name: "A" }, null);
  model.acknowledged({ kind: "regenerate", token: 0 }, null);
  expect(model.possible).toEqual([{ status: "active", name: "A", token: 0, version: 2 }]);
});
