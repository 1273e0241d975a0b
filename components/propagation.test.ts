import { expect, test } from "vitest";
import { inForceText } from "@/components/propagation";

test.each([
  ["instances=3; ms=2.1", "In force on all 3 instances after 2 ms."],
  ["instances=2; ms=0.4", "In force on all 2 instances after 1 ms."],
  ["instances=3; ms=4049.5", "In force on all 3 instances after 4.0 s."],
])("%s reads: %s", (header, text) => {
  expect(inForceText(new Headers({ "latchkey-propagation": header }))).toBe(text);
});

test.each([
  undefined,
  "",
  "instances=1; ms=12",
  "instances=0; ms=0.3",
  "instances=; ms=",
  "instances=3",
  "<b>instances=3; ms=1</b>",
])("%s says nothing", (header) => {
  expect(inForceText(new Headers(header === undefined ? {} : { "latchkey-propagation": header }))).toBeUndefined();
});
