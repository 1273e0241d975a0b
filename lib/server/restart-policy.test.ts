import { expect, test } from "vitest";
import { RestartPolicy } from "@/lib/server/restart-policy";

test("a worker that lived is replaced at once, however many did before", () => {
  const policy = new RestartPolicy();
  for (let deaths = 0; deaths < 50; deaths++) expect(policy.afterDeath(30_000)).toBe(0);
});

test("workers that die young are waited for longer each time, and then given up", () => {
  const policy = new RestartPolicy();
  const delays = Array.from({ length: 7 }, () => policy.afterDeath(100));
  expect(delays).toEqual([500, 1_000, 2_000, 4_000, 8_000, null, null]);
});

test("one that lives in between begins the count anew", () => {
  const policy = new RestartPolicy();
  for (let deaths = 0; deaths < 5; deaths++) policy.afterDeath(100);
  expect(policy.afterDeath(31_000)).toBe(0);
  expect(policy.afterDeath(100)).toBe(500);
});
