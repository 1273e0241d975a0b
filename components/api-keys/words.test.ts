import { expect, test } from "vitest";
import { usedLatelyText } from "@/components/api-keys/words";

test.each([
  [1, 1, "It was used in the last 24 hours."],
  [2, 2, "Both were used in the last 24 hours."],
  [3, 3, "All 3 were used in the last 24 hours."],
  [1, 3, "1 of them was used in the last 24 hours."],
  [2, 3, "2 of them were used in the last 24 hours."],
])("of %i used among %i it says: %s", (used, of, text) => {
  expect(usedLatelyText(used, of)).toBe(text);
});
