import { expect, test } from "vitest";
import { BoundedMap } from "@/lib/bounded-map";

test("makes a value once, remembers null too, and forgets the oldest beyond its bound", () => {
  const made: string[] = [];
  const lengths = new BoundedMap<number | null>(2);
  const lengthOf = (text: string) =>
    lengths.getOrMake(text, (given) => {
      made.push(given);
      return given === "" ? null : given.length;
    });
  expect([lengthOf(""), lengthOf(""), lengthOf("a"), lengthOf("a")]).toEqual([null, null, 1, 1]);
  expect(made).toEqual(["", "a"]);
  lengthOf("bb");
  lengthOf("");
  expect(made).toEqual(["", "a", "bb", ""]);
});

test("a text that is too long is made each time", () => {
  let made = 0;
  const lengths = new BoundedMap<number>(2, 3);
  const lengthOf = (text: string) =>
    lengths.getOrMake(text, () => {
      made++;
      return text.length;
    });
  expect([lengthOf("abc"), lengthOf("abc"), made]).toEqual([3, 3, 1]);
  expect([lengthOf("abcd"), lengthOf("abcd"), made]).toEqual([4, 4, 3]);
});
