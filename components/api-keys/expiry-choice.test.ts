import { afterEach, describe, expect, test } from "vitest";
import { choiceOf, expiryOf, toLocal } from "@/components/api-keys/expiry-choice";

const now = 1_795_170_000;
const zone = process.env.TZ;
afterEach(() => {
  process.env.TZ = zone;
});

test("presets count from now, one year by the calendar", () => {
  expect(expiryOf({ choice: "never", local: "2027-01-01T00:00" }, now)).toBeNull();
  expect(expiryOf({ choice: "7d", local: "" }, now)).toBe(now + 7 * 86_400);
  const leapDay = Date.UTC(2028, 1, 29, 12) / 1000;
  expect(expiryOf({ choice: "1y", local: "" }, leapDay)).toBe(Date.UTC(2029, 2, 1, 12) / 1000);
});

describe("TM-07 a date and time is the moment that it names in the browser's zone", () => {
  test.each([
    ["Pacific/Niue", "2027-03-03T14:05", "2027-03-04T01:05:00Z"],
    ["Pacific/Kiritimati", "2027-03-03T14:05", "2027-03-03T00:05:00Z"],
    ["Asia/Kathmandu", "2027-03-03T14:05", "2027-03-03T08:20:00Z"],
    ["Europe/Berlin", "2027-03-28T03:30", "2027-03-28T01:30:00Z"],
  ])("%s %s", (place, local, instant) => {
    process.env.TZ = place;
    const seconds = Date.parse(instant) / 1000;
    expect(expiryOf({ choice: "custom", local }, now)).toBe(seconds);
    expect(toLocal(seconds)).toBe(local);
  });

  test("also in the hour that a clock change skips", () => {
    process.env.TZ = "Europe/Berlin";
    const skipped = expiryOf({ choice: "custom", local: "2027-03-28T02:30" }, now);
    expect(skipped).toBe(Date.parse("2027-03-28T01:30:00Z") / 1000);
  });
});

test.each(["", "2027-03-03", "soon", "2027-13-01T00:00"])("%j names no moment", (local) => {
  expect(expiryOf({ choice: "custom", local }, now)).toBeUndefined();
});

test("a stored expiry is shown to the minute", () => {
  expect(choiceOf(null)).toEqual({ choice: "never", local: "" });
  expect(choiceOf(Date.parse("2027-03-03T08:20:59Z") / 1000)).toEqual({ choice: "custom", local: "2027-03-03T14:05" });
});
