import { describe, expect, test } from "vitest";
import type { Sample } from "@/scripts/bench/measure";
import type { How, Results } from "@/scripts/bench/results";
import { targetsOf } from "@/scripts/bench/targets";

const how: How = { day: "", machine: "", generator: "", connections: 64, keys: 512, rounds: 3, seconds: 5 };
const sample = (name: string, perSecond: number, p99 = 1): Sample => ({
  name,
  perSecond,
  p50: 1,
  p99,
  errors: 0,
  memoryMb: 1,
  childrenMb: 0,
  cpuMicros: 1,
  postgresMicros: 1,
});
const verdicts = (results: Results) => targetsOf(results).map(({ found, met }) => [found, met]);

describe("targets", () => {
  test("judge a check by the SELECT, the bare server and the faster of better-auth's two storages", () => {
    const measured = [
      sample("verify", 50, 3),
      sample("verify, no cache", 14),
      sample("authorize", 50),
      sample("authorize, no cache", 13),
      sample("node:http, one prepared SELECT", 20),
      sample("bare node:http, POST", 100),
      sample("better-auth verify, database", 1),
      sample("better-auth verify, memory", 2),
    ];
    expect(verdicts({ checks: { how, measured } })).toEqual([
      ["70 %", true],
      ["65 %", false],
      ["50 %", true],
      ["3.0 times", true],
      ["25.0 times", false],
    ]);
  });

  test("judge growth by the first and the last number of keys, and only a loss or errors", () => {
    const step = (keys: number, cached: number, uncached: number, errors = 0) => ({
      keys,
      samples: [{ ...sample("verify", cached), errors }, sample("verify, no cache", uncached)],
    });
    const measured = [step(1_000, 100, 100), step(10_000, 1, 1), step(1_000_000, 120, 90)];
    expect(verdicts({ growth: { how, measured } })).toEqual([
      ["+20.0 %", true],
      ["-10.0 %", false],
    ]);
    const failing = [step(1_000, 100, 100), step(1_000_000, 100, 100, 1)];
    expect(verdicts({ growth: { how, measured: failing } })).toEqual([
      ["0.0 %", false],
      ["0.0 %", true],
    ]);
  });

  test("judge memory by the largest sample, and nothing that was not measured", () => {
    const loaded = [
      { own: 299, children: 500 },
      { own: 301, children: 0 },
    ];
    const memory = { keys: 100_000, seconds: 60, verified: 1, errors: 0, idle: { own: 1, children: 1 }, loaded };
    expect(verdicts({ memory: { how, measured: memory } })).toEqual([["301 MB", false]]);
    expect(targetsOf({})).toEqual([]);
  });
});
