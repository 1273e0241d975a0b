import { beforeEach, describe, expect, test } from "vitest";
import { HOLD_MS, LEASE_MS } from "@/lib/coherence/lease";
import { ACKNOWLEDGE_MS, GIVE_UP_MS, type InstanceRow, type Outcome, Propagation } from "@/lib/coherence/propagation";

let now: number;
let propagation: Propagation;
let reads: { read: number; fence: string[] }[];
let removed: string[];
let announced: string[];
let outcomes: Outcome[];

beforeEach(() => {
  now = 10_000;
  reads = [];
  removed = [];
  announced = [];
  outcomes = [];
  propagation = new Propagation(() => now, {
    readInstances: (read, fence) => reads.push({ read, fence }),
    remove: (rows) => removed.push(...rows.map(({ id }) => id)),
    announce: (changes) => announced.push(...changes),
  });
});

const row = (id: string, beat = 1, fenced = false): InstanceRow => ({ id, beat, fenced });
const commit = (change = "c") => {
  propagation.expect(change);
  propagation.committed(change, (outcome) => outcomes.push(outcome));
};
/** Answers the newest read. */
const answer = (...rows: InstanceRow[]) => propagation.instancesRead(reads.at(-1)?.read ?? 0, rows);
const pass = (ms: number) => {
  now += ms;
  propagation.tick();
};

describe("a change is in force", () => {
  test("when all instances have acknowledged it, whether before or after they were read", () => {
    propagation.expect("c");
    propagation.acknowledged("c", "a");
    propagation.committed("c", (outcome) => outcomes.push(outcome));
    now += 2;
    answer(row("a"), row("b"));
    expect(outcomes).toEqual([]);
    propagation.acknowledged("c", "b");
    expect(outcomes).toEqual([{ confirmed: true, instances: 2, ms: 2 }]);
  });

  test("at once where there are no instances, but only after a read says so", () => {
    commit();
    expect(outcomes).toEqual([]);
    answer();
    expect(outcomes).toEqual([{ confirmed: true, instances: 0, ms: 0 }]);
  });

  test("not by a read that was sent before the COMMIT", () => {
    propagation.look();
    commit();
    answer();
    expect(outcomes).toEqual([]);
    expect(reads).toHaveLength(2);
    answer();
    expect(outcomes).toHaveLength(1);
  });

  test("without those that came after it", () => {
    commit();
    answer(row("a"));
    propagation.look();
    answer(row("a"), row("late"));
    propagation.acknowledged("c", "a");
    expect(outcomes).toMatchObject([{ instances: 1 }]);
  });

  test("without those that are no more", () => {
    commit();
    answer(row("a"), row("b"));
    propagation.acknowledged("c", "a");
    propagation.look();
    answer(row("a"));
    expect(outcomes).toMatchObject([{ instances: 1 }]);
  });

  test("without what this process itself has forgotten", () => {
    commit();
    answer(row("a"));
    propagation.forgotten("a");
    expect(outcomes).toMatchObject([{ confirmed: true }]);
    commit("d");
    answer(row("a"));
    expect(outcomes).toHaveLength(2);
  });
});

describe("an instance that says nothing", () => {
  test("is fenced after a second, and waited for a lease from when its last beat was first seen", () => {
    commit();
    answer(row("a"));
    pass(ACKNOWLEDGE_MS - 1);
    expect(reads).toHaveLength(1);
    pass(1);
    expect(reads.at(-1)).toEqual({ read: 2, fence: ["a"] });
    answer(row("a", 2, true));
    pass(LEASE_MS - 1);
    expect(outcomes).toEqual([]);
    pass(1);
    expect(outcomes).toEqual([{ confirmed: true, instances: 0, ms: ACKNOWLEDGE_MS + LEASE_MS }]);
  });

  test("is no longer waited for than its lease runs, when its beat was known before", () => {
    propagation.look();
    answer(row("a"));
    pass(2_500);
    commit();
    answer(row("a"));
    pass(500);
    expect(outcomes, "it may have renewed since").toEqual([]);
    propagation.look();
    answer(row("a"));
    expect(outcomes).toMatchObject([{ confirmed: true, ms: 500 }]);
    expect(removed).toEqual(["a"]);
  });

  test("counts from its newest beat", () => {
    propagation.look();
    answer(row("a", 1));
    pass(2_500);
    commit();
    answer(row("a", 2));
    pass(500);
    propagation.look();
    answer(row("a", 2));
    expect([outcomes, removed]).toEqual([[], []]);
  });

  test("is not taken for ended by an answer that was long on its way", () => {
    propagation.look();
    answer(row("a"));
    commit();
    const first = reads.at(-1);
    pass(LEASE_MS);
    propagation.instancesRead(first?.read ?? 0, [row("a")]);
    expect(outcomes).toEqual([]);
  });

  test("is not taken for one that moved, by an older answer that arrives later", () => {
    propagation.look();
    const old = reads.at(-1)?.read ?? 0;
    pass(1_000);
    propagation.look();
    answer(row("a", 2));
    propagation.instancesRead(old, [row("a", 1)]);
    pass(LEASE_MS - 1);
    propagation.look();
    answer(row("a", 2));
    expect(removed).toEqual([]);
    pass(1);
    propagation.look();
    answer(row("a", 2));
    expect(removed).toEqual(["a"]);
  });
});

test("a lease that others take for ended has ended, with the clocks as far apart as they may be", () => {
  expect(HOLD_MS / 0.9).toBeLessThan(LEASE_MS / 1.1);
});

test("a read that fails or gets no answer is sent again", () => {
  commit();
  propagation.readFailed(1);
  pass(propagation.due - now);
  expect(reads).toHaveLength(2);
  pass(1_000);
  expect(reads, "the slow one may still answer").toHaveLength(3);
  propagation.instancesRead(2, []);
  expect(outcomes).toHaveLength(1);
});

test("what cannot be confirmed is given up, once", () => {
  commit();
  answer(row("a"));
  for (let i = 0; i < 20; i++) pass(1_000);
  expect(outcomes).toEqual([{ confirmed: false }]);
  expect(now - 10_000).toBeGreaterThanOrEqual(GIVE_UP_MS);
  expect(propagation.due).toBe(Number.POSITIVE_INFINITY);
});

test("acknowledgements that may have been missed are asked for again, before anyone is fenced", () => {
  commit();
  answer(row("a"));
  propagation.expect("d");
  now += ACKNOWLEDGE_MS - 1;
  propagation.heardAgain();
  expect(announced).toEqual(["c"]);
  propagation.committed("d", (outcome) => outcomes.push(outcome));
  expect(announced).toEqual(["c", "d"]);
  pass(ACKNOWLEDGE_MS - 1);
  expect(reads.flatMap(({ fence }) => fence)).toEqual([]);
});

test("what was abandoned is neither waited for nor known", () => {
  propagation.expect("c");
  propagation.abandoned("c");
  expect(propagation.acknowledged("c", "a")).toBe(false);
  expect(() => propagation.committed("c", () => {})).toThrow();
  expect(propagation.due).toBe(Number.POSITIVE_INFINITY);
});
