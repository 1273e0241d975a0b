import { expect, test } from "vitest";
import { apiKey } from "@/components/api-keys/example-key";
import { verdictOf } from "@/components/api-keys/regions-left";

const NOW = 1_795_170_000;
const free = { id: "reg_1", name: "EU", is_default: true, always_keep_one_active_key: false };
const kept = { ...free, always_keep_one_active_key: true };
const two = [apiKey({ id: "key_1" }), apiKey({ id: "key_2" })];

test("a region that always keeps one active key refuses to lose all of them before anything is done", () => {
  expect(verdictOf(kept, two, { active: 2, expiringSoon: 0 }, NOW)?.outcome).toBe("refused");
  expect(verdictOf(kept, two, { active: 3, expiringSoon: 0 }, NOW)).toBeNull();
});

test("a key that expires within a day does not stand in for those that last", () => {
  expect(verdictOf(kept, two, { active: 3, expiringSoon: 1 }, NOW)?.outcome).toBe("refused");
  const short = [apiKey({ expires_at: NOW + 60 })];
  expect(verdictOf(kept, short, { active: 2, expiringSoon: 2 }, NOW)).toBeNull();
  expect(verdictOf(free, two, { active: 3, expiringSoon: 1 }, NOW)).toBeNull();
});

test("elsewhere the last active key can go, with a warning, also when nothing could be counted", () => {
  expect(verdictOf(free, two, { active: 2, expiringSoon: 0 }, NOW)?.outcome).toBe("left");
  expect(verdictOf(kept, two, null, NOW)?.outcome).toBe("unknown");
});
