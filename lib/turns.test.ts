import { describe, expect, test } from "vitest";
import { Turns, TurnsBySubject } from "@/lib/turns";

const refusal = () => new Error("full");
const pause = () => new Promise((resolve) => setTimeout(resolve, 5));

describe("Turns", () => {
  test("runs no more than allowed at once, in order, and turns away past the queue", async () => {
    const turns = new Turns(2, 3);
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
        }, refusal)
        .catch((error: Error) => error.message),
    );
    expect(await Promise.all(all)).toEqual(["done", "done", "done", "done", "done", "full", "full"]);
    expect([most, order]).toEqual([2, [0, 1, 2, 3, 4]]);
    expect(turns.idle).toBe(true);
  });

  test("a failure gives its turn on", async () => {
    const turns = new Turns(1, 1);
    const failing = turns.run(() => Promise.reject(new Error("no")), refusal);
    const next = turns.run(async () => "yes", refusal);
    await expect(failing).rejects.toThrow("no");
    expect(await next).toBe("yes");
  });
});

test("one subject's crowd does not keep another waiting", async () => {
  const turns = new TurnsBySubject(1, 10);
  let finished = 0;
  const crowd = Array.from({ length: 5 }, () =>
    turns.run(
      "a",
      async () => {
        await pause();
        finished++;
      },
      refusal,
    ),
  );
  await turns.run("b", async () => undefined, refusal);
  expect(finished).toBeLessThan(2);
  await Promise.all(crowd);
});
