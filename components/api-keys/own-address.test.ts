import { expect, test } from "vitest";
import { shutsOut } from "@/components/api-keys/own-address";

test.each([
  [["203.0.113.0/24"], true],
  [["192.0.2.0/24", "203.0.113.0/24"], false],
  [["0.0.0.0/0", "1.2.3"], false],
  [["203.0.113.0/24", "1.2.3"], false],
  [[], false],
])("whether %j shuts 192.0.2.7 out: %s", (rules, isOut) => {
  expect(shutsOut(rules, "192.0.2.7")).toBe(isOut);
});
