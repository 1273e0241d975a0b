import { expect, test } from "vitest";
import { overlapExtensions } from "@/components/key-page/overlap-extensions";
import { extendGracePeriodSchema } from "@/lib/api-keys/schema";

const HOUR = 3600;
const DAY = 24 * HOUR;
const START = 1_795_170_000;
const of = (end: number | null, expiry: number | null = null) =>
  overlapExtensions({
    regenerated_at: START,
    grace_period_ends_at: end === null ? null : START + end,
    expires_at: expiry === null ? null : START + expiry,
  });

test("every length is counted from the regeneration, and only longer ones are offered", () => {
  expect(of(HOUR).map(({ seconds }) => seconds)).toEqual([6 * HOUR, DAY, 3 * DAY, 7 * DAY]);
  expect(of(DAY).map(({ ends_at }) => ends_at)).toEqual([START + 3 * DAY, START + 7 * DAY]);
});

test("an overlap of seven days, or one that ends with the key, cannot be longer", () => {
  expect(of(7 * DAY)).toEqual([]);
  expect(of(2 * DAY, 2 * DAY)).toEqual([]);
});

test("what reaches beyond the key's expiry is offered once, and ends with the key", () => {
  expect(of(HOUR, 2 * DAY)).toEqual([
    { seconds: 6 * HOUR, label: "6 hours", ends_at: START + 6 * HOUR, endsWithKey: false },
    { seconds: DAY, label: "24 hours", ends_at: START + DAY, endsWithKey: false },
    { seconds: 3 * DAY, label: "3 days", ends_at: START + 2 * DAY, endsWithKey: true },
  ]);
});

test("without an overlap in progress there is nothing to extend", () => {
  expect(of(null)).toEqual([]);
});

test("the longest on offer is the longest that the API accepts", () => {
  const longest = of(HOUR).at(-1)?.seconds ?? 0;
  const isAccepted = (grace_period_seconds: number) =>
    extendGracePeriodSchema.safeParse({ grace_period_seconds }).success;
  expect([isAccepted(longest), isAccepted(longest + 1)]).toEqual([true, false]);
});
