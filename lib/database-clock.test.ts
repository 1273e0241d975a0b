import { expect, test, vi } from "vitest";
import { databaseTime, noteDatabaseTime } from "@/lib/database-clock";

test("TM-06 the database's time goes on from what it said last, is never behind it, and is unknown when it is silent", () => {
  const now = vi.spyOn(performance, "now");
  now.mockReturnValue(1_000);
  expect(databaseTime()).toBeNull();
  noteDatabaseTime(new Date(500_000), 1_000);
  now.mockReturnValue(1_250);
  expect(databaseTime()).toBe(500_250);
  // An answer to an older question comes late: the newer one stands.
  noteDatabaseTime(new Date(400_000), 900);
  expect(databaseTime()).toBe(500_250);
  // The database's clock is set back: what it says is so.
  noteDatabaseTime(new Date(440_000), 1_250);
  expect(databaseTime()).toBe(440_000);
  now.mockReturnValue(4_250);
  expect(databaseTime()).toBe(443_000);
  now.mockReturnValue(4_251);
  expect(databaseTime()).toBeNull();
  now.mockRestore();
});
