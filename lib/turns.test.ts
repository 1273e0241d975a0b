import { describe, expect, test } from "vitest";
import { Turns, TurnsBySubject } from "@/lib/turns";

const refusals = { full: () => new Error("full"), late: () => new Error("late") };
const limits = (atOnce: number, waiting: number, patienceMs = 10_000) => ({ atOnce, waiting, patienceMs });
const pause = () => new Promise((resolve) => setTimeout(resolve, 5));

describe("Turns", () => {
  test("runs no more than allowed at once, in order, and turns away past the queue", async () => {
    const turns = new Turns(limits(2, 3));
    let running = 0;
    let most = 0;
    const order: number[] = [];
    const all = Array.from({ length: 7 }, (_, i) =>
      turns
        .run(async () => {
          most = Math.max(most, ++running);
          order.push(i);
          await pause();
          running--;
          return "done";
        }, refusals)
        .catch((error: Error) => error.message),
    );
    expect(await Promise.all(all)).toEqual(["done", "done", "done", "done", "done", "full", "full"]);
    expect([most, order]).toEqual([2, [0, 1, 2, 3, 4]]);
    expect(turns.idle).toBe(true);
  });

  test("a failure gives its turn on", async () => {
    const turns = new Turns(limits(1, 1));
    const failing = turns.run(() => Promise.reject(new Error("no")), refusals);
    const next = turns.run(async () => "yes", refusals);
    await expect(failing).rejects.toThrow("no");
    expect(await next).toBe("yes");
  });

  test("who waits for too long is turned away, and what it wanted is never done; the next in time has its turn", async () => {
    const turns = new Turns(limits(1, 3, 50));
    let end = () => {};
    const first = turns.run(() => new Promise<void>((resolve) => (end = resolve)), refusals);
    let isDone = false;
    const impatient = turns.run(async () => (isDone = true), refusals);
    await expect(impatient).rejects.toThrow("late");
    const next = turns.run(async () => "yes", refusals);
    end();
    expect([await first, await next]).toEqual([undefined, "yes"]);
    expect([isDone, turns.idle]).toEqual([false, true]);
  });
});

test("one subject's crowd does not keep another waiting", async () => {
  const turns = new TurnsBySubject(limits(1, 10));
  let finished = 0;
  const crowd = Array.from({ length: 5 }, () =>
    turns.run(
      "a",
      async () => {
        await pause();
        finished++;
      },
      refusals,
    ),
  );
  await turns.run("b", async () => undefined, refusals);
  expect(finished).toBeLessThan(2);
  await Promise.all(crowd);
});
