import { expect, test } from "vitest";
import { padded } from "@/lib/postgres/padded";

test.each([
  [[], []],
  [["a"], ["a"]],
  [
    ["a", "b", "c"],
    ["a", "b", "c", "c"],
  ],
  [["a", "b", "c", "d", "e"], [..."abcdeeee"]],
])("%j has a power of two of members, none but its own", (list, expected) => {
  expect(padded(list)).toEqual(expected);
});
