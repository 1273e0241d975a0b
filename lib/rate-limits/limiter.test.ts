import { describe, expect, test } from "vitest";
import { type Addition, type Limit, Limiter, type Total } from "@/lib/rate-limits/limiter";

const LIMIT: Limit = { name: "few", quota: 10, window: 60, subjects: 100 };

/** Instances on one clock and one store that adds up; the clock is moved by hand. */
function instances(count: number, limit: Limit = LIMIT) {
  const clock = { seconds: 6_000 };
  const kept = new Map<string, number>();
  const limiters = Array.from({ length: count }, () => new Limiter(() => clock.seconds));
  const name = ({ subject }: Addition, period: number) => `${subject} ${period}`;
  const add = (additions: Addition[]): Total[] =>
    additions.map((addition) => {
      const total = (kept.get(name(addition, addition.period)) ?? 0) + addition.count;
      kept.set(name(addition, addition.period), total);
      return { ...addition, count: total, previous: kept.get(name(addition, addition.period - 1)) ?? 0 };
    });
  return {
    clock,
    kept,
    limiters,
    exchange: () => {
      for (const limiter of limiters) limiter.learn(add(limiter.take(1_000)));
    },
    allowed: (at: number, tries: number) => {
      let passed = 0;
      for (let i = 0; i < tries; i++) if (limiters[at]?.count(limit, "subject").allowed) passed++;
      return passed;
    },
  };
}

describe("one instance", () => {
  test("lets exactly the quota pass and says how long to wait", () => {
    const { clock, limiters, allowed } = instances(1);
    clock.seconds += 15;
    const first = limiters[0]?.count(LIMIT, "subject");
    expect(first).toEqual({ allowed: true, remaining: 9, seconds: 45 });
    expect(allowed(0, 20)).toBe(9);
    expect(limiters[0]?.count(LIMIT, "subject")).toMatchObject({ allowed: false, remaining: 0 });
    // To the end of the period, and until a tenth of what is current has faded.
    expect(limiters[0]?.count(LIMIT, "subject").seconds).toBeCloseTo(45 + 6);
    expect(limiters[0]?.count(LIMIT, "another").allowed).toBe(true);
  });

  test("a refusal costs nothing: who goes on asking is let in as soon as who waits", () => {
    const { clock, allowed } = instances(1);
    expect(allowed(0, 1_000)).toBe(10);
    clock.seconds += 60 + 6.1;
    expect(allowed(0, 1_000)).toBe(1);
  });

  test("the turn of a period gives no second quota", () => {
    const { clock, allowed } = instances(1);
    clock.seconds += 59;
    expect(allowed(0, 20)).toBe(10);
    clock.seconds += 2;
    expect(allowed(0, 20)).toBe(0);
    clock.seconds += 29;
    expect(allowed(0, 20)).toBe(5);
    clock.seconds += 300;
    expect(allowed(0, 20)).toBe(10);
  });

  test("a clock that is set back a little opens nothing; one that jumps starts again", () => {
    const { clock, allowed } = instances(1);
    expect(allowed(0, 20)).toBe(10);
    clock.seconds -= 1;
    expect(allowed(0, 20)).toBe(0);
    clock.seconds += 10_000;
    expect(allowed(0, 20)).toBe(10);
  });

  test("the least recent subjects are forgotten, so that memory is bounded", () => {
    const limiter = new Limiter(() => 0);
    const few = { ...LIMIT, subjects: 2, quota: 1 };
    expect(["a", "b", "c", "a"].map((subject) => limiter.count(few, subject).allowed)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(limiter.count(few, "c").allowed).toBe(false);
  });
});

describe("several instances", () => {
  test("share a quota once they have exchanged, and overshoot by no more than what came between", () => {
    const { allowed, exchange } = instances(2);
    expect([allowed(0, 6), allowed(1, 3)]).toEqual([6, 3]);
    exchange();
    exchange();
    expect([allowed(1, 5), allowed(0, 5)]).toEqual([1, 4]);
    exchange();
    exchange();
    expect([allowed(0, 5), allowed(1, 5)]).toEqual([0, 0]);
  });

  test("what others used fades as one's own does", () => {
    const { clock, allowed, exchange } = instances(2);
    allowed(0, 10);
    exchange();
    clock.seconds += 60 + 30;
    expect(allowed(1, 1)).toBe(1);
    exchange();
    // Half of the ten of the period before still counts, and the one.
    expect(allowed(1, 20)).toBe(4);
  });

  test("what was counted at the very end of a period is told late, and counts", () => {
    const { clock, kept, allowed, exchange } = instances(1);
    allowed(0, 1);
    exchange();
    allowed(0, 4);
    clock.seconds += 60;
    allowed(0, 1);
    exchange();
    expect([...kept.values()]).toEqual([5, 1]);
  });

  test("what the store did not get is told the next time, once", () => {
    const { clock, kept, limiters, allowed, exchange } = instances(1);
    allowed(0, 3);
    const lost = limiters[0]?.take(10) ?? [];
    expect(limiters[0]?.hasWaiting).toBe(false);
    limiters[0]?.giveBack(lost);
    allowed(0, 1);
    exchange();
    expect([...kept.values()]).toEqual([4]);
    allowed(0, 2);
    const lostAtTheTurn = limiters[0]?.take(10) ?? [];
    clock.seconds += 60;
    allowed(0, 1);
    limiters[0]?.giveBack(lostAtTheTurn);
    exchange();
    expect([...kept.values()]).toEqual([6, 1]);
  });

  test("a store that forgot does not open the quota again", () => {
    const { kept, allowed, exchange } = instances(2);
    allowed(0, 6);
    allowed(1, 3);
    exchange();
    exchange();
    kept.clear();
    expect(allowed(1, 1)).toBe(1);
    exchange();
    expect(allowed(1, 10)).toBe(0);
  });

  test("nothing is told of a subject that is far from its quota", () => {
    const large = { ...LIMIT, quota: 1_000 };
    const { limiters, allowed, exchange } = instances(1, large);
    allowed(0, 9);
    expect(limiters[0]?.hasWaiting).toBe(false);
    allowed(0, 1);
    expect(limiters[0]?.hasWaiting).toBe(true);
    exchange();
    allowed(0, 1);
    expect(limiters[0]?.take(10)).toMatchObject([{ count: 1 }]);
  });
});
